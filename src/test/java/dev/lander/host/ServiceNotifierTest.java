package dev.lander.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.lander.Lander;
import dev.lander.Platform;
import dev.lander.testing.Await;
import dev.lander.testing.NotifyReceiver;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@EnabledOnOs(value = OS.LINUX, disabledReason = "systemd is Linux's")
class ServiceNotifierTest {
    private static final String ALIVE = "WATCHDOG=1";
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Path folder;
    private final Warnings warnings = new Warnings();
    private final Logger logger = (Logger) LoggerFactory.getLogger(ServiceNotifier.class);

    ServiceNotifierTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void listen() {
        warnings.start();
        logger.addAppender(warnings);
    }

    @AfterEach
    void listenNoMore() {
        logger.detachAppender(warnings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"path", "abstract"})
    void theManagerHearsEachMessageInOrder(String kind) throws Exception {
        try (NotifyReceiver manager = NotifyReceiver.start(NotifyReceiver.address(kind, folder))) {
            try (ServiceNotifier notifier = ServiceNotifier.of(manager.environment())) {
                notifier.ready("listening");
                notifier.alive();
                notifier.stopping("ending", Duration.ofSeconds(40));
            }
            manager.await("STOPPING");
            assertEquals(
                    List.of(
                            "READY=1 STATUS=listening",
                            "WATCHDOG=1",
                            "STOPPING=1 EXTEND_TIMEOUT_USEC=40000000 STATUS=ending"),
                    manager.messages());
        }
        assertEquals(List.of(), warnings.lines);
    }

    @Test
    void aFailureIsOneWarningAndALaterMessageIsTriedAgain() throws Exception {
        String address = NotifyReceiver.address("path", folder);
        try (ServiceNotifier notifier = ServiceNotifier.of(Map.of("NOTIFY_SOCKET", address))) {
            notifier.ready("unheard");
            notifier.alive();
            notifier.alive();
            Await.until("it is told", () -> !warnings.lines.isEmpty());
            try (NotifyReceiver manager = NotifyReceiver.start(address)) {
                notifier.ready("heard");
                manager.await("READY=1 STATUS=heard");
            }
        }
        assertEquals(
                List.of("service_manager_not_told NOTIFY_SOCKET=" + address + " why=\"[2] No such file or directory\""),
                warnings.lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vsock:2:1234", "relative/path", "/too/long/"})
    void anAddressThatCannotBeIsOneWarning(String name) {
        String address = name.equals("/too/long/") ? name + "x".repeat(100) : name;
        try (ServiceNotifier notifier = ServiceNotifier.of(Map.of("NOTIFY_SOCKET", address))) {
            notifier.ready("");
            notifier.alive();
        }
        assertEquals(1, warnings.lines.size(), warnings.lines::toString);
        assertTrue(warnings.lines.get(0).contains(address), warnings.lines::toString);
    }

    @Test
    void theLongestPathIsHeard() throws Exception {
        int longest = 107; // as Python wants a NUL behind it
        String address = folder.resolve("x".repeat(longest - folder.toString().length() - 1))
                .toString();
        try (NotifyReceiver manager = NotifyReceiver.start(address);
                ServiceNotifier notifier = ServiceNotifier.of(manager.environment())) {
            notifier.alive();
            manager.await(ALIVE);
        }
    }

    @Test
    void aManagerThatReadsNothingHoldsNobodyUp() throws Exception {
        try (NotifyReceiver manager = NotifyReceiver.startUnread(NotifyReceiver.address("path", folder))) {
            long beginNs = System.nanoTime();
            try (ServiceNotifier notifier = ServiceNotifier.of(manager.environment())) {
                for (int i = 0; i < 2_000; i++) { // more than the socket's queue takes
                    notifier.alive();
                }
            }
            Duration taken = Duration.ofNanos(System.nanoTime() - beginNs);
            assertTrue(taken.compareTo(Duration.ofSeconds(5)) < 0, taken::toString);
        }
    }

    @Test
    void theWatchdogIsFedAtHalfItsTime() {
        String own = Long.toString(ProcessHandle.current().pid());
        assertEquals(Duration.ofSeconds(15), pause(Map.of("WATCHDOG_USEC", "30000000")));
        assertEquals(Duration.ofSeconds(15), pause(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", own)));
    }

    @Test
    void noWatchdogIsFedThatIsNotThisProcesss() {
        assertNull(pause(Map.of()));
        assertNull(pause(Map.of("WATCHDOG_USEC", "0")));
        assertNull(pause(Map.of("WATCHDOG_USEC", "30000000", "WATCHDOG_PID", "1")));
        assertNull(ServiceNotifier.of(Map.of("WATCHDOG_USEC", "30000000")).watchdogPause());
        assertEquals(List.of(), ofTheWatchdog(warnings.lines));
        assertNull(pause(Map.of("WATCHDOG_USEC", "soon")));
        assertEquals(
                List.of("WATCHDOG_USEC 'soon' is no number: the watchdog is not fed"), ofTheWatchdog(warnings.lines));
    }

    /** The thread that tells an earlier test's manager may still have something to say. */
    private static List<String> ofTheWatchdog(List<String> lines) {
        return lines.stream().filter(line -> line.contains("WATCHDOG")).toList();
    }

    @Test
    void aStuckLoopDoesNotFeedTheWatchdog() throws Exception {
        Gate gate = new Gate();
        try (NotifyReceiver manager = NotifyReceiver.start(NotifyReceiver.address("abstract", folder));
                ServiceNotifier notifier =
                        ServiceNotifier.of(manager.environment(2 * TimeUnit.MICROSECONDS.convert(PAUSE)))) {
            Lander lander = new Lander(new TestOptions().build(), Platform.ofSystem(gate, notifier));
            Thread loop = new Thread(() -> serve(lander), "reactor");
            loop.start();
            try {
                Await.until("it is fed", () -> manager.count(ALIVE) >= 3);
                gate.shut(lander);
                notifier.ready("stuck"); // behind all that the loop has sent
                manager.await("READY=1 STATUS=stuck");
                long fed = manager.count(ALIVE);

                long endNs = System.nanoTime() + 20 * PAUSE.toNanos();
                Await.until("20 pauses have passed", () -> System.nanoTime() > endNs);
                notifier.ready("still stuck");
                manager.await("READY=1 STATUS=still stuck");
                assertEquals(fed, manager.count(ALIVE));

                gate.open();
                Await.until("it is fed again", () -> manager.count(ALIVE) >= fed + 3);
            } finally {
                gate.open();
                lander.stop();
                loop.join();
            }
        }
    }

    private static @Nullable Duration pause(Map<String, String> watchdog) {
        Map<String, String> environment = new HashMap<>(watchdog);
        environment.put("NOTIFY_SOCKET", "@nobody");
        try (ServiceNotifier notifier = ServiceNotifier.of(environment)) {
            return notifier.watchdogPause();
        }
    }

    private static void serve(Lander lander) {
        try {
            lander.run();
        } catch (IOException fault) {
            throw new AssertionError(fault);
        }
    }

    /** The time, for which the loop has to wait while the gate is shut. */
    private static final class Gate implements LongSupplier {
        private volatile CountDownLatch opened = new CountDownLatch(0);
        private volatile CountDownLatch reached = new CountDownLatch(0);

        /** Returns when the loop waits. */
        void shut(Lander lander) throws InterruptedException {
            reached = new CountDownLatch(1);
            opened = new CountDownLatch(1);
            lander.turnsWithin(Duration.ofMillis(1)); // wakes it
            reached.await();
        }

        void open() {
            opened.countDown();
        }

        @Override
        public long getAsLong() {
            CountDownLatch gate = opened;
            if (gate.getCount() > 0) {
                reached.countDown();
            }
            try {
                gate.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            return System.nanoTime();
        }
    }

    private static final class Warnings extends AppenderBase<ILoggingEvent> {
        final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    }
}
