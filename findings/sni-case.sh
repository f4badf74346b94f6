#!/usr/bin/env bash
# sniproxy 0.6.0 (Debian 12's sniproxy 0.6.0-2.1) and sslh 1.20 (1.20-1+deb12u1), which choose a server by the name in TLS.
# Expected: names of hosts are the same in any case (RFC 4343), and a server name is sent "without a trailing dot" (RFC 6066); so
#   "SHOP.example.com" goes where "shop.example.com" goes, and "shop.example.com." may go elsewhere.
# Seen: the other way round in sniproxy: the name with the dot is served as the one without it, the name in other letters
#   goes to the fallback. sslh takes both for others'. OpenSSL's and Python's clients send a name in the case that
#   they were given, so it depends on how a user writes the address. nginx's map, asked by $ssl_preread_server_name, ignores case.
# Output: sniproxy: shop / other / shop; sslh: shop / other / other (as it is, in capitals, with a dot)
set -euo pipefail
folder=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download sniproxy=0.6.0-2.1 libudns0 libev4 sslh=1.20-1+deb12u1 libconfig9 libcap2 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu
read -r sniproxy sslh shop other < <(python3 -c '
import socket
sockets = [socket.socket() for _ in range(4)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')
cat >sniproxy.conf <<CONF
user $(id -un)
listener 127.0.0.1:$sniproxy {
    proto tls
    table names
    fallback 127.0.0.1:$other
}
table names {
    shop.example.com 127.0.0.1:$shop
}
CONF
[[ $(id -u) != 0 ]] || sed -i 's/^user .*/user nobody/' sniproxy.conf
cat >sslh.conf <<CONF
foreground: true;
numeric: true;
listen: ( { host: "127.0.0.1"; port: "$sslh"; } );
protocols: (
    { name: "tls"; host: "127.0.0.1"; port: "$shop"; sni_hostnames: [ "shop.example.com" ]; },
    { name: "tls"; host: "127.0.0.1"; port: "$other"; }
);
CONF
usr/sbin/sniproxy -f -c sniproxy.conf >/dev/null 2>&1 &
servers+=($!)
usr/sbin/sslh-select -F"$folder/sslh.conf" >/dev/null 2>&1 &
servers+=($!)
python3 - "$shop" "$other" "sniproxy=$sniproxy" "sslh=$sslh" <<'CODE'
import select
import socket
import ssl
import sys
import time

listeners = {socket.create_server(("127.0.0.1", int(port))): name for name, port in zip(("shop", "other"), sys.argv[1:3])}


def hello(name):
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    written = ssl.MemoryBIO()
    try:
        client.wrap_bio(ssl.MemoryBIO(), written, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        return written.read()


def served_by(port, name):
    sent = hello(name)
    assert name.encode() in sent
    end = time.monotonic() + 20
    while True:
        try:
            client = socket.create_connection(("127.0.0.1", port))
            break
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
    with client:
        client.sendall(sent)
        # A connection of sslh's or sniproxy's own, tried at the start, brings nothing.
        while True:
            ready, _, _ = select.select(listeners, [], [], 10)
            if not ready:
                return "nobody"
            connection, _ = ready[0].accept()
            with connection:
                if connection.recv(65536) == sent:
                    return listeners[ready[0]]


seen = []
for balancer, _, port in (argument.partition("=") for argument in sys.argv[3:]):
    names = ("shop.example.com", "SHOP.example.com", "shop.example.com.")
    seen.append(f"{balancer}: " + " / ".join(served_by(int(port), name) for name in names))
print(*seen, sep="\n")
sys.exit(seen != ["sniproxy: shop / other / shop", "sslh: shop / other / other"])
CODE
