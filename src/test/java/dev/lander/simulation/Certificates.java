package dev.lander.simulation;

import dev.lander.control.stream.TlsFiles;
import dev.lander.control.stream.TlsSettings;
import dev.lander.testing.Openssl;
import dev.lander.testing.Openssl.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** What Lander and its control peers know each other by when they speak TLS; made once for all runs. */
final class Certificates {
    /** A key whose signatures all have one length: no run depends on them. */
    private static final String KIND = "ED25519";

    private static final class Once {
        private static final Certificates MADE = make();
    }

    private final Issued authority;
    private final Issued lander;
    private final SSLContext anonymous;
    private final SSLContext identified;

    private Certificates(Path directory) throws IOException, GeneralSecurityException {
        Openssl openssl = new Openssl(directory);
        this.authority = openssl.authority("authority");
        this.lander = openssl.issue(authority, "lander", KIND);
        this.anonymous = context(null);
        this.identified = context(openssl.issue(authority, "peer", KIND));
    }

    /** Those of this process. */
    static Certificates made() {
        return Once.MADE;
    }

    /**
     * Lander's.
     *
     * @param identifies whether its peers must have certificates, too
     */
    TlsSettings settings(boolean identifies) {
        return new TlsSettings(lander.certificate(), lander.key(), identifies ? authority.certificate() : null);
    }

    /** A peer's, which has a certificate or has none. */
    SSLContext peer(boolean identifies) {
        return identifies ? identified : anonymous;
    }

    private static Certificates make() {
        try {
            return new Certificates(Files.createTempDirectory("certificates"));
        } catch (IOException | GeneralSecurityException defect) {
            throw new IllegalStateException("certificates can't be made", defect);
        }
    }

    private SSLContext context(@Nullable Issued as) throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        if (as != null) {
            keys.init(TlsFiles.identity(as.certificate(), as.key()), TlsFiles.NO_PASSWORD);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(TlsFiles.authorities(authority.certificate()));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(as == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
