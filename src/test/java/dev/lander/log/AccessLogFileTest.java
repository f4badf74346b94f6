package dev.lander.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.relay.FinishedRelay;
import dev.lander.relay.RelayEnd;
import dev.lander.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(value = OS.LINUX, disabledReason = "/dev/full and mkfifo")
class AccessLogFileTest implements LostLines {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger unqueued = new AtomicInteger();

    @Override
    public void onQueueFull() {
        unqueued.incrementAndGet();
    }

    @Override
    public void onWriteFailed(String why) {
        failures.add(why);
    }

    @Test
    void linesThatCannotBeWrittenAreCountedWithTheSystemsReason() throws IOException {
        try (AccessLogFile log = open(Path.of("/dev/full"))) {
            log.finished(relay());
            log.finished(relay());
            Await.until("both have failed", () -> failures.size() == 2);
        }
        assertEquals(List.of("No space left on device", "No space left on device"), failures);
    }

    @Test
    void whatIsMissingIsSaidWhereItIsMissing(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("access.log");
        Files.createSymbolicLink(file, Path.of("/dev/full"));
        try (AccessLogFile log = open(file)) {
            log.finished(relay());
            log.finished(relay());
            Await.until("both have failed", () -> failures.size() == 2);
            Files.delete(file);
            log.reopen();
            log.finished(relay());
            Await.until("it is written", () -> Files.readString(file).contains("end="));
        }
        List<String> lines = Files.readAllLines(file).stream()
                .filter(line -> !line.isEmpty())
                .toList();
        assertEquals(2, lines.size(), lines::toString);
        assertTrue(lines.get(0).endsWith(" access_log_lines_lost count=2"), lines::toString);
        assertFalse(lines.get(1).contains("lost"), lines::toString);
    }

    @Test
    void aPipeThatNobodyReadsHoldsUpNeitherTheStartNorAReload(@TempDir Path folder) throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", pipe.toString())
                        .inheritIO()
                        .start()
                        .waitFor());
        assertTimeoutPreemptively(LIMIT, () -> {
            try (AccessLogFile log = open(pipe)) {
                log.reopen();
                log.finished(relay());
                try (BufferedReader reader = Files.newBufferedReader(pipe)) {
                    assertTrue(reader.readLine().contains(" service=tcp/80 "));
                }
            }
        });
    }

    @Test
    void aReloadEndsAWriteThatHangs(@TempDir Path folder) throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", pipe.toString())
                        .inheritIO()
                        .start()
                        .waitFor());
        assertTimeoutPreemptively(LIMIT, () -> {
            try (AccessLogFile log = open(pipe)) {
                Await.until("the pipe and the queue are full, and the write hangs", () -> {
                    int before = unqueued.get();
                    for (int i = 0; i < 1_000; i++) {
                        log.finished(relay());
                    }
                    return unqueued.get() == before + 1_000 && isWriting();
                });
                Files.delete(pipe);
                log.reopen();
                Await.until("lines go to the new file", () -> Files.size(pipe) > 0);
            }
        });
    }

    /** True while a thread is in the system's write for the access log. */
    private static boolean isWriting() {
        return Thread.getAllStackTraces().values().stream()
                .anyMatch(frames -> frames.length > 0
                        && frames[0].getMethodName().equals("write0")
                        && Stream.of(frames)
                                .anyMatch(frame -> frame.getClassName().equals(LineWriter.class.getName())));
    }

    private AccessLogFile open(Path file) throws IOException {
        return new AccessLogFile(file, Clock.systemUTC(), this);
    }

    private static FinishedRelay relay() {
        RelayPort service = new RelayPort(Protocol.TCP, 80);
        InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5_000);
        return new FinishedRelay(service, client, null, 0, 0, 0, 0, RelayEnd.CLIENT_CLOSED);
    }
}
