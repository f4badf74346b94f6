#!/usr/bin/env bash
# Go's github.com/hashicorp/go-msgpack (Debian 12's golang-github-hashicorp-go-msgpack-dev 0.5.5-1), default handle, read by Python's
# msgpack 1.0.3 (python3-msgpack 1.0.3-2+b1).
# Expected: a time is an extension (type -1 of the specification), or the bytes of MarshalBinary as bin; a list that is nil
#   and a map that is nil are written alike.
# Seen: the 15 bytes of MarshalBinary go out as str, the type of texts, which they are not: Python can't read the message
#   that they are in. []byte is str, too. A list that is nil is an empty list, a map that is nil is nil. The other
#   Go library of Debian's, vmihailenco's v5, writes type -1, bin, nil and nil.
# Output, what hashicorp writes, what vmihailenco writes, and what Python reads of the first:
#   time.Time af010000000e7791f70000000000ffff d6ff00000000 UnicodeDecodeError / []uint8 a161 c40161 'a' / []string 90 c0 [] /
#   map[string]int c0 c0 None
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download golang-github-hashicorp-go-msgpack-dev=0.5.5-1 \
    golang-github-vmihailenco-msgpack.v5-dev=5.3.5-2 golang-github-vmihailenco-tagparser.v2-dev=2.0.0-2 \
    golang-1.19-go=1.19.8-2 golang-1.19-src=1.19.8-2 python3-msgpack=1.0.3-2+b1 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export GOROOT=$folder/usr/lib/go-1.19 GOPATH=$folder/usr/share/gocode GO111MODULE=off GOCACHE=$folder/cache GOFLAGS=
cat >main.go <<'CODE'
package main

import (
	"bytes"
	"fmt"
	"time"

	"github.com/hashicorp/go-msgpack/codec"
	"github.com/vmihailenco/msgpack/v5"
)

func main() {
	var list []string
	var table map[string]int
	for _, value := range []interface{}{time.Unix(0, 0).UTC(), []byte("a"), list, table} {
		var packed bytes.Buffer
		if err := codec.NewEncoder(&packed, &codec.MsgpackHandle{}).Encode(value); err != nil {
			panic(err)
		}
		other, err := msgpack.Marshal(value)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%T %x %x\n", value, packed.Bytes(), other)
	}
}
CODE
seen=$("$GOROOT/bin/go" run main.go | PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 -c '
import sys

import msgpack

for line in sys.stdin:
    name, *packed = line.split()
    try:
        read = repr(msgpack.unpackb(bytes.fromhex(packed[0])))
    except ValueError as error:
        read = type(error).__name__
    print(name, *packed, read)')
echo "$seen"
[[ $seen == "time.Time af010000000e7791f70000000000ffff d6ff00000000 UnicodeDecodeError
[]uint8 a161 c40161 'a'
[]string 90 c0 []
map[string]int c0 c0 None" ]]
