#!/usr/bin/env bash
# Go's cronexpr 1.0.0 (Debian 12's golang-github-gorhill-cronexpr-dev 1.0.0+git20180427.88b0669-2), and robfig's cron (golang-github-robfig-cron-dev
# 3.0.1-1, ParseStandard).
# Expected: 7 is Sunday, as 0 is (crontab(5)), also where a range ends: 5-7 is Friday to Sunday. What a parser does not take it refuses.
# Seen: cronexpr takes 7, and it takes 5-7 and 6-1 without an error, but no day is in such a range: Next is the zero time, which its
#   documentation has for a schedule that has ended, so a job is accepted and never runs. A step, 1-7/2, does the same.
#   With a list, 5,6,7, it is right. robfig's refuses 7 in any place, with an error.
# Output, the first run of 2026: 0 0 * * 7: 2026-01-04, no / 5-7: never, no / 6-1: never, no / 1-7/2: never, no /
#   5,6,7: 2026-01-02, no / 5,6,0: 2026-01-02, 2026-01-02
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download golang-github-gorhill-cronexpr-dev=1.0.0+git20180427.88b0669-2 golang-github-robfig-cron-dev=3.0.1-1 \
    golang-1.19-go=1.19.8-2 golang-1.19-src=1.19.8-2 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export GOROOT=$folder/usr/lib/go-1.19 GOPATH=$folder/usr/share/gocode GO111MODULE=off GOCACHE=$folder/cache GOFLAGS=
cat >main.go <<'CODE'
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/gorhill/cronexpr"
	"github.com/robfig/cron"
)

func shown(next time.Time) string {
	if next.IsZero() {
		return "never"
	}
	return next.Format("2006-01-02")
}

func main() {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, days := range os.Args[1:] {
		text := "0 0 * * " + days
		first, second := "no", "no"
		if schedule, err := cronexpr.Parse(text); err == nil {
			first = shown(schedule.Next(begin))
		}
		if schedule, err := cron.ParseStandard(text); err == nil {
			second = shown(schedule.Next(begin))
		}
		fmt.Printf("%s: %s, %s\n", days, first, second)
	}
}
CODE
seen=$("$GOROOT/bin/go" run main.go 7 5-7 6-1 1-7/2 5,6,7 5,6,0)
echo "$seen"
[[ $seen == "7: 2026-01-04, no
5-7: never, no
6-1: never, no
1-7/2: never, no
5,6,7: 2026-01-02, no
5,6,0: 2026-01-02, 2026-01-02" ]]
