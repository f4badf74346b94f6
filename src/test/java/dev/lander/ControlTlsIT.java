package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ChildProcess;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.Openssl;
import dev.lander.testing.Openssl.Issued;
import dev.lander.testing.PythonClient;
import dev.lander.testing.TcpServer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control channel by TLS, with the real clients. */
class ControlTlsIT {
    @Test
    void anAgentWithACertificateRegistersAndEndsInOrder(@TempDir Path folder) throws Exception {
        Openssl openssl = new Openssl(folder);
        Issued ca = openssl.authority("ca");
        Issued balancer = openssl.issue(ca, "balancer", "EC");
        Issued component = openssl.issue(ca, "component", "RSA");
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.serving(
                        connection -> connection.getOutputStream().write(7));
                LanderProcess lander = LanderProcess.start(
                        "--control-tls-cert",
                        balancer.certificate().toString(),
                        "--control-tls-key",
                        balancer.key().toString(),
                        "--control-tls-ca",
                        ca.certificate().toString());
                ChildProcess agent = PythonClient.start(
                        "agent.py",
                        "127.0.0.1:" + lander.controlAddress().getPort(),
                        "--port",
                        server.port(),
                        "--relay-port",
                        relayPort,
                        "--tls-ca",
                        ca.certificate(),
                        "--tls-cert",
                        component.certificate(),
                        "--tls-key",
                        component.key())) {
            PythonClient.awaitRegistered(agent);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
                assertEquals(7, client.getInputStream().read());
            }
            agent.signal("TERM");
            assertEquals(0, agent.exitStatus(), agent::toString);
            lander.process().signal("TERM");
            assertEquals(0, lander.process().exitStatus());
        }
    }

    @Test
    void aFileThatCannotBeUsedIsNamedInOneLine(@TempDir Path folder) throws Exception {
        String missing = folder.resolve("missing.pem").toString();
        try (ChildProcess lander =
                LanderProcess.run("--control-tls-cert", missing, "--control-tls-key", missing, "0")) {
            assertEquals(1, lander.exitStatus());
            List<String> log = lander.log();
            assertEquals(1, log.size(), lander::toString);
            assertTrue(log.get(0).endsWith("--control-tls-cert " + missing + ": no such file"), log::toString);
        }
    }
}
