#!/usr/bin/env bash
# Knot DNS 3.2.6 (Debian 12's knot 3.2.6-1), proxy-allowlist, PROXY version 2 on UDP, command LOCAL.
# Expected: "the receiver must accept this connection as valid and must use the real connection endpoints" (the protocol's
#   specification on LOCAL, which a proxy sends on its own behalf, as in a health check): the query is answered, as it is
#   without any header.
# Seen: a query behind a LOCAL header gets no answer, with and without addresses in the header. The same query is answered
#   without a header, and behind one with the command PROXY.
# Output: none: answer / LOCAL: nothing / LOCAL with addresses: nothing / PROXY: answer
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
query = struct.pack("!6H", 7, 0, 1, 0, 0, 0) + b"\x02ns\x03lab\0" + struct.pack("!2H", 1, 1)
addresses = socket.inet_aton("127.0.0.1") + socket.inet_aton("127.0.0.1") + struct.pack("!2H", 1000, port)
LOCAL, PROXY, UNSPECIFIED, UDP4 = 0x20, 0x21, 0x00, 0x12


def header(command, family, payload):
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", command, family, len(payload)) + payload


def answer(datagram):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.connect(("127.0.0.1", port))
    client.settimeout(2)
    end = time.monotonic() + 20
    while True:
        try:
            client.send(datagram)
            return "answer" if client.recv(512)[:2] == query[:2] else "something else"
        except ConnectionRefusedError:
            # It is not there yet.
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        except TimeoutError:
            return "nothing"


seen = {
    "none": answer(query),
    "LOCAL": answer(header(LOCAL, UNSPECIFIED, b"") + query),
    "LOCAL with addresses": answer(header(LOCAL, UDP4, addresses) + query),
    "PROXY": answer(header(PROXY, UDP4, addresses) + query),
}
for name, what in seen.items():
    print(f"{name}: {what}")
sys.exit(list(seen.values()) != ["answer", "nothing", "nothing", "answer"])
CODE
