package dev.lander.control.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Openssl;
import dev.lander.testing.Openssl.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsFilesTest {
    private static Path directory;
    private static Openssl openssl;
    private static Issued ca;
    private static Issued rsa;
    private static Issued ec;

    @BeforeAll
    static void makeCertificates(@TempDir Path empty) throws IOException {
        directory = empty;
        openssl = new Openssl(directory);
        ca = openssl.authority("ca");
        rsa = openssl.issue(ca, "rsa", "RSA");
        ec = openssl.issue(ca, "ec", "EC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "ED25519"})
    void keysOfAllKindsAreRead(String kind) throws Exception {
        Issued issued = openssl.issue(ca, "kind-" + kind, kind);
        KeyStore identity = TlsFiles.identity(issued.certificate(), issued.key());
        assertTrue(identity.isKeyEntry("server"));
        assertEquals(1, identity.getCertificateChain("server").length);
    }

    @Test
    void theCertificateBringsItsIssuersAlong() throws Exception {
        Path chain = file("chain.pem", "some words\n" + text(rsa.certificate()) + "\r\n" + text(ca.certificate()));
        assertEquals(2, TlsFiles.identity(chain, rsa.key()).getCertificateChain("server").length);
    }

    @Test
    void certificateAndKeyMayBeInOneFile() throws Exception {
        Path both = file("both.pem", text(rsa.certificate()) + text(rsa.key()));
        assertTrue(TlsFiles.identity(both, both).isKeyEntry("server"));
    }

    @Test
    void allAuthoritiesOfAFileCount() throws Exception {
        Path two = file(
                "two.pem",
                text(ca.certificate()) + text(openssl.authority("second").certificate()));
        assertEquals(2, TlsFiles.authorities(two).size());
    }

    @Test
    void aMissingFileIsNamedWithItsOption() {
        Path nowhere = directory.resolve("nowhere");
        assertRefused("--control-tls-cert " + nowhere + ": no such file", nowhere, rsa.key());
        assertRefused("--control-tls-key " + nowhere + ": no such file", rsa.certificate(), nowhere);
        IOException refused = assertThrows(IOException.class, () -> TlsFiles.authorities(nowhere));
        assertEquals("--control-tls-ca " + nowhere + ": no such file", refused.getMessage());
    }

    @Test
    void exchangedFilesAreTold() {
        assertRefused(
                "--control-tls-cert " + rsa.key() + ": has no certificate in PEM form (BEGIN CERTIFICATE)",
                rsa.key(),
                rsa.certificate());
        assertRefused(
                "--control-tls-key " + rsa.certificate() + ": has no private key in PEM form (BEGIN PRIVATE KEY)",
                rsa.certificate(),
                rsa.certificate());
    }

    @Test
    void aKeyOfAnotherCertificateIsTold() throws IOException {
        Issued other = openssl.issue(ca, "other", "RSA");
        assertRefused(
                "--control-tls-key " + other.key() + ": is not the key of the certificate in " + rsa.certificate(),
                rsa.certificate(),
                other.key());
        assertRefused(
                "--control-tls-key " + ec.key() + ": its key is not RSA like the certificate, or damaged",
                rsa.certificate(),
                ec.key());
    }

    @Test
    void certificatesThatAreNoChainAreTold() throws IOException {
        Path noChain = file("no-chain.pem", text(rsa.certificate()) + text(ec.certificate()));
        assertRefused(
                "--control-tls-cert " + noChain + ": its certificates are no chain, each issued by the next",
                noChain,
                rsa.key());
    }

    @Test
    void damageIsTold() throws IOException {
        Path certificate = file("damaged.pem", text(rsa.certificate()).replaceFirst("MII", "MIJ"));
        assertRefused(
                "--control-tls-cert " + certificate + ": its certificate number 1 is damaged", certificate, rsa.key());
        Path cut = file("cut.key", text(rsa.key()).replaceFirst("\n.*\n", "\n"));
        String why = ": its key is not RSA like the certificate, or damaged";
        assertRefused("--control-tls-key " + cut + why, rsa.certificate(), cut);
        Path odd = file("odd.key", "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n");
        assertRefused("--control-tls-key " + odd + ": its PRIVATE KEY is damaged", rsa.certificate(), odd);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"rsa -traditional", "rsa -traditional -aes128 -passout pass:x", "pkcs8 -topk8 -passout pass:x"})
    void otherKeysAreRefusedWithTheCommandThatConvertsThem(String conversion) throws Exception {
        Path key = directory.resolve(conversion.replaceAll("[ :]", "_"));
        String[] command = (conversion + " -in " + rsa.key() + " -out " + key).split(" ", -1);
        openssl.run(command);
        IOException refused = assertThrows(IOException.class, () -> TlsFiles.identity(rsa.certificate(), key));
        String advice = String.valueOf(refused.getMessage());
        assertTrue(advice.startsWith("--control-tls-key " + key + ": its "), advice);
        Path converted = directory.resolve("converted.key");
        String advised = advice.substring(advice.indexOf("openssl ") + "openssl ".length());
        openssl.run((advised.replace("NEWFILE", converted.toString()) + " -passin pass:x").split(" ", -1));
        assertTrue(TlsFiles.identity(rsa.certificate(), converted).isKeyEntry("server"));
    }

    private static void assertRefused(String message, Path certificate, Path key) {
        IOException refused = assertThrows(IOException.class, () -> TlsFiles.identity(certificate, key));
        assertEquals(message, refused.getMessage());
    }

    private static Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file);
    }
}
