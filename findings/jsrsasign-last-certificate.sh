#!/usr/bin/env bash
# npm's jsrsasign 11.1.5, given files of several PEM blocks, beside node's own crypto.
# Expected: of a chain the first certificate is read, which is the server's own (RFC 8446, section 4.4.2, and what servers' files are like);
#   of a file with a certificate and its key the key is read, or the file is refused for what it has.
# Seen: X509.readCertPEM reads the last certificate, so of a server's chain the subject is the authority's. KEYUTIL.getKey looks for
#   a certificate before it looks for a key: of key and certificate in one file it gives the public key, or ends with a
#   TypeError, as does readCertPEM, if the certificate has the key behind it.
# Output, of a chain / certificate, key / key, certificate:
#   jsrsasign: CN=authority / TypeError, TypeError / CN=server, public, crypto: CN=server / CN=server, private / CN=server, private
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit --ignore-scripts jsrsasign@11.1.5 >/dev/null
for name in server authority; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$name.key" -out "$name.crt" -subj "/CN=$name" 2>/dev/null
done
cat server.crt authority.crt >chain.pem
cat server.crt server.key >certificate-key.pem
cat server.key server.crt >key-certificate.pem
seen=$(node -e '
const { readFileSync } = require("fs");
const { X509, KEYUTIL } = require("jsrsasign");
const crypto = require("crypto");

const readers = {
  jsrsasign: [
    (pem) => {
      const certificate = new X509();
      certificate.readCertPEM(pem);
      return certificate.getSubjectString().slice(1);
    },
    (pem) => (KEYUTIL.getKey(pem).isPrivate ? "private" : "public"),
  ],
  crypto: [(pem) => new crypto.X509Certificate(pem).subject, (pem) => crypto.createPrivateKey(pem).type],
};

function outcome(read, file) {
  try {
    return read(readFileSync(file, "utf8"));
  } catch (error) {
    return error.constructor.name;
  }
}

for (const [name, [certificate, key]] of Object.entries(readers)) {
  const both = ["certificate-key.pem", "key-certificate.pem"].map((file) => `${outcome(certificate, file)}, ${outcome(key, file)}`);
  console.log(`${name}: ${[outcome(certificate, "chain.pem"), ...both].join(" / ")}`);
}')
echo "$seen"
[[ $seen == "jsrsasign: CN=authority / TypeError, TypeError / CN=server, public
crypto: CN=server / CN=server, private / CN=server, private" ]]
