#!/usr/bin/env bash
# PROXY version 1 with UNKNOWN, read by HAProxy 2.6.12 (Debian 12's 2.6.12-1+deb12u4, accept-proxy), Varnish 7.1.1
# (7.1.1-2+deb12u1, -a ...,PROXY) and Twisted 22.4.0 (python3-twisted 22.4.0-4+deb12u1, haproxy: endpoint).
# Expected: all three take both forms, "PROXY UNKNOWN\r\n" and the one with addresses and ports, since "the receiver must ignore
#   anything presented before the CRLF is found" (the protocol's specification, which is HAProxy's own).
# Seen: HAProxy takes only the one without addresses, Twisted only the one with them, Varnish neither: the connection is
#   closed. Apache (apache-proxy-unknown.sh) sides with Twisted. So no line of UNKNOWN serves everybody; what does
#   is TCP4 or TCP6 with the connection's own addresses.
# Output, for the short one, the long one and TCP4: haproxy: 200 / closed / 200, varnish: closed / closed / 200,
#   twisted: closed / 200 / 200
set -euo pipefail
folder=$(mktemp -d)
servers=()
trap 'kill "${servers[@]}" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download haproxy=2.6.12-1+deb12u4 varnish=7.1.1-2+deb12u1 libvarnishapi3=7.1.1-2+deb12u1 \
    python3-twisted=22.4.0-4+deb12u1 python3-attr python3-automat python3-constantly python3-hyperlink python3-idna \
    python3-incremental python3-zope.interface python3-typing-extensions python3-six \
    liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 libjemalloc2 libedit2 libbsd0 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu:$folder/usr/lib/x86_64-linux-gnu/varnish
read -r haproxy varnish twisted < <(python3 -c '
import socket
sockets = [socket.socket() for _ in range(3)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')
cat >haproxy.cfg <<CONF
defaults
    mode http
    timeout client 5s
frontend f
    bind 127.0.0.1:$haproxy accept-proxy
    http-request return status 200
CONF
echo 'vcl 4.1; backend default none; sub vcl_recv { return (synth(200)); }' >page.vcl
cat >page.py <<'CODE'
import sys
from twisted.internet import endpoints, reactor
from twisted.web import resource, server

class Page(resource.Resource):
    isLeaf = True

    def render_GET(self, request):
        return b""

endpoints.serverFromString(reactor, f"haproxy:tcp:{sys.argv[1]}:interface=127.0.0.1").listen(server.Site(Page()))
reactor.run()
CODE
usr/sbin/haproxy -f haproxy.cfg -db >/dev/null 2>&1 &
servers+=($!)
usr/sbin/varnishd -F -n "$folder/varnish" -f "$folder/page.vcl" -a "127.0.0.1:$varnish,PROXY" -j none >/dev/null 2>&1 &
servers+=($!)
PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 page.py "$twisted" >/dev/null 2>&1 &
servers+=($!)
python3 - "haproxy=$haproxy" "varnish=$varnish" "twisted=$twisted" <<'CODE'
import socket
import sys
import time


def answer(port, header):
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
            connection.sendall(header + b"\r\nGET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n")
            return connection.makefile().readline()[9:12] or "closed"
        except ConnectionError:
            return "closed"


seen = []
for name, _, port in (argument.partition("=") for argument in sys.argv[1:]):
    headers = (b"PROXY UNKNOWN", b"PROXY UNKNOWN 192.0.2.7 192.0.2.8 1000 80", b"PROXY TCP4 192.0.2.7 192.0.2.8 1000 80")
    seen.append(f"{name}: " + " / ".join(answer(int(port), header) for header in headers))
print(*seen, sep="\n")
sys.exit(seen != ["haproxy: 200 / closed / 200", "varnish: closed / closed / 200", "twisted: closed / 200 / 200"])
CODE
