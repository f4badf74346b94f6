#!/usr/bin/env bash
# Maven's io.github.hakky54:sslcontext-kickstart-for-pem:8.3.7, PemUtils.parsePrivateKey, and Java's own CertificateFactory (17).
# Expected: the key file that "openssl ecparam -genkey" writes, which has a block of the curve's parameters ahead of the key, is read, as
#   a certificate ahead of the key is. And of a file with a certificate and its key Java's factory gives the certificate, or none.
# Seen: kickstart refuses the first block that it does not know, the parameters: PemParseException. A certificate ahead of the key, a key
#   ahead of the certificate and text between them are no trouble to it. Java's generateCertificates skips text ahead of a block, but takes every
#   block for a certificate: with a key in the file, in either order, it throws a CertificateParsingException.
# Output, kickstart / Java: parameters, key: PemParseException / -, certificate, key: EC / CertificateParsingException,
#   key, certificate: EC / CertificateParsingException, text, certificate: - / 1
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
openssl pkcs8 -topk8 -nocrypt -in parameters-key.pem -out key.pem
cat certificate.pem key.pem >certificate-key.pem
cat key.pem certificate.pem >key-certificate.pem
openssl x509 -in certificate.pem -text >text-certificate.pem
cat >Pem.java <<'CODE'
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.util.concurrent.Callable;
import nl.altindag.ssl.pem.util.PemUtils;

class Pem {
    public static void main(String[] arguments) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (String name : arguments) {
            byte[] pem = Files.readAllBytes(Path.of(name + ".pem"));
            String key = name.contains("key")
                    ? outcome(() -> PemUtils.parsePrivateKey(new String(pem)).getAlgorithm().replace("ECDSA", "EC"))
                    : "-";
            String certificates = name.contains("certificate")
                    ? outcome(() -> "" + factory.generateCertificates(new ByteArrayInputStream(pem)).size())
                    : "-";
            System.out.println(name + ": " + key + " / " + certificates);
        }
    }

    static String outcome(Callable<String> read) {
        try {
            return read.call();
        } catch (Exception refused) {
            Throwable cause = refused;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            return cause.getClass().getSimpleName();
        }
    }
}
CODE
seen=$(java -cp 'lib/*' Pem.java parameters-key certificate-key key-certificate text-certificate 2>/dev/null)
echo "$seen"
[[ $seen == "parameters-key: PemParseException / -
certificate-key: EC / CertificateParsingException
key-certificate: EC / CertificateParsingException
text-certificate: - / 1" ]]
