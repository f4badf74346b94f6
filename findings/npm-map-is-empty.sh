#!/usr/bin/env bash
# npm's @msgpack/msgpack 3.1.3, msgpack-lite 0.2.2 and notepack.io 3.0.1, given a Map of JavaScript's.
# Expected: msgpack's type is a map, whose names may be of any type, as a Map's: it is written as one, or refused.
# Seen: all three write an empty map, without an error: what is in it is lost. @msgpack/msgpack throws for a BigInt, so
#   one could think that it refuses what it can't write. msgpackr 2.1.4 writes the Map.
# Output: @msgpack/msgpack: 80 / msgpack-lite: 80 / notepack.io: 80 / msgpackr: 81a16101 / BigInt: refused
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit @msgpack/msgpack@3.1.3 msgpack-lite@0.2.2 notepack.io@3.0.1 msgpackr@2.1.4 >/dev/null
seen=$(node -e '
for (const name of ["@msgpack/msgpack", "msgpack-lite", "notepack.io", "msgpackr"]) {
  const library = require(name);
  console.log(`${name}: ${Buffer.from((library.encode || library.pack)(new Map([["a", 1]]))).toString("hex")}`);
}
try {
  require("@msgpack/msgpack").encode(1n);
} catch {
  console.log("BigInt: refused");
}')
echo "$seen"
[[ $seen == "@msgpack/msgpack: 80
msgpack-lite: 80
notepack.io: 80
msgpackr: 81a16101
BigInt: refused" ]]
