package dev.lander.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.tcp.FullListener;
import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.UdpServer;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgpack.value.Value;

/** What the control channel's {@code relays} shows of real connections and flows. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpenRelaysTest {
    private static final int MORE_THAN_FITS = 32 * 1024 * 1024;
    private static final int MUCH = 200_000;

    @Test
    void whenNothingIsOpenThereIsNothing() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            rig.control().send("cmd", "relays");
            Map<String, Value> reply = rig.control().reply();
            assertEquals(List.of("error", "relays"), List.copyOf(reply.keySet()));
            assertEquals(List.of(), shown(rig));
        }
    }

    @Test
    void aRelayIsShownWithWhatItHasDone() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions())) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "name", "web-1");
            RelayRig.Ends ends = rig.relayTo(component);
            ends.client().getOutputStream().write(new byte[3]);
            ends.component().getInputStream().readNBytes(3);
            ends.component().getOutputStream().write(new byte[5]);
            ends.client().getInputStream().readNBytes(5);
            rig.advance(Duration.ofSeconds(7));
            Map<String, String> relay = only(rig);
            assertEquals(
                    List.of(
                            "protocol",
                            "relay_port",
                            "client",
                            "component",
                            "age_ms",
                            "bytes_in",
                            "bytes_out",
                            "phase",
                            "waits_for",
                            "spilled"),
                    List.copyOf(relay.keySet()));
            assertEquals(
                    List.of(
                            "tcp",
                            Integer.toString(rig.port()),
                            "127.0.0.1:" + ends.client().getLocalPort(),
                            "web-1",
                            "7000",
                            "3",
                            "5",
                            "relaying",
                            "either",
                            "0"),
                    List.copyOf(relay.values()));
            ends.client().close();
            ends.component().close();
            rig.advance(Duration.ofMillis(10));
            Await.until("it is over", () -> rig.sum("active") == 0);
            assertEquals(List.of(), shown(rig));
        }
    }

    @Test
    void aHalfClosedRelayWaitsForTheOtherEnd() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            RelayRig.Ends first = rig.relayTo(component);
            first.client().shutdownOutput();
            assertEquals(-1, first.component().getInputStream().read());
            assertEquals("component", only(rig).get("waits_for"));
            first.component().close();
            RelayRig.Ends second = rig.relayTo(component);
            second.component().shutdownOutput();
            assertEquals(-1, second.client().getInputStream().read());
            Await.until("the first is over", () -> shown(rig).size() == 1);
            assertEquals("client", only(rig).get("waits_for"));
        }
    }

    @Test
    void whoDoesNotReadIsNamed() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listenWithSmallBuffer();
            rig.register("tcp", component.getLocalPort());
            RelayRig.Ends ends = new RelayRig.Ends(rig.connectWithSmallBuffer(), rig.accept(component));
            Background.run(() -> ends.client().getOutputStream().write(new byte[MORE_THAN_FITS]));
            awaitWaitsFor(rig, "component_to_read");
            assertTrue(Long.parseLong(only(rig).get("spilled")) > 0);
            Background.run(() -> ends.component().getOutputStream().write(new byte[MORE_THAN_FITS]));
            awaitWaitsFor(rig, "both_to_read");
            Background.run(() -> ends.component().getInputStream().readNBytes(MORE_THAN_FITS));
            awaitWaitsFor(rig, "client_to_read");
            assertTrue(Long.parseLong(only(rig).get("spilled")) > 0);
        }
    }

    @Test
    void aRelayThatIsAsFastAsItMayBeWaitsForItsPace() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_bytes_per_second", 1_000);
            RelayRig.Ends ends = rig.relayTo(component);
            ends.client().getOutputStream().write(new byte[MUCH]);
            awaitWaitsFor(rig, "pace");
        }
    }

    @Test
    void oneSideIsToReadItsLastBytesBeforeItIsReset() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort());
            RelayRig.Ends ends = new RelayRig.Ends(rig.connectWithSmallBuffer(), rig.accept(component));
            ends.component().getOutputStream().write(new byte[MUCH]);
            Await.until("Lander has read it", () -> rig.sum("bytes_out") == MUCH);
            ends.component().setSoLinger(true, 0);
            ends.component().close();
            Await.until("all is on its way to the client", () -> {
                boolean resetting = "resetting".equals(only(rig).get("phase"));
                return resetting || ends.client().getInputStream().readNBytes(1_024).length == 0;
            });
            assertEquals("client_to_read", only(rig).get("waits_for"));
        }
    }

    @Test
    void clientsWithoutAComponentAreShown() throws Exception {
        TestOptions options = new TestOptions();
        options.queueTimeout = Duration.ofMinutes(1);
        options.acceptProxy = List.of(AddressRange.parse("127.0.0.1"));
        try (RelayRig rig = RelayRig.start(options)) {
            ServerSocket component = rig.listen();
            rig.register("tcp", component.getLocalPort(), "max_connections", 1, "name", "web");
            Socket balancer = rig.connect();
            awaitPhases(rig, "proxy_header client ''");
            assertEquals("127.0.0.1:" + balancer.getLocalPort(), only(rig).get("client"));
            balancer.getOutputStream().write("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n".getBytes(US_ASCII));
            awaitPhases(rig, "relaying either 'web'");
            assertEquals("192.0.2.7:56324", only(rig).get("client"));
            Socket next = rig.connect();
            next.getOutputStream().write("PROXY TCP4 192.0.2.8 198.51.100.1 56325 443\r\n".getBytes(US_ASCII));
            awaitPhases(rig, "queueing room ''", "relaying either 'web'");
            rig.unregister("tcp", component.getLocalPort());
            awaitPhases(rig, "relaying either 'web'");
        }
    }

    @Test
    void aClientWhoseComponentIsBeingConnectedToIsShown() throws Exception {
        try (RelayRig rig = RelayRig.start()) {
            FullListener full = rig.own(new FullListener());
            rig.register("tcp", full.port(), "name", "full");
            rig.connect();
            awaitPhases(rig, "connecting component 'full'");
        }
    }

    @Test
    void aFlowIsShownWithWhatItHasDone() throws Exception {
        try (RelayRig rig = RelayRig.startWithMovedClock(new TestOptions());
                UdpServer component = UdpServer.echo();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port(), "name", "dns-1");
            exchange(rig, client);
            rig.advance(Duration.ofSeconds(2));
            Map<String, String> flow = only(rig);
            assertEquals("udp", flow.get("protocol"));
            assertEquals("127.0.0.1:" + client.port(), flow.get("client"));
            assertEquals("dns-1", flow.get("component"));
            assertEquals("2000", flow.get("age_ms"));
            assertEquals("4", flow.get("bytes_in"));
            assertEquals("4", flow.get("bytes_out"));
            assertEquals("relaying", flow.get("phase"));
            assertEquals("either", flow.get("waits_for"));
            rig.advance(Duration.ofSeconds(60));
            assertEquals(List.of(), shown(rig));
        }
    }

    @Test
    void aFlowThatOwesNoAnswerIsSettled() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpPeer component = new UdpPeer();
                UdpPeer client = new UdpPeer()) {
            rig.register("udp", component.port(), "responses", 1);
            client.send("ping", rig.address());
            UdpPeer.Datagram request = component.receive();
            awaitPhases(rig, "relaying component '127.0.0.1:" + component.port() + "'");
            component.send("pong", request.from());
            client.receive();
            awaitPhases(rig, "settled client '127.0.0.1:" + component.port() + "'");
        }
    }

    @Test
    void allAreListedPageByPageAndByFilter() throws Exception {
        try (RelayRig rig = RelayRig.start();
                UdpServer udp = UdpServer.echo()) {
            ServerSocket first = rig.listen();
            ServerSocket second = rig.listen();
            rig.register("tcp", first.getLocalPort(), "name", "first");
            rig.register("tcp", second.getLocalPort(), "name", "second");
            rig.register("udp", udp.port());
            Set<String> clients = new TreeSet<>();
            for (int i = 0; i < 300; i++) {
                Socket client = rig.connect();
                clients.add("127.0.0.1:" + client.getLocalPort());
                rig.accept(i % 2 == 0 ? first : second);
            }
            UdpPeer peer = rig.own(new UdpPeer());
            exchange(rig, peer);
            clients.add("127.0.0.1:" + peer.port());
            List<Map<String, String>> all = shown(rig);
            assertEquals(301, all.size());
            Set<String> shown = new TreeSet<>();
            all.forEach(relay -> shown.add(relay.get("client")));
            assertEquals(clients, shown);
            assertEquals(150, shown(rig, "component", "first").size());
            assertEquals(
                    150,
                    shown(rig, "component", "127.0.0.1:" + second.getLocalPort())
                            .size());
            assertEquals(0, shown(rig, "component", "third").size());
            assertEquals(300, shown(rig, "protocol", "tcp").size());
            assertEquals(
                    1, shown(rig, "protocol", "udp", "relay_port", rig.port()).size());
            assertEquals(0, shown(rig, "relay_port", rig.port() == 1 ? 2 : 1).size());
            rig.unregister("tcp", first.getLocalPort());
            assertEquals(150, shown(rig, "component", "first").size(), "those of one that has left are open still");
        }
    }

    private static void exchange(RelayRig rig, UdpPeer client) throws IOException {
        client.send("ping", rig.address());
        assertEquals("ping", client.receive().text());
    }

    private static Map<String, String> only(RelayRig rig) throws IOException {
        List<Map<String, String>> shown = shown(rig);
        assertEquals(1, shown.size(), shown::toString);
        return shown.get(0);
    }

    private static void awaitWaitsFor(RelayRig rig, String what) {
        Await.until("it waits for " + what, () -> what.equals(only(rig).get("waits_for")));
    }

    /** Until just these are shown, in any order, each by phase, what it waits for, and its component. */
    private static void awaitPhases(RelayRig rig, String... expected) {
        Await.until(
                "these are shown: " + List.of(expected), () -> phases(rig).equals(new TreeSet<>(List.of(expected))));
    }

    private static Set<String> phases(RelayRig rig) throws IOException {
        Set<String> phases = new TreeSet<>();
        for (Map<String, String> one : shown(rig)) {
            phases.add(one.get("phase") + " " + one.get("waits_for") + " '" + one.get("component") + "'");
        }
        return phases;
    }

    /** Everything that is open and passes the filter, whatever pages it takes. */
    private static List<Map<String, String>> shown(RelayRig rig, Object... filter) throws IOException {
        List<Map<String, String>> relays = new ArrayList<>();
        int after = 0;
        do {
            Object[] fields = new Object[filter.length + 4];
            System.arraycopy(filter, 0, fields, 4, filter.length);
            System.arraycopy(new Object[] {"cmd", "relays", "after", after}, 0, fields, 0, 4);
            ControlPeer control = rig.control();
            control.send(fields);
            Map<String, Value> reply = control.reply();
            assertEquals(0, ControlPeer.error(reply), reply::toString);
            for (Value relay : ControlPeer.field(reply, "relays").asArrayValue()) {
                Map<String, String> shown = new LinkedHashMap<>();
                relay.asMapValue().map().forEach((name, value) -> shown.put(text(name), text(value)));
                relays.add(shown);
            }
            Value next = reply.get("next");
            after = next == null ? 0 : next.asIntegerValue().asInt();
        } while (after != 0);
        return relays;
    }

    private static String text(Value value) {
        return value.isStringValue() ? value.asStringValue().asString() : value.toString();
    }
}
