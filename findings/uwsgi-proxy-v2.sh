#!/usr/bin/env bash
# uWSGI 2.0.21 (Debian 12's uwsgi-core 2.0.21-5.1), http-socket with enable-proxy-protocol ("PROXY1" in its help).
# Expected: version 1 is read, and a header of version 2, which it does not know, is answered by 400 or closed, so that the
#   wrong setting of the balancer is seen at once.
# Seen: behind version 2 every request is answered by 200, but the program is called without a method, a path or a query, as
#   the blank line in the signature ends a request that has no first line. The log has the empty request, and no error. So
#   a check of the balancer that looks at the status alone finds such a server well.
#   With version 1 the addresses behind UNKNOWN, which a receiver has to ignore, are taken for the client's.
# Output: TCP4: 200 GET /page 192.0.2.7 / UNKNOWN with addresses: 200 GET /page 192.0.2.7 / version 2: 200 None None 127.0.0.1
set -euo pipefail
folder=$(mktemp -d)
server=
trap 'kill -INT $server 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download uwsgi-core=2.0.21-5.1 uwsgi-plugin-python3=2.0.21-5.1 \
    libnorm1 libpgm-5.3-0 libyajl2 libzmq5 libsodium23 libpython3.11 libxml2 libicu72 libyaml-0-2 libpcre3 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >program.py <<'CODE'
def application(request, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [" ".join(str(request.get(name)) for name in ("REQUEST_METHOD", "PATH_INFO", "REMOTE_ADDR")).encode()]
CODE
usr/bin/uwsgi-core --plugins-dir usr/lib/uwsgi/plugins --plugin python311 --http-socket "127.0.0.1:$port" \
    --enable-proxy-protocol --wsgi-file program.py --processes 1 >log 2>&1 &
server=$!
python3 - "$port" <<'CODE'
import socket
import struct
import sys
import time

port = int(sys.argv[1])
addresses = socket.inet_aton("192.0.2.7") + socket.inet_aton("192.0.2.8") + struct.pack("!2H", 1000, 80)


def answer(header):
    end = time.monotonic() + 20
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), 10)
            break
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
    with connection:
        connection.sendall(header + b"GET /page HTTP/1.0\r\n\r\n")
        lines = connection.makefile().read().splitlines()
        return f"{lines[0].split()[1]} {lines[-1]}" if lines else "nothing"


seen = {
    "TCP4": answer(b"PROXY TCP4 192.0.2.7 192.0.2.8 1000 80\r\n"),
    "UNKNOWN with addresses": answer(b"PROXY UNKNOWN 192.0.2.7 192.0.2.8 1000 80\r\n"),
    "version 2": answer(b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", 0x21, 0x11, len(addresses)) + addresses),
}
for name, what in seen.items():
    print(f"{name}: {what}")
sys.exit(list(seen.values()) != ["200 GET /page 192.0.2.7", "200 GET /page 192.0.2.7", "200 None None 127.0.0.1"])
CODE
