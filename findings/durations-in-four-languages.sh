#!/usr/bin/env bash
# Durations as people write them in configurations, read by Ruby's gitlab_chronic_duration 0.10.6.2 (Debian 12's ruby-chronic-duration
# 0.10.6.2-2), Perl's Time::Duration::Parse 0.16 (libtime-duration-parse-perl 0.16-1), Python's pytimeparse 1.1.5
# (python3-pytimeparse 1.1.5-3) and npm's expiry-js 0.1.7, timespan-parser 1.2.0 and @alwatr/parse-duration 5.5.4.
# Expected: what a library does not know it refuses, and what two of them read is the same time.
# Seen: Ruby's drops letters that it does not know and takes what is left for seconds, so 500ms is 500 s, and drops the minus of -5m,
#   as expiry-js does. 1:30 is 90 s for Ruby and Python, 90 minutes for Perl, 0 for expiry-js. 1M is a minute for two, a
#   month for three; timespan-parser, whose README lists M for month, refuses it, and @alwatr's refuses 500ms and 1h30m.
# Output, seconds for 500ms / 1h30m / 1M / 1:30 / -5m: ruby: 500 / 5400 / 60 / 90 / 300, perl: no / 5400 / 2592000 / 5400 / -300,
#   pytimeparse: no / 5400 / 60 / 90 / -300, expiry-js: 0.5 / 5400 / 1 month / 0 / 300, timespan-parser: 0.5 / 5400 / no / no / -300,
#   @alwatr/parse-duration: no / no / 2592000 / no / -300
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download ruby-chronic-duration=0.10.6.2-2 ruby-numerizer libtime-duration-parse-perl=0.16-1 \
    libexporter-lite-perl python3-pytimeparse=1.1.5-3 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
npm install --silent --no-fund --no-audit --ignore-scripts expiry-js@0.1.7 timespan-parser@1.2.0 @alwatr/parse-duration@5.5.4 >/dev/null
durations=(500ms 1h30m 1M 1:30 -5m)
ruby() {
    RUBYLIB=$folder/usr/lib/ruby/vendor_ruby command ruby -r gitlab_chronic_duration -e '
    puts "ruby: " + ARGV.map { |text| ChronicDuration.parse(text).to_s }.join(" / ")' -- "$@"
}
perl() {
    command perl -I usr/share/perl5 -MTime::Duration::Parse -e '
    print "perl: ", join(" / ", map { eval { parse_duration($_) } // "no" } @ARGV), "\n"' -- "$@"
}
python() {
    PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 -c '
import sys
from pytimeparse import parse
print("pytimeparse:", " / ".join("no" if parse(text) is None else str(parse(text)) for text in sys.argv[1:]))' "$@"
}
javascript() {
    cat >read.mjs <<'CODE'
import { parseDuration } from "@alwatr/parse-duration";
import expiry from "expiry-js";
import timespan from "timespan-parser";

const readers = {
  "expiry-js": (text) => {
    const { milliseconds, days, months } = expiry(text)._internal;
    return months ? `${months} month` : days * 86400 + milliseconds / 1000;
  },
  "timespan-parser": (text) => timespan.parse(text),
  "@alwatr/parse-duration": (text) => parseDuration(text) / 1000,
};
for (const [name, read] of Object.entries(readers)) {
  const seen = process.argv.slice(2).map((text) => {
    try {
      return read(text);
    } catch {
      return "no";
    }
  });
  console.log(`${name}: ${seen.join(" / ")}`);
}
CODE
    node read.mjs "$@"
}
seen=$(for language in ruby perl python javascript; do "$language" "${durations[@]}"; done)
echo "$seen"
[[ $seen == "ruby: 500 / 5400 / 60 / 90 / 300
perl: no / 5400 / 2592000 / 5400 / -300
pytimeparse: no / 5400 / 60 / 90 / -300
expiry-js: 0.5 / 5400 / 1 month / 0 / 300
timespan-parser: 0.5 / 5400 / no / no / -300
@alwatr/parse-duration: no / no / 2592000 / no / -300" ]]
