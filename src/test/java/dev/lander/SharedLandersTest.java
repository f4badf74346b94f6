package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.cluster.ClusterSettings;
import dev.lander.cluster.Wires;
import dev.lander.testing.AdminClient;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.testing.TestPlatform;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Landers of one process, each at a loopback address of its own, that share what is registered with them: real clients,
 * components, relays and pages, and wires in place of the network between the Landers.
 */
@Timeout(60)
class SharedLandersTest {
    private static final Duration GRACE = Duration.ofMillis(500);
    private static final int HELD = 10_000;
    private static final int PORTION = 4;

    private final Wires wires = new Wires();
    private final List<Running> all = new ArrayList<>();

    /** One of them, on a thread of its own. */
    private final class Running {
        final InetAddress address;
        final Lander lander;
        final Wires.End end;
        final Thread loop;
        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean isDue = new AtomicBoolean();

        Running(int number) throws IOException {
            this.address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (100 + number)});
            TestOptions options = new TestOptions();
            options.admin = new InetSocketAddress(address, 0);
            options.drainTimeout = Duration.ofSeconds(1);
            this.lander = new Lander(options.build(address), TestPlatform.of(System::nanoTime));
            this.end = wires.end("lb" + number, (from, task) -> {
                waiting.add(task);
                if (isDue.compareAndSet(false, true)) {
                    lander.sources().reactor().execute(this::takePortion);
                }
            });
            // What registers here has the address 127.0.0.1, which is the same machine to all of these.
            ClusterSettings settings = new ClusterSettings(
                    List.of(), address, 0, Path.of("unread"), true, InetAddress.getLoopbackAddress(), GRACE);
            lander.join(settings, end::open);
            this.loop = new Thread(this::serve, "lander-" + number);
        }

        Running start() {
            loop.start();
            end.join();
            return this;
        }

        ControlPeer control() throws IOException {
            return ControlPeer.connect(lander.controlAddress());
        }

        AdminClient admin() {
            return new AdminClient(Objects.requireNonNull(lander.adminAddress()));
        }

        /** What the component behind the relay port says first; null = nobody serves it here. */
        @Nullable
        Integer ask(int relayPort) {
            try (Socket client = new Socket()) {
                client.connect(new InetSocketAddress(address, relayPort), 5_000);
                client.setSoTimeout(5_000);
                client.getOutputStream().write('?');
                int answer = client.getInputStream().read();
                return answer < 0 ? null : answer;
            } catch (IOException refused) {
                return null;
            }
        }

        /** Without a word to the others. */
        void kill() throws InterruptedException {
            end.leave();
            lander.stop();
            loop.join(10_000);
        }

        /** A few messages a turn, as the real way to the loop does. */
        private void takePortion() {
            isDue.set(false);
            for (int i = 0;
                    i < PORTION && (i == 0 || !lander.sources().reactor().isTurnLong());
                    i++) {
                Runnable next = waiting.poll();
                if (next == null) {
                    return;
                }
                next.run();
            }
            if (isDue.compareAndSet(false, true)) {
                lander.sources().reactor().afterSelect(this::takePortion);
            }
        }

        private void serve() {
            try {
                lander.run();
            } catch (IOException fault) {
                throw new AssertionError("the loop has failed", fault);
            }
        }
    }

    private Running start() throws IOException {
        Running running = new Running(all.size() + 1);
        all.add(running);
        return running.start();
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Running one : all) {
            one.lander.stop();
            one.loop.join(10_000);
            assertFalse(one.loop.isAlive());
        }
    }

    @Test
    void whatIsRegisteredWithOneIsServedByAllAndGoesEverywhere() throws Exception {
        Running one = start();
        Running two = start();
        Running three = start();
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.echo()) {
            try (ControlPeer component = two.control()) {
                assertEquals(0, component.register("tcp", server.port(), relayPort));
                assertEquals('?', two.ask(relayPort));
                Await.until("all serve it", () -> one.ask(relayPort) != null && three.ask(relayPort) != null);
            }
            Await.until("none does", () -> one.ask(relayPort) == null && three.ask(relayPort) == null);
        }
    }

    @Test
    void whoDiesTakesNoClientWithItBeforeWithinAndAfterTheGrace() throws Exception {
        Running holder = start();
        Running other = start();
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.echo();
                ControlPeer component = holder.control()) {
            assertEquals(0, component.register("tcp", server.port(), relayPort));
            Await.until("the other serves it", () -> other.ask(relayPort) != null);
            holder.kill();
            long endNs = System.nanoTime() + GRACE.multipliedBy(5).toNanos();
            int asked = 0;
            while (System.nanoTime() < endNs) {
                assertEquals('?', other.ask(relayPort), "after " + asked);
                asked++;
            }
            assertTrue(asked > 10, () -> "too slow to say anything");
            assertTrue(other.admin().get("/metrics").body().contains("\nlander_orphans 1.0\n"));
            String services = String.valueOf(other.admin().json("/api/status").get("services"));
            assertTrue(services.contains("registered_with=[], orphan_since="), services);
        }
    }

    @Test
    void whoEndsInOrderTakesNoClientWithIt() throws Exception {
        Running holder = start();
        Running other = start();
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.echo();
                ControlPeer component = holder.control()) {
            assertEquals(0, component.register("tcp", server.port(), relayPort));
            Await.until("the other serves it", () -> other.ask(relayPort) != null);
            holder.lander.end();
            while (holder.loop.isAlive()) {
                assertEquals('?', other.ask(relayPort));
            }
            holder.end.leave();
            assertEquals('?', other.ask(relayPort));
            assertTrue(other.admin().get("/metrics").body().contains("\nlander_cluster_lost_total 0.0\n"));
        }
    }

    @Test
    void aDrainTellsTheRelaysOfAll() throws Exception {
        Running holder = start();
        Running other = start();
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.echo();
                ControlPeer component = holder.control()) {
            assertEquals(0, component.register("tcp", server.port(), relayPort));
            Await.until("the other serves it", () -> other.ask(relayPort) != null);
            Socket client = new Socket(other.address, relayPort);
            client.getOutputStream().write('?');
            assertEquals('?', client.getInputStream().read());
            int drained =
                    component.ask("cmd", "drain", "protocol", "tcp", "port", server.port(), "relay_port", relayPort);
            assertEquals(0, drained);
            Await.until("the other knows", () -> other.ask(relayPort) == null);
            assertEquals(1, active(component));
            client.close();
            assertEquals(0, active(component));
        }
    }

    @Test
    void theMembersAreShown() throws Exception {
        Running one = start();
        Running two = start();
        Await.until(
                "they have met", () -> "ok\n".equals(two.admin().get("/healthz").body()));
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.echo();
                ControlPeer component = one.control()) {
            assertEquals(0, component.register("tcp", server.port(), relayPort));
            Await.until("the other serves it", () -> two.ask(relayPort) != null);
            List<?> members = (List<?>)
                    Objects.requireNonNull(two.admin().json("/api/status").get("members"));
            assertEquals(2, members.size());
            assertTrue(members.get(1).toString().contains("name=lb1"), members::toString);
            assertTrue(members.get(1).toString().contains("holds=1"), members::toString);
            String services = String.valueOf(two.admin().json("/api/status").get("services"));
            assertTrue(services.contains("registered_with=[lb1]"), services);
            assertFalse(services.contains("orphan_since"), services);
            String metrics = two.admin().get("/metrics").body();
            assertTrue(metrics.contains("\nlander_cluster_members 2.0\n"), metrics);
            assertTrue(two.admin().get("/api/events").body().contains("\"event\":\"member_joined\""));
            component.send("cmd", "status", "relay_port", relayPort);
            assertEquals(
                    2,
                    ControlPeer.field(component.reply(), "members")
                            .asArrayValue()
                            .size());
        }
    }

    @Test
    void whoIsAloneIsJoiningForFiveSecondsAtMost() throws Exception {
        Running one = start();
        assertEquals("joining\n", one.admin().get("/healthz").body());
        Await.until("it has given up", Duration.ofSeconds(20), () -> isOk(one));
    }

    /** A connection that was kept alive may be closed by the server just when it is used again. */
    private static boolean isOk(Running lander) throws InterruptedException {
        LockSupport.parkNanos(100_000_000); // a page asks no more often
        try {
            return lander.admin().get("/healthz").body().equals("ok\n");
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void tenThousandRegistrationsHoldNobodyUp() throws Exception {
        Running holder = start();
        int relayPort = FreePorts.next();
        int first = relayPort < 12_000 ? 12_500 : 1_024; // no component is at the relay port
        List<ControlPeer> components = new ArrayList<>();
        try {
            for (int i = 0; i < HELD; i++) {
                if (i % 2_000 == 0) {
                    components.add(holder.control());
                }
                components
                        .get(i / 2_000)
                        .send("cmd", "register", "protocol", "tcp", "port", first + i, "relay_port", relayPort);
                if (i % 100 == 99) {
                    for (int replies = 0; replies < 100; replies++) {
                        assertEquals(
                                0, ControlPeer.error(components.get(i / 2_000).reply()));
                    }
                }
            }
            AtomicLong longest = longestTurn(holder);
            Running other = start();
            AtomicLong longestOfOther = longestTurn(other);
            // It is also ok when not all have come within five seconds, as on a slow machine.
            Await.until("it serves", () -> isOk(other));
            Await.until("all have come", Duration.ofSeconds(30), () -> holdsAll(other));
            long told = longest.get();
            long heard = longestOfOther.get();
            long limitNs = Duration.ofMillis(40).toNanos();
            assertTrue(told < limitNs, () -> "who tells: " + told + " ns of one turn");
            assertTrue(heard < limitNs, () -> "who hears: " + heard + " ns of one turn");
        } finally {
            for (ControlPeer component : components) {
                component.close();
            }
        }
    }

    private static boolean holdsAll(Running lander) throws IOException {
        return lander.admin().get("/metrics").body().contains(",member=\"lb1\"} " + (double) HELD + "\n");
    }

    /** What the longest of its turns takes from now on, in nanoseconds of the processor: others may have that, too. */
    private static AtomicLong longestTurn(Running of) {
        AtomicLong longest = new AtomicLong();
        long[] before = {0};
        of.lander
                .sources()
                .reactor()
                .execute(() -> of.lander.sources().reactor().measureTurns(length -> {
                    long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                    if (before[0] > 0) {
                        longest.set(Math.max(longest.get(), used - before[0]));
                    }
                    before[0] = used;
                }));
        return longest;
    }

    private static int active(ControlPeer component) throws IOException {
        return ControlPeer.field(component.push(), "active").asIntegerValue().asInt();
    }
}
