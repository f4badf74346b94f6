package dev.lander.control;

import static dev.lander.control.ControlAssertions.assertNothingPushed;
import static dev.lander.control.ControlAssertions.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lander.control.wire.PeerFraming;
import dev.lander.testing.AnyLander;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.RawPeer;
import dev.lander.testing.RunningLander;
import dev.lander.testing.ShownStatus;
import dev.lander.testing.TestOptions;
import dev.lander.text.AddressRange;
import dev.lander.text.PortRanges;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessTest {
    /** A component's port where nobody listens. */
    private static final int PORT = 9;

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Path folder;

    private TestOptions options;
    private int relayPort;

    @BeforeEach
    void prepare(@TempDir Path emptyFolder) {
        folder = emptyFolder;
        options = new TestOptions();
        relayPort = FreePorts.next();
    }

    @Test
    void everybodyMayConnectByDefault() throws IOException {
        try (RunningLander lander = RunningLander.start();
                RawPeer peer = RawPeer.connectFrom(InetAddress.getByName("127.9.9.9"), lander.controlAddress())) {
            assertEquals(0, peer.ask("cmd", "status"));
        }
    }

    @Test
    void onlyThoseAllowedMayConnect() throws IOException {
        options.controlAllow = List.of(AddressRange.parse("127.0.0.2"), AddressRange.parse("127.1.0.0/16"));
        try (RunningLander lander = RunningLander.start(options)) {
            for (String allowed : List.of("127.0.0.2", "127.1.0.1", "127.1.255.255")) {
                try (RawPeer peer = RawPeer.connectFrom(InetAddress.getByName(allowed), lander.controlAddress())) {
                    assertEquals(0, peer.ask("cmd", "status"));
                }
            }
            for (String other : List.of("127.0.0.1", "127.0.0.3", "127.2.0.1")) {
                try (RawPeer peer = RawPeer.connectFrom(InetAddress.getByName(other), lander.controlAddress())) {
                    assertEquals(0, peer.readToEnd().length);
                }
            }
        }
    }

    @Test
    void withATokenFileARegisterNeedsTheToken() throws IOException {
        writeToken("secret\nsecond line\n");
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer peer = lander.control()) {
            assertEquals(10, peer.register("tcp", PORT, relayPort));
            assertEquals(10, peer.register("tcp", PORT, relayPort, "token", ""));
            assertEquals(10, peer.register("tcp", PORT, relayPort, "token", "secre"));
            assertEquals(10, peer.register("tcp", PORT, relayPort, "token", "secret\n"));
            assertFalse(ShownStatus.of(peer).hasRelayPort(relayPort));
            assertEquals(0, peer.register("tcp", PORT, relayPort, "token", "secret"));
        }
    }

    @Test
    void theTokenIsTheFirstLineWithoutItsLineEnd() throws IOException {
        writeToken("gehe\u00efm 1 \r\n");
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer peer = lander.control()) {
            assertEquals(10, peer.register("tcp", PORT, relayPort, "token", "gehe\u00efm 1"));
            assertEquals(0, peer.register("tcp", PORT, relayPort, "token", "gehe\u00efm 1 "));
        }
    }

    @Test
    void withoutATokenFileAnyTokenWillDo() throws IOException {
        try (RunningLander lander = RunningLander.start();
                ControlPeer peer = lander.control()) {
            assertEquals(0, peer.register("tcp", PORT, relayPort, "token", "whatever"));
        }
    }

    @Test
    void otherCommandsNeedNoToken() throws IOException {
        writeToken("secret");
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer peer = lander.control()) {
            assertEquals(0, peer.register("tcp", PORT, relayPort, "token", "secret"));
            assertEquals(0, peer.report("tcp", relayPort, "good"));
            assertTrue(ShownStatus.of(peer).hasRelayPort(relayPort));
            assertEquals(0, peer.ask("cmd", "drain", "protocol", "tcp", "port", PORT, "relay_port", relayPort));
            assertEquals(0, peer.unregister("tcp", PORT, relayPort));
        }
    }

    @Test
    void theTenthCommandWithoutTheTokenEndsTheConnection() throws IOException {
        writeToken("secret");
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer guessing = lander.control();
                ControlPeer observer = lander.control()) {
            assertEquals(0, guessing.register("tcp", PORT, relayPort, "token", "secret"));
            for (int i = 1; i < 10; i++) {
                assertEquals(10, guessing.register("tcp", PORT + 1, relayPort, "token", "guess" + i));
                assertEquals(3, guessing.register("tcp", PORT, relayPort, "token", "secret"));
            }
            assertTrue(ShownStatus.of(observer).hasRelayPort(relayPort));
            // What follows the tenth is not even looked at.
            byte[] tenth = register("guess");
            byte[] right = register("secret");
            guessing.sendBytes(tenth);
            guessing.sendBytes(right);
            assertRefused(10, "token", guessing.reply());
            assertThrows(EOFException.class, guessing::reply);
            assertFalse(ShownStatus.of(observer).hasRelayPort(relayPort));
        }
    }

    @Test
    void anotherConnectionMayGuessTenTimesAgain() throws IOException {
        writeToken("secret");
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer first = lander.control();
                ControlPeer second = lander.control()) {
            for (int i = 1; i < 10; i++) {
                assertEquals(10, first.register("tcp", PORT, relayPort));
                assertEquals(10, second.register("tcp", PORT, relayPort));
            }
            assertEquals(0, first.register("tcp", PORT, relayPort, "token", "secret"));
            assertEquals(10, second.register("tcp", PORT, relayPort));
            assertThrows(EOFException.class, second::reply);
            assertNothingPushed(first);
        }
    }

    @Test
    void aReloadBringsTheNewTokenAndLeavesRegistrationsAlone() throws IOException {
        writeToken("old");
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer peer = lander.control()) {
            assertEquals(0, peer.register("tcp", PORT, relayPort, "token", "old"));
            writeToken("new");
            assertEquals(0, peer.register("tcp", PORT + 1, relayPort, "token", "old"));
            reload(lander);
            assertEquals(2, ShownStatus.of(peer).services().get(0).components().size());
            assertEquals(10, peer.register("tcp", PORT + 2, relayPort, "token", "old"));
            assertEquals(0, peer.register("tcp", PORT + 2, relayPort, "token", "new"));
        }
    }

    @Test
    void aReloadThatFailsLeavesTheOldToken() throws IOException {
        writeToken("old");
        Path file = folder.resolve("token");
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer peer = lander.control()) {
            Files.delete(file);
            reload(lander);
            assertEquals(10, peer.register("tcp", PORT, relayPort));
            assertEquals(0, peer.register("tcp", PORT, relayPort, "token", "old"));
            writeToken("\nnew\n");
            reload(lander);
            assertEquals(10, peer.register("tcp", PORT + 1, relayPort, "token", ""));
            assertEquals(0, peer.register("tcp", PORT + 1, relayPort, "token", "old"));
        }
    }

    @Test
    void relayPortsOutsideTheRangesAreRefused() throws IOException {
        int allowed = FreePorts.next();
        options.relayPorts = PortRanges.parse("1000-2000," + allowed);
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer peer = lander.control()) {
            for (int forbidden : new int[] {999, 2001, allowed - 1, allowed + 1}) {
                peer.send("cmd", "register", "protocol", "tcp", "port", PORT, "relay_port", forbidden);
                assertRefused(11, "1000-2000," + allowed, peer.reply());
            }
            assertEquals(0, peer.register("tcp", PORT, allowed));
            assertEquals(0, peer.register("udp", PORT, allowed));
        }
    }

    @Test
    void anOperatorFromElsewhereNeedsTheToken() throws IOException {
        Optional<InetAddress> elsewhere = addressThatIsNotLoopback();
        assumeTrue(elsewhere.isPresent(), "this machine has no address but loopback");
        writeToken("secret");
        try (AnyLander lander = AnyLander.start(options, System::nanoTime);
                ControlPeer component = lander.control();
                ControlPeer operator = ControlPeer.connect(lander.controlAddress(elsewhere.get()))) {
            assertEquals(0, component.register("tcp", PORT, relayPort, "token", "secret"));
            assertEquals(10, operatorDrain(operator));
            assertEquals(10, operatorDrain(operator, "token", "wrong"));
            assertEquals(10, operator.ask("cmd", "relays"));
            assertEquals(10, operator.ask("cmd", "relays", "token", "wrong"));
            assertEquals(0, operator.ask("cmd", "relays", "token", "secret"));
            assertEquals("good", ShownStatus.stateOf(component, PORT));
            assertEquals(0, operatorDrain(operator, "token", "secret"));
            assertEquals("draining", ShownStatus.stateOf(component, PORT));
        }
    }

    @Test
    void whereThereIsNoTokenNoOperatorFromElsewhereIsBelieved() throws IOException {
        Optional<InetAddress> elsewhere = addressThatIsNotLoopback();
        assumeTrue(elsewhere.isPresent(), "this machine has no address but loopback");
        try (AnyLander lander = AnyLander.start(options, System::nanoTime);
                ControlPeer component = lander.control();
                ControlPeer operator = ControlPeer.connect(lander.controlAddress(elsewhere.get()))) {
            assertEquals(0, component.register("tcp", PORT, relayPort));
            assertEquals(10, operatorDrain(operator));
            assertEquals(10, operator.ask("cmd", "relays"));
            for (int i = 3; i < 10; i++) {
                assertEquals(10, operatorDrain(operator, "token", ""));
            }
            assertEquals("good", ShownStatus.stateOf(component, PORT));
            assertEquals(10, operatorDrain(operator));
            operator.awaitClosed();
        }
    }

    @Test
    void anOperatorFromLoopbackNeedsNone() throws IOException {
        writeToken("secret");
        try (RunningLander lander = RunningLander.start(options);
                ControlPeer component = lander.control();
                ControlPeer operator = lander.control()) {
            assertEquals(0, component.register("tcp", PORT, relayPort, "token", "secret"));
            assertEquals(0, operator.ask("cmd", "relays"));
            assertEquals(0, operatorDrain(operator));
            Await.until("it drains", () -> ShownStatus.stateOf(component, PORT).equals("draining"));
        }
    }

    private void writeToken(String content) throws IOException {
        options.tokenFile = Files.writeString(folder.resolve("token"), content);
    }

    private byte[] register(String token) throws IOException {
        return PeerFraming.BARE.frame(
                "cmd", "register", "protocol", "tcp", "port", PORT + 1, "relay_port", relayPort, "token", token);
    }

    private static void reload(RunningLander lander) {
        lander.lander().reload();
        assertTrue(lander.lander().turnsWithin(LIMIT));
    }

    private int operatorDrain(ControlPeer operator, Object... more) throws IOException {
        operator.sendBytes(PeerFraming.BARE.frame(concat(
                new Object[] {
                    "cmd", "drain", "host", "127.0.0.1", "protocol", "tcp", "port", PORT, "relay_port", relayPort
                },
                more)));
        return ControlPeer.error(operator.reply());
    }

    private static Object[] concat(Object[] first, Object[] second) {
        Object[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static Optional<InetAddress> addressThatIsNotLoopback() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(network -> network.getInterfaceAddresses().stream())
                .map(InterfaceAddress::getAddress)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .findFirst();
    }
}
