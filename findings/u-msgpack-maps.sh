#!/usr/bin/env bash
# Python's u-msgpack 2.3.0 (Debian 12's python3-u-msgpack 2.3.0-3), with the Python of the same Debian, 3.11.2.
# Expected: the package reads what it writes.
# Seen: it writes maps, but can read none, not its own either: AttributeError: module 'collections' has no attribute 'Hashable' (a
#   name that Python has dropped in 3.10). Lists, numbers and texts are read, so does a test without a map pass; msgpack-RPC, whose
#   messages are lists, works until somebody passes a map.
# Output: [1, 'a']: [1, 'a'] / {'port': 1} as 81a4706f727401: module 'collections' has no attribute 'Hashable'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-u-msgpack=2.3.0-3 python3.11-minimal libpython3.11-minimal >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
seen=$(PYTHONPATH=$folder/usr/lib/python3/dist-packages usr/bin/python3.11 -c '
import umsgpack

print([1, "a"], end=": ")
print(umsgpack.unpackb(umsgpack.packb([1, "a"])))
packed = umsgpack.packb({"port": 1})
print({"port": 1}, "as", packed.hex(), end=": ")
try:
    print(umsgpack.unpackb(packed))
except AttributeError as error:
    print(error)')
echo "$seen"
[[ $seen == "[1, 'a']: [1, 'a']
{'port': 1} as 81a4706f727401: module 'collections' has no attribute 'Hashable'" ]]
