#!/usr/bin/env bash
# npm's msgpackr 2.1.4 and @msgpack/msgpack 3.1.3, read by Python's msgpack 1.0.3 (Debian 12's python3-msgpack 1.0.3-2+b1).
# Expected: 4294967296, an integer that JavaScript's numbers hold exactly, is written as uint 64, as 4294967295 is as uint 32;
#   Python gets an int.
# Seen: msgpackr writes every number above 32 bits as float 64, so Python gets 4294967295 and 4294967296.0: the type
#   of a field such as a file's size or a time in milliseconds changes with its value. @msgpack/msgpack writes uint 64.
# Output: msgpackr: 4294967295 4294967296.0 / @msgpack/msgpack: 4294967295 4294967296
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-msgpack=1.0.3-2+b1 >/dev/null
dpkg -x python3-msgpack_*.deb .
npm install --silent --no-fund --no-audit @msgpack/msgpack@3.1.3 msgpackr@2.1.4 >/dev/null
seen=$(node -e '
for (const name of ["msgpackr", "@msgpack/msgpack"]) {
  const { encode } = require(name);
  console.log(name, ...[4294967295, 4294967296].map((value) => Buffer.from(encode(value)).toString("hex")));
}' | PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 -c '
import sys
import msgpack
for line in sys.stdin:
    name, *packed = line.split()
    print(f"{name}:", *(repr(msgpack.unpackb(bytes.fromhex(value))) for value in packed))')
echo "$seen"
[[ $seen == "msgpackr: 4294967295 4294967296.0
@msgpack/msgpack: 4294967295 4294967296" ]]
