#!/usr/bin/env bash
# npm's msgpack-lite 0.2.2 and @ably/msgpack-js 0.4.1, beside @msgpack/msgpack 3.1.3, given extensions of msgpack from another program.
# Expected: the type of an extension is a signed byte, -1 being that of times; 0 to 127 belong to the application, so what has such a type
#   comes out as the type and the bytes, unless somebody has registered something for it.
# Seen: the first two tell type -1 as 255, so who looks for -1 finds no time. msgpack-lite has taken 24 of the application's own types, from 1 to 29:
#   what another program means by type 5 is a TypeError of JavaScript's, 13 a date, 24 a list of floating-point numbers. The error is made, not
#   thrown, and bytes that don't fit raise BUFFER_SHORTAGE; type 31 is left alone. Its README has the table, nothing at run time tells.
# Output, of -1 / 5 / 13 / 24 / 31: msgpack-lite: 255 / TypeError / Date / Float64Array / 31, @ably/msgpack-js: 255 / 5 / 13 / 24 / 31,
#   @msgpack/msgpack: Date / 5 / 13 / 24 / 31
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit --ignore-scripts msgpack-lite@0.2.2 @ably/msgpack-js@0.4.1 @msgpack/msgpack@3.1.3 >/dev/null
seen=$(node -e '
// The first is a second after 1970.
const extensions = ["d6ff00000001", "d40501", "d40d01", "d7180102030405060708", "d41f01"];

function shown(value) {
  const type = Array.isArray(value) ? value[0] : value.type;
  return String(type ?? value.constructor.name);
}

for (const name of ["msgpack-lite", "@ably/msgpack-js", "@msgpack/msgpack"]) {
  const { decode } = require(name);
  console.log(`${name}: ${extensions.map((hex) => shown(decode(Buffer.from(hex, "hex")))).join(" / ")}`);
}')
echo "$seen"
[[ $seen == "msgpack-lite: 255 / TypeError / Date / Float64Array / 31
@ably/msgpack-js: 255 / 5 / 13 / 24 / 31
@msgpack/msgpack: Date / 5 / 13 / 24 / 31" ]]
