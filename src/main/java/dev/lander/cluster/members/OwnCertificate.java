package dev.lander.cluster.members;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;

/**
 * A certificate that nobody has issued, made at the start and never kept. By itself it proves nothing: TLS needs one,
 * and the {@link Proof} says whose it is. The JDK has no public way to make one, so its 12 fields are written here.
 */
final class OwnCertificate {
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int UTF8_STRING = 0x0c;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int LONG_FORM = 0x80;
    private static final int SERIAL_BITS = 64;

    /** ecdsa-with-SHA256. */
    private static final byte[] ALGORITHM = {0x06, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2};

    /** commonName. */
    private static final byte[] COMMON_NAME = {0x06, 3, 0x55, 4, 3};

    private static final char[] NO_PASSWORD = {};

    private OwnCertificate() {}

    /** The certificate with its key. */
    static KeyStore make() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, NO_PASSWORD);
        } catch (IOException impossible) {
            throw new IllegalStateException("an empty store is not read", impossible);
        }
        store.setKeyEntry("member", pair.getPrivate(), NO_PASSWORD, new Certificate[] {certificate(pair)});
        return store;
    }

    private static Certificate certificate(KeyPair pair) throws GeneralSecurityException {
        byte[] algorithm = tagged(SEQUENCE, ALGORITHM);
        byte[] name = tagged(
                SEQUENCE,
                tagged(
                        SET,
                        tagged(
                                SEQUENCE,
                                COMMON_NAME,
                                tagged(UTF8_STRING, "lander".getBytes(StandardCharsets.US_ASCII)))));
        byte[] serial = new BigInteger(SERIAL_BITS, new SecureRandom())
                .add(BigInteger.ONE)
                .toByteArray();
        byte[] validity = tagged(SEQUENCE, time("20200101000000Z"), time("99991231235959Z"));
        byte[] body = tagged(
                SEQUENCE,
                tagged(INTEGER, serial),
                algorithm,
                name,
                validity,
                name,
                pair.getPublic().getEncoded());
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(pair.getPrivate());
        signature.update(body);
        byte[] wholeBytes = {0}; // no unused bits
        byte[] whole = tagged(SEQUENCE, body, algorithm, tagged(BIT_STRING, wholeBytes, signature.sign()));
        return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
    }

    private static byte[] time(String text) {
        return tagged(GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** In DER: tag, length, content. */
    private static byte[] tagged(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length < LONG_FORM) {
            out.write(length);
        } else {
            byte[] bytes = BigInteger.valueOf(length).toByteArray();
            int from = bytes[0] == 0 ? 1 : 0;
            out.write(LONG_FORM | bytes.length - from);
            out.write(bytes, from, bytes.length - from);
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
