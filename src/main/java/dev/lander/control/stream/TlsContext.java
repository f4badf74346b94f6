package dev.lander.control.stream;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
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

    private final TlsSettings settings;
    private SSLContext context;

    /**
     * Reads the files.
     *
     * @throws IOException when one can't be read or used; the message is for users
     */
    public TlsContext(TlsSettings settings) throws IOException {
        this.settings = settings;
        this.context = read();
    }

    /**
     * Reads the files, for {@link #use}. It takes so long that the loop's thread is not the place for it.
     *
     * @throws IOException when one can't be read or used; the message is for users
     */
    public SSLContext read() throws IOException {
        try {
            KeyStore identity = TlsFiles.identity(settings.certificate(), settings.key());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(identity, TlsFiles.NO_PASSWORD);
            SSLContext read = SSLContext.getInstance("TLS");
            read.init(keys.getKeyManagers(), trusted(), null);
            return read;
        } catch (GeneralSecurityException unusable) {
            String option = TlsSettings.CERTIFICATE_OPTION;
            throw new IOException(option + " " + settings.certificate() + ": " + unusable.getMessage(), unusable);
        }
    }

    /** New connections are made from this. */
    public void use(SSLContext read) {
        context = read;
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "control_tls_cert=" + settings.certificate();
    }

    /** For a connection that begins now. */
    SSLContext current() {
        return context;
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
