#!/usr/bin/env bash
# Python's prometheus_client 0.16.0 (Debian 12's python3-prometheus-client 0.16.0-0.1), its reader of the text format.
# Expected: a sample has the name that it has on the page, and so has a family the one of its TYPE line.
# Seen: a counter whose name does not end in _total, as the text format allows, is given that end: "jobs" is read as "jobs_total", so a
#   program that looks for the name that the page shows finds nothing; and a counter that has the end is in a family that has not.
#   Gauges keep their names.
# Output: counter jobs: jobs jobs_total / counter jobs_total: jobs jobs_total / gauge jobs_total: jobs_total jobs_total
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-prometheus-client=0.16.0-0.1 python3-decorator >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
seen=$(PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 -c '
from prometheus_client.parser import text_string_to_metric_families as families

for kind, name in (("counter", "jobs"), ("counter", "jobs_total"), ("gauge", "jobs_total")):
    (family,) = families(f"# TYPE {name} {kind}\n{name} 1\n")
    print(f"{kind} {name}: {family.name} {family.samples[0].name}")')
echo "$seen"
[[ $seen == "counter jobs: jobs jobs_total
counter jobs_total: jobs jobs_total
gauge jobs_total: jobs_total jobs_total" ]]
