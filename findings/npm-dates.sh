#!/usr/bin/env bash
# npm's @ygoe/msgpack 1.0.3, messagepack 1.1.12, tiny-msgpack 2.2.0 and what-the-pack 2.0.3, beside @msgpack/msgpack 3.1.3, given
# dates of 2017 and of 1.5 seconds before 1970.
# Expected: the extension for times, type -1: whole seconds, rounded down, and nanoseconds that are never negative; or an error.
# Seen: the first two write type -1, but round towards 0. What the first writes of 1.5 seconds before 1970 is half a second before; what
#   the second writes has 3,795 million nanoseconds, which Python refuses and which it itself reads as 2.8 seconds after.
#   The other two write a date as an empty map.
# Output, 2017 / before 1970: @ygoe/msgpack: 1500000000.25 / -0.5, messagepack: 1500000000.25 / ValueError, tiny-msgpack and
#   what-the-pack: {} / {}, @msgpack/msgpack: 1500000000.25 / -1.5
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-msgpack=1.0.3-2+b1 >/dev/null
dpkg -x python3-msgpack_*.deb .
npm install --silent --no-fund --no-audit --ignore-scripts @ygoe/msgpack@1.0.3 messagepack@1.1.12 tiny-msgpack@2.2.0 \
    what-the-pack@2.0.3 @msgpack/msgpack@3.1.3 >/dev/null
seen=$(node -e '
const libraries = ["@ygoe/msgpack", "messagepack", "tiny-msgpack", "what-the-pack", "@msgpack/msgpack"];
for (const name of libraries) {
  const library = require(name);
  const { encode } = name === "what-the-pack" ? library.initialize(1 << 20) : library;
  const dates = [new Date(1500000000250), new Date(-1500)];
  console.log(name, ...dates.map((date) => Buffer.from(encode(date)).toString("hex")));
}' | PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 -c '
import sys
import msgpack
def read(packed):
    try:
        value = msgpack.unpackb(bytes.fromhex(packed))
    except ValueError:
        return "ValueError"
    return str(value.to_unix() if isinstance(value, msgpack.Timestamp) else value)
for line in sys.stdin:
    name, *packed = line.split()
    print(f"{name}:", " / ".join(map(read, packed)))')
echo "$seen"
[[ $seen == "@ygoe/msgpack: 1500000000.25 / -0.5
messagepack: 1500000000.25 / ValueError
tiny-msgpack: {} / {}
what-the-pack: {} / {}
@msgpack/msgpack: 1500000000.25 / -1.5" ]]
