#!/usr/bin/env bash
# PHP 8.2.36 (Debian 12's php8.2-cli 8.2.36-1~deb12u1), https:// and ssl:// streams.
# Expected: a client that connects to an address sends no server name in its ClientHello: "Literal IPv4 and IPv6 addresses
#   are not permitted in HostName" (RFC 6066, section 3). curl, wget, openssl s_client, Python and node send none.
# Seen: the server name is the address, if that is of IPv4. Servers and balancers which choose by name see a client that
#   asks for a name nobody has, instead of one that asks for none. Addresses of IPv6 are left out, as they should be.
# Output: https://127.0.0.1: 127.0.0.1 / https://[::1]: none / https://localhost: localhost
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download php8.2-cli=8.2.36-1~deb12u1 libargon2-1 libicu72 libsodium23 libxml2 \
    libpcre2-8-0 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu
python3 - "$folder/usr/bin/php8.2" <<'CODE'
import socket
import subprocess
import sys


def server_name(host, family, address):
    with socket.create_server((address, 0), family=family) as server:
        server.settimeout(10)
        url = f"https://{host}:{server.getsockname()[1]}/"
        client = subprocess.Popen([sys.argv[1], "-n", "-r", f"@file_get_contents('{url}');"])
        connection, _ = server.accept()
        with connection:
            hello = connection.recv(65536)
        client.wait(10)

    def number(at, size):
        return int.from_bytes(hello[at : at + size], "big")

    at = 5 + 4 + 2 + 32  # the session id: behind record, message, version and random
    at += 1 + number(at, 1)
    at += 2 + number(at, 2)
    at += 1 + number(at, 1) + 2
    while at < len(hello):
        if number(at, 2) == 0:
            return hello[at + 9 : at + 4 + number(at + 2, 2)].decode()
        at += 4 + number(at + 2, 2)
    return "none"


seen = {
    host: server_name(host, family, address)
    for host, family, address in (
        ("127.0.0.1", socket.AF_INET, "127.0.0.1"),
        ("[::1]", socket.AF_INET6, "::1"),
        ("localhost", socket.AF_INET, "127.0.0.1"),
    )
}
for host, name in seen.items():
    print(f"https://{host}: {name}")
sys.exit(seen != {"127.0.0.1": "127.0.0.1", "[::1]": "none", "localhost": "localhost"})
CODE
