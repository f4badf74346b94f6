#!/usr/bin/env bash
# Perl's Data::MessagePack 1.02 (Debian 12's libdata-messagepack-perl 1.02-1+b1), read by npm's @msgpack/msgpack 3.1.3.
# Expected: a hash such as {cmd => 'register'} is a map whose name and value are text, and the other library reads it.
# Seen: without ->utf8 every string of Perl's is written as bin, the names of a hash too; @msgpack/msgpack
#   refuses a map with such a name: "The type of key must be string or number but object".
#   The method's name tells of encoding, but it decides about the type: with ->utf8 the same hash is read.
# Output: 81c403636d64c4087265676973746572: The type of key must be string or number but object /
#   81a3636d64a87265676973746572: { cmd: 'register' }
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libdata-messagepack-perl=1.02-1+b1 libmouse-perl >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
npm install --silent --no-fund --no-audit @msgpack/msgpack@3.1.3 >/dev/null
pack() {
    perl -I"$(echo "$folder"/usr/lib/x86_64-linux-gnu/perl5/5.*)" -I"$folder/usr/share/perl5" -MData::MessagePack \
        -e "print unpack('H*', Data::MessagePack->new$1->pack({cmd => 'register'}))"
}
read_by_javascript() {
    node -e '
const { decode } = require("@msgpack/msgpack");
let read;
try {
  read = decode(Buffer.from(process.argv[1], "hex"));
} catch (refused) {
  read = refused.message;
}
console.log(`${process.argv[1]}:`, read);' "$1"
}
plain=$(read_by_javascript "$(pack '')")
utf8=$(read_by_javascript "$(pack '->utf8')")
printf '%s\n' "$plain" "$utf8"
[[ $plain == '81c403636d64c4087265676973746572: The type of key must be string or number'* ]]
[[ $utf8 == "81a3636d64a87265676973746572: { cmd: 'register' }" ]]
