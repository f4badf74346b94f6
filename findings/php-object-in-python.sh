#!/usr/bin/env bash
# PHP's msgpack 2.2.0rc2 (Debian 12's php8.2-msgpack 1:2.2.0~rc2-3), read by Python's msgpack 1.0.3 (Debian's python3-msgpack).
# Expected: msgpack_pack of an object is a map of its properties, as of the array with the same fields, and as
#   json_encode writes it; any reader can have it.
# Seen: the map has one field more, first, whose name is nil and whose value is the name of the class; also for the
#   plain objects that json_decode makes. Python's unpackb refuses nil as a name:
#   ValueError: NoneType is not allowed for map key
# Output: array: 81a4706f727401 / object: 82c0a8737464436c617373a4706f727401 / the error
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download php8.2-cli=8.2.36-1~deb12u1 php8.2-msgpack=1:2.2.0~rc2-3 \
    libargon2-1 libicu72 libsodium23 libxml2 libpcre2-8-0 python3-msgpack=1.0.3-2+b1 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu
pack() {
    usr/bin/php8.2 -n -d extension="$(echo "$folder"/usr/lib/php/*/msgpack.so)" -r "echo bin2hex(msgpack_pack($1));"
}
array=$(pack '["port" => 1]')
object=$(pack 'json_decode("{\"port\": 1}")')
echo "array: $array"
echo "object: $object"
error=$(PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 -c '
import sys
import msgpack
assert msgpack.unpackb(bytes.fromhex(sys.argv[1])) == {"port": 1}
try:
    print(msgpack.unpackb(bytes.fromhex(sys.argv[2])))
except ValueError as refused:
    print(refused)' "$array" "$object")
echo "$error"
[[ $array == 81a4706f727401 && $object == 82c0a8737464436c617373a4706f727401 && $error == *"not allowed for map key"* ]]
