#!/usr/bin/env bash
# npm's parse-prometheus-text-format 1.1.1 and prom2javascript 0.2.0, beside Python's prometheus_client 0.16.0 (Debian 12's
# python3-prometheus-client 0.16.0-0.1), all given metrics in the text format.
# Expected: a histogram with labels is one histogram for each set of them; the last line counts without a line's end, too; NaN is a
#   value, and the quantiles of a summary are NaN until something has been observed.
# Seen: the first keeps the buckets of the last set of labels only, without the labels, and drops sum and count of all. It drops a
#   last line that nothing ends, and refuses a page for a blank behind a comma or a HELP without text. The second refuses NaN and -Inf, and
#   with that the page of a service that has just started, and names with a colon, which are those of recording rules.
# Output, for a labelled histogram / no line's end / NaN / a blank / a HELP without text / a colon:
#   parse-prometheus-text-format: 1 without labels, sum or count / lost / read / refused / refused / read
#   prom2javascript: 2 / read / refused / read / read / refused, prometheus_client: 2 / read / read / read / read / read
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-prometheus-client=0.16.0-0.1 python3-decorator >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
npm install --silent --no-fund --no-audit --ignore-scripts parse-prometheus-text-format@1.1.1 prom2javascript@0.2.0 >/dev/null
cat >pages.json <<'CODE'
[
  "# TYPE t histogram\nt_bucket{k=\"a\",le=\"+Inf\"} 1\nt_sum{k=\"a\"} 2\nt_count{k=\"a\"} 1\nt_bucket{k=\"b\",le=\"+Inf\"} 3\nt_sum{k=\"b\"} 4\nt_count{k=\"b\"} 3\n",
  "a 1",
  "a NaN\n",
  "a{b=\"c\", d=\"e\"} 1\n",
  "# HELP a\n# TYPE a gauge\na 1\n",
  "a:b 1\n"
]
CODE
cat >read.js <<'CODE'
const pages = require("./pages.json");
const parsed = require("parse-prometheus-text-format").default || require("parse-prometheus-text-format");
const { getMetricsFromIterator } = require("prom2javascript");

async function all(name, samples, histograms) {
  const seen = [];
  for (const page of pages) {
    try {
      const read = await samples(page);
      seen.push(read.length === 0 ? "lost" : page.includes("histogram") ? histograms(read) : "read");
    } catch (error) {
      seen.push("refused");
    }
  }
  console.log(`${name}: ${seen.join(" / ")}`);
}

const whole = ({ labels, sum, count }) => (labels && sum !== undefined && count !== undefined ? "" : " without labels, sum or count");

(async () => {
  const first = async (page) => parsed(page).flatMap(({ metrics }) => metrics);
  const second = async (page) => Object.values(await getMetricsFromIterator(page.trimEnd().split("\n").values())).flatMap(({ data }) => data);
  for (const [name, samples] of Object.entries({ "parse-prometheus-text-format": first, prom2javascript: second })) {
    await all(name, samples, (read) => read.length + whole(read[0]));
  }
})();
CODE
seen=$(
    node read.js
    PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 -c '
import json
from prometheus_client.parser import text_string_to_metric_families as families
seen = []
for page in json.load(open("pages.json")):
    samples = [sample for family in families(page) for sample in family.samples]
    seen.append(str(sum(sample.name == "t_count" for sample in samples)) if "histogram" in page else "read" if samples else "lost")
print("prometheus_client:", " / ".join(seen))'
)
echo "$seen"
[[ $seen == "parse-prometheus-text-format: 1 without labels, sum or count / lost / read / refused / refused / read
prom2javascript: 2 / read / refused / read / read / refused
prometheus_client: 2 / read / read / read / read / read" ]]
