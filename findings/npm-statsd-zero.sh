#!/usr/bin/env bash
# Counters of StatsD sent by npm's node-statsd 0.1.1, node-dogstatsd 0.0.7, dogstatsd 0.0.6, statsd-client 0.4.7, lynx 0.2.0 and hot-shots 10.2.1.
# Expected: what has happened 0 times since the last report is sent as 0, or not at all.
# Seen: node-statsd's increment sends 1 for 0, as for no number at all, and its decrement -1: a service that reports once in a while how much
#   it has done counts one for each while in which it did nothing. The two for Datadog send nothing, the others 0.
# Output, of 2, 0 and 3: node-statsd: x:2|c x:1|c x:3|c, node-dogstatsd, dogstatsd: x:2|c x:3|c, the others: x:2|c x:0|c x:3|c
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit --ignore-scripts node-statsd@0.1.1 node-dogstatsd@0.0.7 dogstatsd@0.0.6 statsd-client@0.4.7 \
    lynx@0.2.0 hot-shots@10.2.1 >/dev/null
cat >count.js <<'CODE'
const { createSocket } = require("dgram");
const { once } = require("events");

function clients(port) {
  const host = "127.0.0.1";
  const first = new (require("node-statsd").StatsD)(host, port);
  const second = new (require("node-dogstatsd").StatsD)(host, port);
  const third = new (require("dogstatsd").StatsD)(host, port);
  const fourth = new (require("statsd-client"))({ host, port, maxBufferSize: 0 });
  const fifth = new (require("lynx"))(host, port);
  const sixth = new (require("hot-shots"))({ host, port });
  return {
    "node-statsd": (count) => first.increment("x", count),
    "node-dogstatsd": (count) => second.incrementBy("x", count),
    dogstatsd: (count) => third.incrementBy("x", count),
    "statsd-client": (count) => fourth.counter("x", count),
    lynx: (count) => fifth.count("x", count),
    "hot-shots": (count) => sixth.increment("x", count),
  };
}

async function main() {
  const server = createSocket("udp4").bind(0, "127.0.0.1");
  await once(server, "listening");
  for (const [name, send] of Object.entries(clients(server.address().port))) {
    const seen = [];
    for (const count of [2, 0, 3]) {
      send(count);
    }
    while (seen.at(-1) !== "x:3|c") {
      const [message] = await once(server, "message");
      seen.push(message.toString().trim());
    }
    console.log(`${name}: ${seen.join(" ")}`);
  }
  process.exit();
}

main();
CODE
seen=$(node count.js)
echo "$seen"
[[ $seen == "node-statsd: x:2|c x:1|c x:3|c
node-dogstatsd: x:2|c x:3|c
dogstatsd: x:2|c x:3|c
statsd-client: x:2|c x:0|c x:3|c
lynx: x:2|c x:0|c x:3|c
hot-shots: x:2|c x:0|c x:3|c" ]]
