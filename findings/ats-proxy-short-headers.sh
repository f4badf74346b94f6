#!/usr/bin/env bash
# Apache Traffic Server 9.2.5 (Debian 12's trafficserver 9.2.5+ds-0+deb12u4), a port with pp, proxy_protocol_allowlist.
# Expected: of a header of version 2 the extensions are skipped, up to the buffer that a header of HTTP has; the command LOCAL, which
#   a proxy sends on its own behalf, as in a health check, leaves the connection's own addresses.
# Seen: a header of more than 109 bytes (the longest of version 1 has 107) is closed without an answer: an ordinary name of a
#   host and a list of protocols are more, above all with addresses of IPv6. LOCAL leaves no address at all: ip_allow.yaml,
#   which allows everybody, prohibits a client that the log calls '*Not IP address [0]*'.
# Output: TCP4: 200 / 109 bytes: 200 / 110 bytes: closed / LOCAL: closed
set -euo pipefail
folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download trafficserver=9.2.5+ds-0+deb12u4 libhwloc15 libyaml-cpp0.7 libpcre3 \
    libbrotli1 libunwind8 libncursesw6 libtinfo6 libcap2 libudev1 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu:$folder/usr/lib/trafficserver:$folder/lib/x86_64-linux-gnu
read -r port origin < <(python3 -c '
import socket
sockets = [socket.socket() for _ in range(2)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')
mkdir run log cache
etc=$folder/etc/trafficserver
cat >"$etc/records.config" <<CONF
CONFIG proxy.config.http.server_ports STRING $port:pp:ip-in=127.0.0.1
CONFIG proxy.config.http.proxy_protocol_allowlist STRING 127.0.0.1
CONFIG proxy.config.url_remap.remap_required INT 0
CONFIG proxy.config.http.cache.http INT 0
CONFIG proxy.config.admin.user_id STRING #-1
CONFIG proxy.config.body_factory.template_sets_dir STRING $etc/body_factory
CONFIG proxy.config.crash_log_helper STRING NULL
CONFIG proxy.config.exec_thread.autoconfig INT 0
CONFIG proxy.config.exec_thread.limit INT 1
CONF
echo "$folder/cache 16M" >"$etc/storage.config"
cat >runroot.yaml <<CONF
prefix: $folder
exec_prefix: $folder/usr
bindir: $folder/usr/bin
sbindir: $folder/usr/bin
sysconfdir: $etc
datadir: $folder/cache
libdir: $folder/usr/lib/trafficserver
libexecdir: $folder/usr/lib/trafficserver/modules
localstatedir: $folder/run
runtimedir: $folder/run
logdir: $folder/log
cachedir: $folder/cache
CONF
TS_RUNROOT=$folder usr/bin/traffic_server >/dev/null 2>&1 &
server=$!
python3 - "$port" "$origin" <<'CODE'
import http.server
import socket
import struct
import sys
import threading
import time

port, origin = map(int, sys.argv[1:])


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


threading.Thread(target=http.server.HTTPServer(("127.0.0.1", origin), Page).serve_forever, daemon=True).start()
ADDRESSES = socket.inet_aton("192.0.2.7") + socket.inet_aton("192.0.2.8") + struct.pack("!2H", 1000, 80)
LOCAL, PROXY, UNSPECIFIED, TCP4, NOOP = 0x20, 0x21, 0x00, 0x11, 0x04


def header(command, family, payload):
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", command, family, len(payload)) + payload


def of_length(length):
    rest = length - len(header(PROXY, TCP4, ADDRESSES)) - 3
    return header(PROXY, TCP4, ADDRESSES + struct.pack("!BH", NOOP, rest) + bytes(rest))


def answer(sent):
    end = time.monotonic() + 30
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), 10)
            break
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
    with connection:
        try:
            connection.sendall(sent + f"GET http://127.0.0.1:{origin}/ HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n".encode())
            return connection.makefile().readline()[9:12] or "closed"
        except ConnectionError:
            return "closed"


seen = {
    "TCP4": answer(header(PROXY, TCP4, ADDRESSES)),
    "109 bytes": answer(of_length(109)),
    "110 bytes": answer(of_length(110)),
    "LOCAL": answer(header(LOCAL, UNSPECIFIED, b"")),
}
for name, what in seen.items():
    print(f"{name}: {what}")
sys.exit(list(seen.values()) != ["200", "200", "closed", "closed"])
CODE
grep -q 'Not IP address' log/diags.log
