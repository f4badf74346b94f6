package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.HttpsGet;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.Openssl;
import dev.lander.testing.Programs;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real servers behind one relay port, told apart by the name that real clients ask for; TLS is between the two. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class ServerNamesIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SHOP = "shop.example.com";
    private static final String WILDCARD = "*.example.org";

    /** A name that the wildcard is for. */
    private static final String OTHER = "any.example.org";

    /** Where a balancer in front connects from. */
    private static final String BALANCER = "127.0.0.9";

    private static final String TELLS =
            "http-request return status 200 content-type text/plain lf-string \"told %[fc_pp_authority]\"";

    private final Path folder;
    private final int relayPort = FreePorts.next();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Openssl openssl;
    private final Openssl.Issued authority;
    private LanderProcess lander;
    private ControlPeer control;

    ServerNamesIT(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.openssl = new Openssl(folder);
        this.authority = openssl.authority("authority");
    }

    @BeforeEach
    void start() throws IOException {
        lander = LanderProcess.start("--accept-proxy", BALANCER);
        control = lander.control();
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        control.close();
        lander.close();
    }

    @Test
    void twoServersWithTwoCertificatesAndOneWithoutTls() throws Exception {
        register(nginx("shop", SHOP), "server_names", List.of(SHOP));
        register(nginx("wild", WILDCARD), "server_names", List.of(WILDCARD));
        register(nginx("plain", ""));
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 " + SHOP + " " + OTHER + "\n");
        for (String host : List.of(SHOP, OTHER)) {
            String expected = host.equals(SHOP) ? "shop" : "wild";
            String url = "https://" + host + ":" + relayPort + "/";
            assertEquals(expected, curl(url));
            assertTrue(sClient(host).contains("Verification: OK"), sClient(host));
            assertEquals(expected, run(HttpsGet.command(hosts, authority.certificate(), url)));
            assertTrue(chromium(url).contains(expected), chromium(url));
        }
        assertEquals("plain", curl("http://" + SHOP + ":" + relayPort + "/"));
    }

    @Test
    void redisWithTls() throws Exception {
        Programs.need("redis-server", "redis-server", "--version");
        int port = FreePorts.next();
        Openssl.Issued issued = openssl.issue(authority, "cache", "EC", "DNS:" + SHOP);
        start(
                port,
                "redis-server --port 0 --save '' --bind 127.0.0.1 --tls-auth-clients no --tls-port %d".formatted(port)
                        + " --dir %s --tls-cert-file %s --tls-key-file %s --tls-ca-cert-file %s"
                                .formatted(folder, issued.certificate(), issued.key(), authority.certificate()));
        register(port, "server_names", List.of(SHOP));
        register(nginx("plain", ""));
        String client =
                "redis-cli --tls --cacert %s -h 127.0.0.1 -p %d --sni ".formatted(authority.certificate(), relayPort);
        assertEquals("PONG", shell(client + SHOP + " ping"));
        assertNotEquals("PONG", shell(client + OTHER + " ping || true"));
    }

    /** Its clients ask for TLS, and wait for an answer, before they say the name. */
    @Test
    void postgresWithTls() throws Exception {
        String bin = "$(ls -d /usr/lib/postgresql/*/bin | tail -1)";
        Programs.need("postgresql", "sh", "-c", "test -x " + bin + "/initdb && psql --version");
        int port = FreePorts.next();
        Openssl.Issued issued = openssl.issue(authority, "database", "EC", "DNS:" + SHOP);
        Path data = folder.resolve("data");
        shell("""
                cd /; mkdir %1$s && cp %2$s %3$s %1$s && chmod 600 %1$s/*.key
                if [ $(id -u) = 0 ]; then chmod o+x %4$s && chown -R nobody %1$s; as='runuser -u nobody --'; fi
                $as %5$s/initdb -D %1$s/db -N -U admin --auth=trust
                """.formatted(data, issued.certificate(), issued.key(), folder, bin));
        start(port, """
                cd /; [ $(id -u) != 0 ] || as='runuser -u nobody --'
                exec $as %2$s/postgres -D %1$s/db -F -p %3$d -k %1$s -c listen_addresses=127.0.0.1 \
                  -c ssl=on -c ssl_cert_file=%1$s/database.pem -c ssl_key_file=%1$s/database.key
                """.formatted(data, bin, port));
        register(port, "server_names", List.of(SHOP), "preamble", "postgres");
        String psql = "psql -XAtc 'select ssl from pg_stat_ssl where pid = pg_backend_pid()' 2>&1"
                + " 'hostaddr=127.0.0.1 port=%d user=admin dbname=postgres sslrootcert=%s host=%%s sslmode=%%s'"
                        .formatted(relayPort, authority.certificate());
        for (String mode : List.of("require", "verify-full")) {
            assertEquals("t", shell(psql.formatted(SHOP, mode)));
        }
        assertNotEquals("t", shell(psql.formatted(OTHER, "require") + " || true"));
        assertNotEquals("f", shell(psql.formatted(SHOP, "disable") + " || true"));
        int everybody = FreePorts.next();
        assertEquals(0, control.register("tcp", port, everybody));
        assertEquals("t", shell(psql.formatted(SHOP, "require").replace("port=" + relayPort, "port=" + everybody)));
    }

    @Test
    void haproxyIsToldTheName() throws Exception {
        Programs.need("haproxy", "haproxy", "-v");
        int component = FreePorts.next();
        haproxy(component, "bind 127.0.0.1:%d accept-proxy ssl crt %s".formatted(component, bundle(WILDCARD)), TELLS);
        register(component, "server_names", List.of(WILDCARD), "proxy_protocol", "v2");
        assertEquals("told " + OTHER, curl("https://" + OTHER + ":" + relayPort + "/"));
    }

    /** It ends TLS itself, so its header alone has the name. */
    @Test
    void haproxyInFrontTellsTheName() throws Exception {
        Programs.need("haproxy", "haproxy", "-v");
        int component = FreePorts.next();
        haproxy(component, "bind 127.0.0.1:%d accept-proxy".formatted(component), TELLS);
        register(component, "server_names", List.of(WILDCARD), "proxy_protocol", "v2");
        register(nginx("plain", ""));
        int front = FreePorts.next();
        haproxy(
                front,
                "bind 127.0.0.1:%d ssl crt %s".formatted(front, bundle(WILDCARD)),
                "server lander 127.0.0.1:%d source %s send-proxy-v2 proxy-v2-options authority"
                        .formatted(relayPort, BALANCER));
        assertEquals("told " + OTHER, curl("https://" + OTHER + ":" + front + "/"));
        assertEquals("plain", curl("http://" + OTHER + ":" + relayPort + "/"));
    }

    private void register(int port, Object... fields) throws IOException {
        assertEquals(0, control.register("tcp", port, relayPort, fields));
    }

    /** Answers with this text; with a certificate for this subject, or without TLS where that is empty. */
    private int nginx(String text, String subject) throws IOException {
        Programs.need("nginx", "nginx", "-v");
        int port = FreePorts.next();
        String tls = "";
        if (!subject.isEmpty()) {
            Openssl.Issued issued = openssl.issue(authority, text, "EC", "DNS:" + subject);
            tls = "ssl_certificate %s; ssl_certificate_key %s;".formatted(issued.certificate(), issued.key());
        }
        Path configuration = Files.writeString(folder.resolve(text + ".conf"), """
                daemon off;
                pid %1$s/%2$s.pid;
                error_log stderr;
                events {}
                http {
                    access_log off;
                    server {
                        listen 127.0.0.1:%3$d %4$s;
                        %5$s
                        default_type text/plain;
                        return 200 "%2$s";
                    }
                }
                """.formatted(
                        folder, text, port, tls.isEmpty() ? "" : "ssl http2", tls));
        start(port, "exec nginx -c " + configuration);
        return port;
    }

    /** Certificate and key in one file, as HAProxy wants them. */
    private Path bundle(String subject) throws IOException {
        Path bundle = folder.resolve("bundle.pem");
        if (!Files.exists(bundle)) {
            Openssl.Issued issued = openssl.issue(authority, "bundled", "EC", "DNS:" + subject);
            Files.writeString(bundle, Files.readString(issued.certificate()) + Files.readString(issued.key()));
        }
        return bundle;
    }

    private void haproxy(int port, String bind, String does) throws IOException {
        Path configuration = Files.writeString(folder.resolve(port + ".cfg"), """
                defaults
                    mode http
                    timeout connect 9s
                    timeout client 9s
                    timeout server 9s
                listen all
                    %s
                    %s
                """.formatted(bind, does));
        start(port, "exec haproxy -db -f " + configuration);
    }

    /** Runs a server, to the test's end; it accepts connections now. */
    private void start(int port, String command) throws IOException {
        ChildProcess server = ChildProcess.start(List.of("sh", "-c", command));
        open.add(server);
        Await.until("it listens", () -> {
            assertTrue(server.isAlive(), server::toString);
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return true;
            } catch (ConnectException notYet) {
                return false;
            }
        });
    }

    private String curl(String url) throws Exception {
        return run(List.of(
                "curl", "-sS", "--cacert", authority.certificate().toString(), "--connect-to", "::127.0.0.1:", url));
    }

    private String sClient(String host) throws Exception {
        return shell(
                "openssl s_client -connect 127.0.0.1:%d -servername %s -verify_hostname %s -CAfile %s </dev/null 2>&1"
                        .formatted(relayPort, host, host, authority.certificate()));
    }

    private String chromium(String url) throws Exception {
        Programs.need("chromium", "chromium", "--version");
        return run(List.of(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + folder.resolve("profile"),
                "--ignore-certificate-errors",
                "--host-resolver-rules=MAP * 127.0.0.1",
                "--dump-dom",
                url));
    }

    private static String shell(String command) throws Exception {
        return run(List.of("sh", "-ec", command));
    }

    /** What it prints, without the last line end. */
    private static String run(List<String> command) throws Exception {
        try (ChildProcess program = ChildProcess.start(command)) {
            assertEquals(0, program.exitStatus(LIMIT), program::toString);
            return String.join("\n", program.output());
        }
    }
}
