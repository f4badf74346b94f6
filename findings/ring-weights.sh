#!/usr/bin/env bash
# Consistent hashing with weights: npm's hashring 3.2.0 and Python's uhashring 2.1 (Debian 12's python3-uhashring 2.1-3), the latter
# by its two methods, "ketama" and its default. Five servers, 20,000 keys.
# Expected: a weight that is doubled moves keys to that server only; a server that leaves moves its own keys only, whatever the weights;
#   and as weights are shares, 1 for each is the same as 2 for each.
# Seen: no ring keeps all of that. The two of ketama, which agree key by key, divide a fixed number of points by weight and round
#   down, so each change shifts the others' points as well: with weights 1, 1, 3, 5, 1 a server that leaves moves 62 keys between
#   the others for each 100 of its own. The default one takes points by the weight itself: nobody else's keys
#   move, but with 2 for each in place of 1 for each two fifths of all keys do.
# Output: keys that move though they need not: equal, one leaves / one doubled / weighted, one leaves / all doubled:
#   hashring: 0 / 1395 / 1292 (its own 2079) / 0, ketama: the same, default: 0 / 0 / 0 (its own 1846) / 8109
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download python3-uhashring=2.1-3 >/dev/null
dpkg -x python3-uhashring_*.deb .
npm install --silent --no-fund --no-audit hashring@3.2.0 >/dev/null
cat >rings.py <<'CODE'
import json
import subprocess
import sys

from uhashring import HashRing

KEYS = [f"10.0.{i >> 8}.{i & 255}" for i in range(20000)]
EQUAL = dict.fromkeys(("a:80", "b:80", "c:80", "d:80", "e:80"), 1)
WEIGHTED = EQUAL | {"c:80": 3, "d:80": 5}
JAVASCRIPT = """
const [weights, keys] = JSON.parse(require("fs").readFileSync(0, "utf8"));
const ring = new (require("hashring"))(weights);
console.log(JSON.stringify(keys.map((key) => ring.get(key))));
"""


def hashring(weights):
    asked = json.dumps([weights, KEYS])
    return json.loads(subprocess.run(["node", "-e", JAVASCRIPT], input=asked, capture_output=True, text=True, check=True).stdout)


def ketama(weights):
    return by(HashRing(weights, hash_fn="ketama"))


def default(weights):
    return by(HashRing(weights))


def by(ring):
    return [ring.get_node(key) for key in KEYS]


def without_b(weights):
    return {name: weight for name, weight in weights.items() if name != "b:80"}


def needless(before, after, needed):
    return sum(old != new and not needed(old, new) for old, new in zip(before, after))


seen = []
for ring in (hashring, ketama, default):
    equal, weighted = ring(EQUAL), ring(WEIGHTED)
    seen.append(
        f"{ring.__name__}: {needless(equal, ring(without_b(EQUAL)), lambda old, new: old == 'b:80')}"
        f" / {needless(equal, ring(EQUAL | {'c:80': 2}), lambda old, new: new == 'c:80')}"
        f" / {needless(weighted, ring(without_b(WEIGHTED)), lambda old, new: old == 'b:80')}"
        f" (its own {weighted.count('b:80')})"
        f" / {needless(equal, ring(dict.fromkeys(EQUAL, 2)), lambda old, new: False)}"
    )
print(*seen, sep="\n")
sys.exit(
    seen
    != [
        "hashring: 0 / 1395 / 1292 (its own 2079) / 0",
        "ketama: 0 / 1395 / 1292 (its own 2079) / 0",
        "default: 0 / 0 / 0 (its own 1846) / 8109",
    ]
    or hashring(WEIGHTED) != ketama(WEIGHTED)
)
CODE
PYTHONPATH=$folder/usr/lib/python3/dist-packages /usr/bin/python3 rings.py
