#!/usr/bin/env bash
# npm's notepack.io 3.0.1, messagepack 1.1.12, what-the-pack 2.0.3 and @ygoe/msgpack 1.0.3, beside @msgpack/msgpack 3.1.3.
# Expected: a number of JavaScript that no integer of msgpack holds, such as 1e300, is written as float 64, which it is; or refused.
# Seen: as it is whole, it is taken for an integer: the first three write uint 64 with the value 0, the fourth the largest one that
#   there is, and for 2^64 0; for 2^63 it writes int 64, -2^63. None throws.
#   Numbers with a fraction are right, so it takes a large sum, a limit or a hash to see it.
# Output: for 2^63, 2^64 and 1e300: notepack.io, messagepack and what-the-pack: 9223372036854775808 0 0,
#   @ygoe/msgpack: -9223372036854775808 0 18446744073709551615, @msgpack/msgpack: the numbers
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-msgpack=1.0.3-2+b1 >/dev/null
dpkg -x python3-msgpack_*.deb .
npm install --silent --no-fund --no-audit --ignore-scripts notepack.io@3.0.1 messagepack@1.1.12 what-the-pack@2.0.3 \
    @ygoe/msgpack@1.0.3 @msgpack/msgpack@3.1.3 >/dev/null
seen=$(node -e '
const libraries = ["notepack.io", "messagepack", "what-the-pack", "@ygoe/msgpack", "@msgpack/msgpack"];
for (const name of libraries) {
  const library = require(name);
  const { encode } = name === "what-the-pack" ? library.initialize(1 << 20) : library;
  console.log(name, ...[2 ** 63, 2 ** 64, 1e300].map((value) => Buffer.from(encode(value)).toString("hex")));
}' | PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 -c '
import sys
import msgpack
for line in sys.stdin:
    name, *packed = line.split()
    print(f"{name}:", *(repr(msgpack.unpackb(bytes.fromhex(value))) for value in packed))')
echo "$seen"
[[ $seen == "notepack.io: 9223372036854775808 0 0
messagepack: 9223372036854775808 0 0
what-the-pack: 9223372036854775808 0 0
@ygoe/msgpack: -9223372036854775808 0 18446744073709551615
@msgpack/msgpack: 9.223372036854776e+18 1.8446744073709552e+19 1e+300" ]]
