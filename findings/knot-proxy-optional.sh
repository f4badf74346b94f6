#!/usr/bin/env bash
# Knot DNS 3.2.6 (Debian 12's knot 3.2.6-1), proxy-allowlist, PROXY version 2 on UDP.
# Expected: as the protocol's specification wants it, an address that is on the list has to send a header ahead of every
#   query, and a query without one is dropped (as unbound 1.17.1 does on its proxy-protocol-port).
# Seen: the header is optional, datagram by datagram: with it the client is 192.0.2.7, without it the same socket's next
#   query is answered too, as the proxy's own. A proxy that sends it only once loses nothing, but views, limits and logs
#   go by its address, and nothing tells.
# Output: with header: 192.0.2.7 / without: 127.0.0.1
set -euo pipefail
folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download knot=3.2.6-1 libknot13=3.2.6-1 libzscanner4=3.2.6-1 libdnssec9=3.2.6-1 \
    liburcu8 libedit2 liblmdb0 libfstrm0 libprotobuf-c1 libmaxminddb0 libcap-ng0 libbsd0 libmnl0 libbpf1 libelf1 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >conf <<CONF
server:
  listen: 127.0.0.1@$port
  rundir: $folder
  proxy-allowlist: 127.0.0.1
database:
  storage: $folder
log:
  - target: stderr
    any: info
zone:
  - domain: lab
    file: $folder/zone
    storage: $folder
    module: mod-whoami
CONF
printf '@ SOA ns.lab. m.lab. 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\n' >zone
usr/sbin/knotd -c "$folder/conf" >log 2>&1 &
server=$!
python3 - "$port" <<'CODE'
import socket
import struct
import sys
import time

port = int(sys.argv[1])
query = struct.pack("!6H", 7, 0, 1, 0, 0, 0) + b"\x03lab\0" + struct.pack("!2H", 1, 1)
# Version 2, PROXY, UDP over IPv4: from 192.0.2.7:1000 to 192.0.2.8:53.
addresses = socket.inet_aton("192.0.2.7") + socket.inet_aton("192.0.2.8") + struct.pack("!2H", 1000, 53)
header = b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", 0x21, 0x12, len(addresses)) + addresses
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.connect(("127.0.0.1", port))
client.settimeout(2)


def answer(datagram):
    end = time.monotonic() + 20
    while True:
        try:
            client.send(datagram)
            return socket.inet_ntoa(client.recv(512)[-4:])
        except ConnectionRefusedError:
            # It is not there yet.
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        except TimeoutError:
            return "nothing"


seen = [answer(header + query), answer(query)]
print(f"with header: {seen[0]}\nwithout: {seen[1]}")
sys.exit(seen != ["192.0.2.7", "127.0.0.1"])
CODE
