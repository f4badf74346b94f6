package dev.lander;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.Counter;
import dev.lander.registry.Affinity;
import dev.lander.registry.OthersHolds;
import dev.lander.registry.Preamble;
import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Route;
import dev.lander.registry.Service;
import dev.lander.registry.ServiceTerms;
import dev.lander.relay.NamedServer;
import dev.lander.relay.RelayRig;
import dev.lander.relay.tls.Hellos;
import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.Await;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Another Lander had a service before, with other terms: they apply here, too, to whoever comes from now on. */
@Timeout(60)
class ChangedTermsTest {
    private static final byte[] TLS_REQUEST = {0, 0, 0, 8, 4, (byte) 210, 22, 47};
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static RelayRig start() throws IOException {
        TestOptions options = new TestOptions();
        options.healthInterval = Duration.ofHours(1);
        return RelayRig.startWithMovedClock(options);
    }

    @Test
    void aSharedPortExpectsThePreambleFromThenOn() throws Exception {
        try (RelayRig rig = start();
                TcpServer db = NamedServer.of("db")) {
            rig.register("tcp", db.port(), "server_names", List.of("db.example"));
            Route route = Route.of(List.of("db.example"), List.of());
            change(rig, Protocol.TCP, route, new Terms().preamble(Preamble.POSTGRES));
            try (Socket client = rig.connect()) {
                client.getOutputStream().write(TLS_REQUEST);
                assertEquals('S', client.getInputStream().read());
            }
            change(rig, Protocol.TCP, route, new Terms());
            byte[] hello = Hellos.of("db.example");
            assertEquals("db:" + new String(hello, ISO_8859_1), NamedServer.answer(rig.address(), hello));
            assertEquals("", NamedServer.answer(rig.address(), TLS_REQUEST), "nobody expects it any more");
        }
    }

    @Test
    void aLimitOfNewConnectionsComesAndGoes() throws Exception {
        try (RelayRig rig = start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_new_per_second", 1);
            change(rig, Protocol.TCP, Route.EVERYBODY, new Terms());
            rig.relayTo(component);
            rig.relayTo(component);
            change(rig, Protocol.TCP, Route.EVERYBODY, new Terms().maxNewPerSecond(1));
            rig.relayTo(component);
            assertEquals(-1, rig.connect().getInputStream().read());
            assertEquals(1, rig.lander().counted(Counter.CLIENT_RATE));
        }
    }

    @Test
    void whoCameBeforeALimitOfItsAddressCountsForIt() throws Exception {
        try (RelayRig rig = start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            rig.relayTo(component);
            RelayRig.Ends second = rig.relayTo(component);
            change(rig, Protocol.TCP, Route.EVERYBODY, new Terms().maxPerClient(2));
            assertEquals(-1, rig.connect().getInputStream().read());
            assertEquals(1, rig.lander().counted(Counter.CLIENT_PER_CLIENT));
            second.client().close();
            second.component().close();
            Await.until("it has left", () -> rig.sum("active") == 1);
            rig.relayTo(component);
            change(rig, Protocol.TCP, Route.EVERYBODY, new Terms());
            rig.relayTo(component);
            assertEquals(1, rig.lander().counted(Counter.CLIENT_PER_CLIENT));
        }
    }

    @Test
    void openFlowsCountForALimitOfTheirAddress() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer first = new UdpPeer();
                UdpPeer second = new UdpPeer()) {
            rig.register("udp", component.port());
            rig.send(first, component);
            change(rig, Protocol.UDP, Route.EVERYBODY, new Terms().maxPerClient(1));
            second.send("too many", rig.address());
            rig.send(first, component);
            assertEquals(1, rig.lander().counted(Counter.DATAGRAM_PER_CLIENT));
            change(rig, Protocol.UDP, Route.EVERYBODY, new Terms());
            rig.send(second, component);
            change(rig, Protocol.UDP, Route.EVERYBODY, new Terms().maxPerClient(2));
            rig.advance(Duration.ofMinutes(2));
            assertEquals(0, rig.sum("active"));
            rig.send(first, component);
            rig.send(second, component);
            assertEquals(1, rig.lander().counted(Counter.DATAGRAM_PER_CLIENT), "all that ended count no more");
        }
    }

    @Test
    void withoutAffinityNobodyStaysAndALimitOfChoicesIsForAll() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port(), "affinity", "client", "max_new_per_second", 1);
            rig.send(client, component);
            rig.advance(SECOND);
            change(rig, Protocol.UDP, Route.EVERYBODY, new Terms().maxNewPerSecond(2));
            rig.send(client, component);
            rig.send(client, component);
            client.send("one too many", rig.address());
            Await.until("it is dropped", () -> rig.lander().counted(Counter.DATAGRAM_RATE) == 1);
            change(rig, Protocol.UDP, Route.EVERYBODY, new Terms().affinity(Affinity.CLIENT));
            int flow = rig.send(client, component).fromPort();
            assertEquals(flow, rig.send(client, component).fromPort());
        }
    }

    @Test
    void anAnswerThatIsStillDueReachesNobodyElse() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer()) {
            rig.register("udp", component.port());
            UdpPeer.Datagram request = rig.send(client, component);
            change(rig, Protocol.UDP, Route.EVERYBODY, new Terms().responses(1));
            rig.send(client, component);
            UdpPeer.Datagram ofOther = rig.send(other, component);
            assertNotEquals(request.fromPort(), ofOther.fromPort(), "nobody knows what is still to come there");
            component.send("answer", request.from());
            assertEquals("answer", client.receive().text());
            component.send("of the other", ofOther.from());
            assertEquals("of the other", other.receive().text());
        }
    }

    @Test
    void aFlowThatOwesNothingIsNotHandedOnUnderOtherTerms() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer();
                UdpPeer other = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            UdpPeer.Datagram settled = rig.pass(client, component);
            UdpPeer.Datagram due = rig.send(other, component);
            assertEquals(settled.fromPort(), due.fromPort(), "that of the first was free");
            change(rig, Protocol.UDP, Route.EVERYBODY, new Terms().responses(2));
            component.send("answer", due.from());
            assertEquals("answer", other.receive().text());
            Await.until("it is over", () -> rig.sum("active") == 0);
            UdpPeer.Datagram next = rig.pass(client, component);
            assertNotEquals(due.fromPort(), next.fromPort());
            component.send("the second", next.from());
            assertEquals("the second", client.receive().text());
        }
    }

    @Test
    void flowsThatBeginHaveTheNewTimeout() throws Exception {
        try (RelayRig rig = start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port(), "udp_timeout", "5s");
            change(rig, Protocol.UDP, Route.EVERYBODY, new Terms().udpTimeout(SECOND));
            rig.send(client, component);
            rig.advance(Duration.ofSeconds(2));
            assertEquals(0, rig.sum("active"));
        }
    }

    /** As the cluster does it. */
    private static void change(RelayRig rig, Protocol protocol, Route route, Terms to) throws Exception {
        Lander lander = rig.lander().lander();
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            OthersHolds registry = lander.sources().registry().othersHolds();
            Service service = Objects.requireNonNull(registry.find(new RelayPort(protocol, rig.port(), route)));
            return registry.setTerms(service, to.made());
        });
        lander.sources().reactor().execute(task);
        assertTrue(task.get(10, TimeUnit.SECONDS), "they were others");
    }

    /** What a register without fields asks for, but for what is said. */
    private static final class Terms {
        private ServiceTerms terms = ServiceTerms.UNSAID;

        ServiceTerms made() {
            return terms;
        }

        Terms preamble(Preamble preamble) {
            terms = new ServiceTerms(null, null, null, null, null, null, null, null, preamble);
            return this;
        }

        Terms maxNewPerSecond(int limit) {
            terms = new ServiceTerms(null, null, null, limit, null, null, null, null, null);
            return this;
        }

        Terms maxPerClient(int limit) {
            terms = new ServiceTerms(null, null, null, null, limit, null, null, null, null);
            return this;
        }

        Terms responses(int declared) {
            terms = new ServiceTerms(null, null, declared, null, null, null, null, null, null);
            return this;
        }

        Terms affinity(Affinity affinity) {
            terms = new ServiceTerms(null, affinity, null, null, null, null, null, null, null);
            return this;
        }

        Terms udpTimeout(Duration timeout) {
            terms = new ServiceTerms(null, null, null, null, null, timeout.toNanos(), null, null, null);
            return this;
        }
    }
}
