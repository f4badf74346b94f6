#!/usr/bin/env bash
# nginx 1.22.1 (Debian 12's 1.22.1-9+deb12u11), stream module: listens with proxy_protocol, sends proxy_protocol.
# Expected: when the header that came names an IPv4 client while the connection itself is one of IPv6, the header that
#   goes out is TCP4 with two IPv4 addresses (those that came, as the header has both), or TCP6, or UNKNOWN: the
#   family of version 1 is that of both addresses.
# Seen: a line that no grammar of the protocol allows, with the client's address of one family and nginx's own of the other:
#   PROXY TCP4 192.0.2.1 ::1 1000 PORT
#   and, the other way round,
#   PROXY TCP6 2001:db8::1 127.0.0.1 1000 PORT
# Output: those two lines.
set -euo pipefail
folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download nginx=1.22.1-9+deb12u11 libnginx-mod-stream=1.22.1-9+deb12u11 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
read -r in6 in4 out < <(python3 -c '
import socket
sockets = [socket.socket() for _ in range(3)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')
cat >conf <<CONF
daemon off;
pid $folder/pid;
error_log $folder/log;
load_module $folder/usr/lib/nginx/modules/ngx_stream_module.so;
events {}
stream {
    set_real_ip_from ::1;
    set_real_ip_from 127.0.0.1;
    server { listen [::1]:$in6 proxy_protocol; proxy_pass 127.0.0.1:$out; proxy_protocol on; }
    server { listen 127.0.0.1:$in4 proxy_protocol; proxy_pass 127.0.0.1:$out; proxy_protocol on; }
}
CONF
usr/sbin/nginx -e "$folder/log" -p "$folder" -c "$folder/conf" &
server=$!
python3 - "$in6" "$in4" "$out" <<'CODE'
import socket
import sys
import time

in6, in4, out = map(int, sys.argv[1:])
behind = socket.create_server(("127.0.0.1", out))
behind.settimeout(10)


def passed_on(host, port, header):
    end = time.monotonic() + 20
    while True:
        try:
            client = socket.create_connection((host, port))
            break
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
    client.sendall(header + b"\r\nhello")
    connection, _ = behind.accept()
    connection.settimeout(10)
    return connection.makefile().readline().strip()


seen = [
    passed_on("::1", in6, b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 2000"),
    passed_on("127.0.0.1", in4, b"PROXY TCP6 2001:db8::1 2001:db8::2 1000 2000"),
]
print(*seen, sep="\n")
sys.exit(seen != [f"PROXY TCP4 192.0.2.1 ::1 1000 {in6}", f"PROXY TCP6 2001:db8::1 127.0.0.1 1000 {in4}"])
CODE
