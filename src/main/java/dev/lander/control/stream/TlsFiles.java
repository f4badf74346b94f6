package dev.lander.control.stream;

import dev.lander.control.stream.PemFile.Block;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads certificates and keys. What is wrong with them is an {@link IOException} for users, which names the option and
 * the file: found out here, it would else show in each handshake, and there as a riddle.
 */
public final class TlsFiles {
    /** The kinds of keys that are understood, each with a signature that it can make. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private static final String SERVER = "server";
    private static final String PKCS8 = "PRIVATE KEY";

    /** Keys are in memory only, so nothing is protected by it. */
    public static final char[] NO_PASSWORD = {};

    private TlsFiles() {}

    /** The server's certificate chain with its key, under {@link #NO_PASSWORD}. */
    public static KeyStore identity(Path certificateFile, Path keyFile) throws IOException, GeneralSecurityException {
        PemFile certificatePem = PemFile.read(TlsSettings.CERTIFICATE_OPTION, certificateFile);
        List<Certificate> chain = certificates(certificatePem);
        PublicKey publicKey = chain.get(0).getPublicKey();
        if (!SIGNATURES.containsKey(publicKey.getAlgorithm())) {
            throw certificatePem.refusal("its key is " + publicKey.getAlgorithm() + ", not RSA, EC or Ed25519");
        }
        PemFile keyPem = PemFile.read(TlsSettings.KEY_OPTION, keyFile);
        PrivateKey key = privateKey(keyPem, keyFile, publicKey.getAlgorithm());
        if (!belongTogether(key, publicKey)) {
            throw keyPem.refusal("is not the key of the certificate in " + certificateFile);
        }
        KeyStore store = emptyStore();
        try {
            store.setKeyEntry(SERVER, key, NO_PASSWORD, chain.toArray(Certificate[]::new));
        } catch (KeyStoreException noChain) {
            throw certificatePem.refusal("its certificates are no chain, each issued by the next", noChain);
        }
        return store;
    }

    /** The server's own certificate, of what {@link #identity} has returned. */
    static X509Certificate certificate(KeyStore identity) throws KeyStoreException {
        return (X509Certificate) identity.getCertificate(SERVER);
    }

    /** The certificates that others may come from. */
    public static KeyStore authorities(Path caFile) throws IOException, GeneralSecurityException {
        KeyStore store = emptyStore();
        for (Certificate certificate : certificates(PemFile.read(TlsSettings.CA_OPTION, caFile))) {
            store.setCertificateEntry("ca-" + store.size(), certificate);
        }
        return store;
    }

    /** All certificates of the file, at least one. */
    private static List<Certificate> certificates(PemFile pem) throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<Certificate> certificates = new ArrayList<>();
        for (Block block : pem.blocks()) {
            if (block.label().equals("CERTIFICATE")) {
                try {
                    certificates.add(factory.generateCertificate(new ByteArrayInputStream(pem.decode(block))));
                } catch (CertificateException broken) {
                    throw pem.refusal("its certificate number " + (certificates.size() + 1) + " is damaged", broken);
                }
            }
        }
        if (certificates.isEmpty()) {
            throw pem.refusal("has no certificate in PEM form (BEGIN CERTIFICATE)");
        }
        return certificates;
    }

    /** The file's first private key. */
    private static PrivateKey privateKey(PemFile pem, Path file, String algorithm)
            throws IOException, GeneralSecurityException {
        for (Block block : pem.blocks()) {
            if (block.label().equals(PKCS8)) {
                try {
                    return KeyFactory.getInstance(algorithm)
                            .generatePrivate(new PKCS8EncodedKeySpec(pem.decode(block)));
                } catch (InvalidKeySpecException unfitting) {
                    throw pem.refusal("its key is not " + algorithm + " like the certificate, or damaged", unfitting);
                }
            } else if (block.label().endsWith(PKCS8)) {
                throw pem.refusal("its " + block.label() + " must be unencrypted PKCS#8; convert it with"
                        + " openssl pkcs8 -topk8 -nocrypt -in " + file + " -out NEWFILE");
            }
        }
        throw pem.refusal("has no private key in PEM form (BEGIN PRIVATE KEY)");
    }

    private static boolean belongTogether(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
        byte[] anything = {1};
        Signature signature = Signature.getInstance(SIGNATURES.get(publicKey.getAlgorithm()));
        signature.initSign(key);
        signature.update(anything);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(anything);
        try {
            return signature.verify(signed);
        } catch (SignatureException otherKind) {
            return false;
        }
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }
}
