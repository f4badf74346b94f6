package dev.lander.cluster.members;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a connection between members goes through before a byte of JGroups' passes: TLS 1.3 unless it is plain, and the
 * {@link Proof}.
 */
final class Security {
    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final char[] NO_PASSWORD = {};

    private final Proof proof;

    /** Null = plain. A supplier, as certificates are renewed while Lander runs. */
    private final @Nullable Supplier<SSLContext> tls;

    private final String how;

    private Security(Proof proof, @Nullable Supplier<SSLContext> tls, String how) {
        this.proof = proof;
        this.tls = tls;
        this.how = how;
    }

    /** Neither secret nor safe from who can change packets on their way. */
    static Security plain(Proof proof) {
        return new Security(
                proof, null, "not encrypted: whoever can see or change packets on their way can do so to them");
    }

    /** By these certificates: both ends must have one that the other trusts. */
    static Security byCertificates(Proof proof, Supplier<SSLContext> certificates) {
        return new Security(proof, certificates, "encrypted by the certificates of --control-tls-cert and the key");
    }

    /** By a certificate made for this run: all trust the proof alone. */
    static Security byKey(Proof proof) {
        try {
            KeyStore own = OwnCertificate.make();
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), new TrustManager[] {new TrustsTheProof()}, null);
            return new Security(proof, () -> context, "encrypted by the key");
        } catch (GeneralSecurityException absent) {
            throw new IllegalStateException("every Java has EC keys and TLS", absent);
        }
    }

    /** As in the log. */
    @Override
    public String toString() {
        return how;
    }

    /**
     * For the end that has connected: blocks until both ends have proved themselves.
     *
     * @return the encrypted connection; null = the socket is to be used as it is
     * @throws IOException when the other end fails or is none of the cluster; the caller closes the socket
     */
    @Nullable
    SSLSocket connected(Socket socket) throws IOException {
        SSLSocket encrypted = encrypted(socket, true);
        Socket used = encrypted == null ? socket : encrypted;
        proof.connect(input(used), output(used), binding(encrypted, true));
        return encrypted;
    }

    /** The same for the end that has accepted. */
    @Nullable
    SSLSocket accepted(Socket socket) throws IOException {
        SSLSocket encrypted = encrypted(socket, false);
        Socket used = encrypted == null ? socket : encrypted;
        proof.accept(input(used), output(used), binding(encrypted, false));
        return encrypted;
    }

    /** With the other end's handshake done; null = it is plain. */
    @Nullable
    SSLSocket encrypted(Socket socket, boolean isClient) throws IOException {
        if (tls == null) {
            return null;
        }
        InetSocketAddress peer = (InetSocketAddress) socket.getRemoteSocketAddress();
        SSLSocket encrypted = (SSLSocket) tls.get()
                .getSocketFactory()
                .createSocket(socket, peer.getAddress().getHostAddress(), peer.getPort(), false);
        encrypted.setUseClientMode(isClient);
        encrypted.setNeedClientAuth(true);
        encrypted.setEnabledProtocols(PROTOCOLS);
        encrypted.startHandshake();
        return encrypted;
    }

    /** The certificates of both ends: somebody in between would have to show one of his own. */
    private static byte[] binding(@Nullable SSLSocket encrypted, boolean isClient) throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        if (encrypted != null) {
            SSLSession session = encrypted.getSession();
            Certificate[] shown = session.getLocalCertificates();
            if (shown == null) { // the other end trusts none that this one could show
                throw new RefusedPeerException("it trusts other authorities: --control-tls-ca differs");
            }
            byte[] own = encoded(shown[0]);
            byte[] theirs = encoded(session.getPeerCertificates()[0]);
            both.writeBytes(isClient ? own : theirs);
            both.writeBytes(isClient ? theirs : own);
        }
        return both.toByteArray();
    }

    private static byte[] encoded(Certificate certificate) throws IOException {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException damaged) {
            throw new IOException(damaged);
        }
    }

    /** Unbuffered: what comes behind the proof is not its. */
    private static DataInputStream input(Socket socket) throws IOException {
        return new DataInputStream(socket.getInputStream());
    }

    private static DataOutputStream output(Socket socket) throws IOException {
        return new DataOutputStream(socket.getOutputStream());
    }

    /** Takes every certificate, as the {@link Proof} covers both. */
    private static final class TrustsTheProof extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
