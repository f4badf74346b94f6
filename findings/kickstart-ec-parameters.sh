#!/usr/bin/env bash
# Maven's io.github.hakky54:sslcontext-kickstart-for-pem:8.3.7, PemUtils.parsePrivateKey.
# Expected: the key file that "openssl ecparam -genkey" writes, which has a block of the curve's parameters ahead of the key, is read, as
#   the same key is without it, and as a certificate ahead of the key is skipped.
# Seen: it refuses the parameters, the first block that it does not know: PemParseException. The key behind it, of the kind "EC PRIVATE
#   KEY", is read when it is alone. Netty 4.1.115, Vert.x 4.5.11, node, Ruby, PHP and Python's cryptography read the file as it is.
# Output: parameters, key: PemParseException / key: ECDSA / certificate, key: ECDSA / key, certificate: ECDSA
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'POM'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>lab</groupId>
  <artifactId>lab</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.github.hakky54</groupId>
      <artifactId>sslcontext-kickstart-for-pem</artifactId>
      <version>8.3.7</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
openssl ecparam -name prime256v1 -genkey -out parameters-key.pem 2>/dev/null
openssl req -x509 -key parameters-key.pem -subj /CN=lab -out certificate.pem 2>/dev/null
sed '/BEGIN EC PARAMETERS/,/END EC PARAMETERS/d' parameters-key.pem >key.pem
cat certificate.pem key.pem >certificate-key.pem
cat key.pem certificate.pem >key-certificate.pem
cat >Pem.java <<'CODE'
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nl.altindag.ssl.pem.util.PemUtils;

class Pem {
    public static void main(String[] arguments) throws IOException {
        for (String name : arguments) {
            String pem = Files.readString(Path.of(name + ".pem"));
            String what;
            try {
                what = PemUtils.parsePrivateKey(pem).getAlgorithm();
            } catch (RuntimeException refused) {
                what = refused.getClass().getSimpleName();
            }
            System.out.println(name + ": " + what);
        }
    }
}
CODE
seen=$(java -cp 'lib/*' Pem.java parameters-key key certificate-key key-certificate 2>/dev/null)
echo "$seen"
[[ $seen == "parameters-key: PemParseException
key: ECDSA
certificate-key: ECDSA
key-certificate: ECDSA" ]]
