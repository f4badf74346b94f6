#!/usr/bin/env bash
# Go's reader of unit files, go-systemd's unit.Deserialize (Debian 12's golang-github-coreos-go-systemd-dev 22.3.2-1).
# Expected: "lines ending in a backslash are concatenated with the following non-comment line", and comments between them are skipped
#   (systemd.syntax(7)), as many units have them in a long list of environment variables or options.
# Seen: the comment becomes a part of the value and ends it; a second comment is dropped, and the rest of the value is read as an option of
#   its own, whose name begins with a quotation mark. No error. Without comments the value has its backslash and line's end in it, for the
#   caller to join. systemd itself has the environment A=1 B=2.
# Output, with comments: Environment: "\"A=1\" \\\n# a comment", and an option "B with the value 2" / without:
#   Environment: "\"A=1\" \\\n  \"B=2\""
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download golang-github-coreos-go-systemd-dev=22.3.2-1 \
    golang-1.19-go=1.19.8-2 golang-1.19-src=1.19.8-2 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export GOROOT=$folder/usr/lib/go-1.19 GOPATH=$folder/usr/share/gocode GO111MODULE=off GOCACHE=$folder/cache GOFLAGS=
cat >main.go <<'CODE'
package main

import (
	"fmt"
	"os"

	"github.com/coreos/go-systemd/unit"
)

func main() {
	options, err := unit.Deserialize(os.Stdin)
	if err != nil {
		panic(err)
	}
	for _, option := range options {
		fmt.Printf("%s: %q\n", option.Name, option.Value)
	}
}
CODE
"$GOROOT/bin/go" build -o reader main.go
seen=$(
    printf '%s\n' '[Service]' 'Environment="A=1" \' '# a comment' '; another' '  "B=2"' | ./reader
    printf '%s\n' '[Service]' 'Environment="A=1" \' '  "B=2"' | ./reader
)
echo "$seen"
[[ $seen == 'Environment: "\"A=1\" \\\n# a comment"
"B: "2\""
Environment: "\"A=1\" \\\n  \"B=2\""' ]]
