package dev.lander.cluster.members;

import dev.lander.text.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The secret that all members of a cluster share. It is never sent. */
final class ClusterKey {
    static final String OPTION = "--cluster-key-file";

    /** Shorter ones can be guessed by who has listened. */
    private static final int LEAST_LENGTH = 16;

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    ClusterKey(byte[] secret) {
        this.key = new SecretKeySpec(secret, ALGORITHM);
    }

    /**
     * The file's first line.
     *
     * @throws IOException when it can't be read or is too short; the message is for users
     */
    static ClusterKey read(Path file) throws IOException {
        String secret;
        try {
            secret = TextFile.read(file).lines().findFirst().orElse("").strip();
        } catch (IOException refused) {
            throw new IOException(OPTION + " " + file + ": " + refused.getMessage(), refused);
        }
        if (secret.length() < LEAST_LENGTH) {
            throw new IOException(OPTION + " " + file + ": its first line has " + secret.length()
                    + " characters, of at least " + LEAST_LENGTH + "; openssl rand -base64 32 makes one");
        }
        return new ClusterKey(secret.getBytes(StandardCharsets.UTF_8));
    }

    /** What only an owner of the key can make of these bytes. */
    byte[] seal(byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("every Java has " + ALGORITHM, absent);
        }
    }
}
