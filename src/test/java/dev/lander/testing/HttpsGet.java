package dev.lander.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A program that prints what Java's HTTP client gets for a URL. It is one because names are looked up in a file only by
 * a Java that was started so.
 */
public final class HttpsGet {
    private HttpsGet() {}

    /** The command that gets the URL, with names from this file of hosts and certificates issued by this one. */
    public static List<String> command(Path hosts, Path authority, String url) {
        return List.of(
                JavaProgram.java(),
                "-Djdk.net.hosts.file=" + hosts,
                "-cp",
                Path.of(HttpsGet.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .getPath())
                        .toString(),
                HttpsGet.class.getName(),
                authority.toString(),
                url);
    }

    /** Prints the body. */
    public static void main(String[] arguments) throws IOException, InterruptedException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(Path.of(arguments[0]))) {
            trusted.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[1])).build();
        System.out.println(HttpClient.newBuilder()
                .sslContext(context)
                .build()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body());
    }
}
