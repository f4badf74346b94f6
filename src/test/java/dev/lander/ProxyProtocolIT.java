package dev.lander;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.Programs;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HAProxy and nginx write the PROXY headers that Lander reads, and read those that it writes. */
class ProxyProtocolIT {
    /** Another address than the balancers connect from. */
    private static final String CLIENT = "127.0.0.9";

    private final int relayPort = FreePorts.next();
    private final int front = FreePorts.next();
    private final int secondFront = FreePorts.next();
    private final Path folder;
    private final Path accessLog;

    ProxyProtocolIT(@TempDir Path folder) {
        this.folder = folder;
        this.accessLog = folder.resolve("access.log");
    }

    @Test
    void headersOfHaproxyInFrontAreRead() throws Exception {
        assertFrontsAreBelieved(haproxy("""
                defaults
                    mode tcp
                    timeout connect 9s
                    timeout client 9s
                    timeout server 9s
                listen v1
                    bind 127.0.0.1:%1$d,[::1]:%1$d
                    server lander 127.0.0.1:%3$d send-proxy
                listen v2
                    bind 127.0.0.1:%2$d,[::1]:%2$d
                    server lander [::1]:%3$d send-proxy-v2
                """.formatted(front, secondFront, relayPort)));
    }

    @Test
    void headersOfNginxInFrontAreRead() throws Exception {
        String module = "/usr/lib/nginx/modules/ngx_stream_module.so";
        Programs.need("nginx's stream module (Debian: libnginx-mod-stream)", "test", "-e", module);
        assertFrontsAreBelieved(nginx("""
                load_module %4$s;
                daemon off;
                pid nginx.pid;
                error_log stderr;
                events {}
                stream {
                    proxy_protocol on;
                    server { listen 127.0.0.1:%1$d; listen [::1]:%1$d; proxy_pass 127.0.0.1:%3$d; }
                    server { listen 127.0.0.1:%2$d; listen [::1]:%2$d; proxy_pass [::1]:%3$d; }
                }
                """.formatted(front, secondFront, relayPort, module)));
    }

    @Test
    void haproxyAsAComponentLogsTheTrueClient() throws Exception {
        ChildProcess haproxy = haproxy("""
                global
                    log stdout format raw local0
                    nbthread 1
                defaults
                    mode http
                    log global
                    log-format "served %%ci %%cp"
                    timeout client 9s
                frontend component
                    bind 127.0.0.1:%d accept-proxy
                    http-request return status 200 content-type text/plain string "fine"
                """.formatted(front));
        assertClientIsLogged(haproxy, () -> haproxy.output());
    }

    @Test
    void nginxAsAComponentLogsTheTrueClient() throws Exception {
        Path log = folder.resolve("served.log");
        ChildProcess nginx = nginx("""
                daemon off;
                pid nginx.pid;
                error_log stderr;
                events {}
                http {
                    log_format client "served $proxy_protocol_addr $proxy_protocol_port";
                    access_log %s client;
                    server { listen 127.0.0.1:%d proxy_protocol; return 200 "fine"; }
                }
                """.formatted(log, front));
        assertClientIsLogged(nginx, () -> Files.readAllLines(log));
    }

    /** The component gets what the balancers have told, byte for byte, and the access log names the client. */
    private void assertFrontsAreBelieved(ChildProcess fronts) throws Exception {
        try (fronts;
                TcpServer echo = TcpServer.echo();
                LanderProcess lander =
                        LanderProcess.start("--accept-proxy", "127.0.0.1,::1", "--access-log", accessLog.toString());
                ControlPeer control = lander.control()) {
            assertEquals(0, control.register("tcp", echo.port(), relayPort, "proxy_protocol", "v1", "name", "echo"));
            for (int port : List.of(front, secondFront)) {
                try (Socket client = connect(CLIENT, "127.0.0.1", port)) {
                    int clientPort = client.getLocalPort();
                    assertEchoes(client, "PROXY TCP4 127.0.0.9 127.0.0.1 " + clientPort + " " + port + "\r\nhello");
                    awaitAccess(" client=127.0.0.9:" + clientPort + " component=echo ");
                }
                try (Socket client = connect("::1", "::1", port)) {
                    int clientPort = client.getLocalPort();
                    assertEchoes(client, "PROXY TCP6 ::1 ::1 " + clientPort + " " + port + "\r\nhello");
                    awaitAccess(" client=[::1]:" + clientPort + " component=echo ");
                }
            }
        }
    }

    private void assertEchoes(Socket client, String expected) throws IOException {
        client.getOutputStream().write("hello".getBytes(US_ASCII));
        assertEquals(expected, new String(client.getInputStream().readNBytes(expected.length()), US_ASCII));
        client.close();
    }

    private void awaitAccess(String text) {
        Await.until("the access log has '" + text + "'", () -> Files.readAllLines(accessLog).stream()
                .anyMatch(line -> line.contains(text) && line.contains(" bytes_in=5 ")));
    }

    private void assertClientIsLogged(ChildProcess component, Log log) throws Exception {
        try (component;
                LanderProcess lander = LanderProcess.start();
                ControlPeer control = lander.control()) {
            int otherRelayPort = FreePorts.next();
            assertEquals(0, control.register("tcp", front, relayPort, "proxy_protocol", "v1"));
            assertEquals(0, control.register("tcp", front, otherRelayPort, "proxy_protocol", "v2"));
            for (int port : List.of(relayPort, otherRelayPort)) {
                for (String host : List.of(CLIENT, "::1")) {
                    Set<String> served = new HashSet<>();
                    Await.until(
                            "a client from " + host + " is logged",
                            () -> { // of each: haproxy may lose a line
                                served.add("served " + host + " " + askedFrom(host, port));
                                return log.lines().stream().anyMatch(served::contains);
                            });
                }
            }
        }
    }

    /** Is served once; returns the client's own port. */
    private static int askedFrom(String host, int port) throws IOException {
        try (Socket client = connect(host, host.equals(CLIENT) ? "127.0.0.1" : host, port)) {
            client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
            String answer = new String(client.getInputStream().readAllBytes(), US_ASCII);
            assertTrue(answer.endsWith("fine"), answer);
            return client.getLocalPort();
        }
    }

    private ChildProcess haproxy(String configuration) throws IOException {
        Programs.need("haproxy", "haproxy", "-v");
        return start(configuration, "haproxy", "-db", "-f");
    }

    private ChildProcess nginx(String configuration) throws IOException {
        Programs.need("nginx", "nginx", "-v");
        return start(configuration, "nginx", "-p", folder.toString(), "-c");
    }

    private ChildProcess start(String configuration, String... command) throws IOException {
        Path file = Files.writeString(folder.resolve("configuration"), configuration);
        List<String> whole = new ArrayList<>(List.of(command));
        whole.add(file.toString());
        ChildProcess process = ChildProcess.start(whole);
        Await.until("it listens", () -> listens(process));
        return process;
    }

    private boolean listens(ChildProcess process) throws IOException {
        assertTrue(process.isAlive(), process::toString);
        try {
            new Socket(InetAddress.getLoopbackAddress(), front).close();
            return true;
        } catch (ConnectException notYet) {
            return false;
        }
    }

    private static Socket connect(String from, String to, int port) throws IOException {
        Socket client = new Socket();
        client.setSoTimeout(10_000);
        client.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        client.connect(new InetSocketAddress(InetAddress.getByName(to), port));
        return client;
    }

    private interface Log {
        List<String> lines() throws IOException;
    }
}
