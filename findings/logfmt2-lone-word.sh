#!/usr/bin/env bash
# npm's @jclem/logfmt2 2.4.3, beside logfmt 1.4.0 and Go's go-logfmt 0.5.0 (Debian 12's golang-github-go-logfmt-logfmt-dev 0.5.0-2).
# Expected: a word without = in a line of logfmt, as the time or the event at the begin of many, is a key by itself, with true, null or
#   nothing as its value; the pairs behind it are the pairs.
# Seen: it takes the next word for the lone one's value, and from there on each value for a key, up to the line's end: the key that is
#   asked for is not there, and nothing is raised. A word in quotation marks that ends the line is lost. The others read all pairs.
# Output, of: begin service=tcp/80 component="web 1" end=closed
#   @jclem/logfmt2: begin=service tcp/80=component web 1=end / logfmt: begin=true service=tcp/80 component=web 1 end=closed /
#   go-logfmt: begin= service=tcp/80 component=web 1 end=closed
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit --ignore-scripts @jclem/logfmt2@2.4.3 logfmt@1.4.0 >/dev/null
apt-get -qq -o APT::Sandbox::User=root download golang-github-go-logfmt-logfmt-dev=0.5.0-2 golang-1.19-go=1.19.8-2 golang-1.19-src=1.19.8-2 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export GOROOT=$folder/usr/lib/go-1.19 GOPATH=$folder/usr/share/gocode GO111MODULE=off GOCACHE=$folder/cache GOFLAGS=
cat >main.go <<'CODE'
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/go-logfmt/logfmt"
)

func main() {
	decoder := logfmt.NewDecoder(strings.NewReader(os.Args[1]))
	decoder.ScanRecord()
	fmt.Print("go-logfmt:")
	for decoder.ScanKeyval() {
		fmt.Printf(" %s=%s", decoder.Key(), decoder.Value())
	}
	if decoder.Err() != nil {
		panic(decoder.Err())
	}
	fmt.Println()
}
CODE
line='begin service=tcp/80 component="web 1" end=closed'
seen=$(
    node -e '
const readers = { "@jclem/logfmt2": require("@jclem/logfmt2").decode, logfmt: require("logfmt").parse };
for (const [name, read] of Object.entries(readers)) {
  console.log(`${name}:`, ...Object.entries(read(process.argv[1])).map((pair) => pair.join("=")));
}' "$line"
    "$GOROOT/bin/go" run main.go "$line"
)
echo "$seen"
[[ $seen == "@jclem/logfmt2: begin=service tcp/80=component web 1=end
logfmt: begin=true service=tcp/80 component=web 1 end=closed
go-logfmt: begin= service=tcp/80 component=web 1 end=closed" ]]
