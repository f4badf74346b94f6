package dev.lander.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A program that the test has started in a process of its own; closing ends it at once, with its children. */
public final class ChildProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Set<ChildProcess> OPEN = ConcurrentHashMap.newKeySet();

    static {
        // Nothing is left behind when the tests themselves are ended.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(ChildProcess::kill)));
    }

    private final List<String> command;
    private final Process process;
    private final List<String> output = new CopyOnWriteArrayList<>();
    private final List<String> log = new CopyOnWriteArrayList<>();

    /** Threads that read what it writes. */
    private final List<Thread> readers;

    private ChildProcess(List<String> command, Map<String, String> environment, boolean read) throws IOException {
        this.command = command;
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        this.process = builder.start();
        OPEN.add(this);
        this.readers = read
                ? List.of(
                        reader(process.inputReader(StandardCharsets.UTF_8), output),
                        reader(process.errorReader(StandardCharsets.UTF_8), log))
                : List.of();
    }

    /** Starts the command. */
    public static ChildProcess start(List<String> command) throws IOException {
        return start(command, Map.of());
    }

    /** Starts the command with these environment variables more. */
    public static ChildProcess start(List<String> command, Map<String, String> environment) throws IOException {
        return new ChildProcess(command, environment, true);
    }

    /** Starts the command, which may have at most this many descriptors open. */
    public static ChildProcess startLimited(int descriptors, List<String> command) throws IOException {
        List<String> limited =
                new ArrayList<>(List.of("sh", "-c", "ulimit -n " + descriptors + " && exec \"$0\" \"$@\""));
        limited.addAll(command);
        return start(limited);
    }

    /** Starts the command; nobody reads what it writes. */
    public static ChildProcess startUnread(List<String> command) throws IOException {
        return new ChildProcess(command, Map.of(), false);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The lines on standard output so far. */
    public List<String> output() {
        return output;
    }

    /** The lines on standard error so far. */
    public List<String> log() {
        return log;
    }

    /** How many bytes of standard error wait to be read; for one that nobody reads. */
    public int unreadLogBytes() throws IOException {
        return process.getErrorStream().available();
    }

    /** Waits for a line with this text on standard error, and returns it. */
    public String awaitLog(String text) {
        Await.until("'" + text + "' is logged", LIMIT, () -> {
            boolean ended = !process.isAlive() && readers.stream().noneMatch(Thread::isAlive);
            if (!ended || logged(text).isPresent()) {
                return logged(text).isPresent();
            }
            throw new AssertionError("it ended before it logged '" + text + "': " + this);
        });
        return logged(text).orElseThrow();
    }

    /** Ends its standard input. */
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Sends a signal, named as in {@code kill -s}. */
    public void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("sh", "-c", "kill -s " + name + " " + process.pid())
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new AssertionError("no process for the signal " + name + ": " + this);
        }
    }

    /** Waits for the end, at most half a minute; returns the exit status, 128 and more after an end by a signal. */
    public int exitStatus() throws InterruptedException {
        return exitStatus(LIMIT);
    }

    /** Waits for the end, for a bounded time; returns the exit status, 128 and more after an end by a signal. */
    public int exitStatus(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError("did not end within " + limit + ": " + this);
        }
        for (Thread reader : readers) {
            reader.join(LIMIT.toMillis());
        }
        return process.exitValue();
    }

    /** The command and what it has written. */
    @Override
    public String toString() {
        return String.join(" ", command) + "\n" + String.join("\n", output) + "\n" + String.join("\n", log);
    }

    @Override
    public void close() {
        kill();
        OPEN.remove(this);
    }

    private Optional<String> logged(String text) {
        return log.stream().filter(line -> line.contains(text)).findFirst();
    }

    private void kill() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private static Thread reader(BufferedReader lines, List<String> into) {
        Thread thread = new Thread(
                () -> {
                    try (lines) {
                        lines.lines().forEach(into::add);
                    } catch (IOException | UncheckedIOException closed) {
                        // the process was ended
                    }
                },
                "child's reader");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
