package dev.lander.control.stream;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Locale;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** What new TLS connections are made from: the server's certificate, and whose clients may come. */
public final class TlsContext {
    static {
        // Nobody needs renegotiation, and a peer could go on with it for ever; it is gone from TLS 1.3.
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    }

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /**
     * What was read from the files.
     *
     * @param context what connections are made from
     * @param certificate the server's own
     */
    public record Loaded(SSLContext context, X509Certificate certificate) {
        /** As in the log: which certificate it is, by its serial number as openssl writes it, and until when. */
        @Override
        public String toString() {
            return "serial="
                    + certificate.getSerialNumber().toString(HEXADECIMAL).toUpperCase(Locale.ROOT) + " expires="
                    + certificate.getNotAfter().toInstant();
        }
    }

    private static final int HEXADECIMAL = 16;

    private final TlsSettings settings;
    private volatile Loaded current;

    /**
     * Reads the files.
     *
     * @throws IOException when one can't be read or used; the message is for users
     */
    public TlsContext(TlsSettings settings) throws IOException {
        this.settings = settings;
        this.current = read();
    }

    /**
     * Reads the files, for {@link #use}. It takes so long that the loop's thread is not the place for it.
     *
     * @throws IOException when one can't be read or used; the message is for users
     */
    public Loaded read() throws IOException {
        try {
            KeyStore identity = TlsFiles.identity(settings.certificate(), settings.key());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(identity, TlsFiles.NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trusted(), null);
            return new Loaded(context, TlsFiles.certificate(identity));
        } catch (GeneralSecurityException unusable) {
            String option = TlsSettings.CERTIFICATE_OPTION;
            throw new IOException(option + " " + settings.certificate() + ": " + unusable.getMessage(), unusable);
        }
    }

    /** New connections are made from this. */
    public void use(Loaded read) {
        current = read;
    }

    /** When the certificate of new connections expires. */
    public Instant expires() {
        return current.certificate().getNotAfter().toInstant();
    }

    /** As in the log: the file, and what was read from it. */
    @Override
    public String toString() {
        return "control_tls_cert=" + settings.certificate() + " " + current;
    }

    /** For a connection that begins now. From any thread. */
    public SSLContext context() {
        return current.context();
    }

    /** The server's end of a connection, which demands a client's certificate if anybody's is demanded. */
    SSLEngine newEngine(SSLContext of) {
        SSLEngine engine = of.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(PROTOCOLS);
        engine.setNeedClientAuth(settings.ca() != null);
        return engine;
    }

    private TrustManager[] trusted() throws IOException, GeneralSecurityException {
        if (settings.ca() == null) {
            return new TrustManager[0];
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(TlsFiles.authorities(settings.ca()));
        return factory.getTrustManagers();
    }
}
