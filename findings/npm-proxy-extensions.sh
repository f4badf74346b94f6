#!/usr/bin/env bash
# npm's proxy-protocol-js 4.0.6 and @balena/proxy-protocol-parser 1.0.2, given a whole header and the data behind it.
# Expected: with extensions (TLVs), as HAProxy and AWS send them, the fields are those of the same header without them, and "data"
#   is what the client sends. UNKNOWN names nobody: no address.
# Seen: proxy-protocol-js leaves the extensions at the beginning of "data", so a server that serves that as the client's finds
#   a server name in front of the request; nothing says where they end, as the header's length is not kept.
#   The other does not tell where the header ends, either, and reads on behind the line of UNKNOWN: the
#   client's address is the line's end, the server's the first word of the request.
# Output: data: "GET / HTTP/1.0" / with an extension: "\u0002\u0000\u0003labGET / HTTP/1.0" / UNKNOWN: "\r\n" "GET"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit proxy-protocol-js@4.0.6 @balena/proxy-protocol-parser@1.0.2 >/dev/null
seen=$(node -e '
const { V2ProxyProtocol } = require("proxy-protocol-js");
const { decode } = require("@balena/proxy-protocol-parser");
const request = "GET / HTTP/1.0";
function data(extensions) {
  const payload = Buffer.concat([Buffer.from([192, 0, 2, 7, 192, 0, 2, 8, 3, 232, 0, 80]), Buffer.from(extensions)]);
  const start = Buffer.from("\r\n\r\n\0\r\nQUIT\n\x21\x11\0" + String.fromCharCode(payload.length), "latin1");
  return Buffer.from(V2ProxyProtocol.parse(Buffer.concat([start, payload, Buffer.from(request)])).data).toString();
}
const authority = "\x02\0\x03lab";
console.log("data:", JSON.stringify(data("")));
console.log("with an extension:", JSON.stringify(data(authority)));
const { remoteAddress, localAddress } = decode(Buffer.from("PROXY UNKNOWN\r\n" + request));
console.log("UNKNOWN:", JSON.stringify(remoteAddress), JSON.stringify(localAddress));')
echo "$seen"
[[ $seen == 'data: "GET / HTTP/1.0"
with an extension: "\u0002\u0000\u0003labGET / HTTP/1.0"
UNKNOWN: "\r\n" "GET"' ]]
