#!/usr/bin/env bash
# Apache 2.4.71 (Debian 12's apache2-bin 2.4.71-1~deb12u1), mod_remoteip with RemoteIPProxyProtocol.
# Expected: the shortest header of PROXY version 1, "PROXY UNKNOWN\r\n", which a sender may use for connections of its
#   own, is accepted as every other one is, and the request behind it is answered.
# Seen: the connection is closed without an answer, and the log says
#   AH03513: RemoteIPProxyProtocol: internal error: have data left over;  need=15, rcvd=N
#   while "PROXY UNKNOWN" with the two addresses and ports that a receiver has to ignore is accepted. The short one has 15
#   bytes, one less than the first part of a version 2 header, which is what the module waits for before it looks.
# Output: UNKNOWN alone: nothing / UNKNOWN with addresses: HTTP/1.1 200 OK / TCP4: HTTP/1.1 200 OK
set -euo pipefail
folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download apache2-bin=2.4.71-1~deb12u1 \
    libapr1 libaprutil1 libpcre2-8-0 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
modules=$folder/usr/lib/apache2/modules
mkdir www
echo page >www/index.html
chmod 755 . www
cat >conf <<CONF
ServerName localhost
ServerRoot $folder
PidFile $folder/pid
DefaultRuntimeDir $folder
ErrorLog $folder/log
User $(id -un)
Listen 127.0.0.1:$port
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule remoteip_module $modules/mod_remoteip.so
LoadModule authz_core_module $modules/mod_authz_core.so
RemoteIPProxyProtocol On
DocumentRoot $folder/www
CONF
[[ $(id -u) != 0 ]] || sed -i 's/^User .*/User nobody/' conf
usr/sbin/apache2 -f "$folder/conf" -DFOREGROUND >/dev/null 2>&1 &
server=$!
python3 - "$port" <<'CODE'
import socket
import sys
import time

port = int(sys.argv[1])
end = time.monotonic() + 20
while True:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        break
    except OSError:
        if time.monotonic() > end:
            raise
        time.sleep(0.05)


def answer(header):
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(header + b"\r\nGET /index.html HTTP/1.0\r\n\r\n")
        return connection.makefile().readline().strip() or "nothing"


seen = {
    "UNKNOWN alone": answer(b"PROXY UNKNOWN"),
    "UNKNOWN with addresses": answer(b"PROXY UNKNOWN 192.0.2.1 192.0.2.2 1000 2000"),
    "TCP4": answer(b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 2000"),
}
for name, first_line in seen.items():
    print(f"{name}: {first_line}")
sys.exit(list(seen.values()) != ["nothing", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK"])
CODE
grep -q 'have data left over' log
