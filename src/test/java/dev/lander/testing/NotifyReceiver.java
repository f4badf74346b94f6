package dev.lander.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A service manager's end of sd_notify: a Unix datagram socket, in a Python process since Java has none. */
public final class NotifyReceiver implements AutoCloseable {
    private static final String BIND = """
            import socket, sys
            name = sys.argv[1]
            bound = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            bound.bind("\\0" + name[1:] if name[0] == "@" else name)
            print("bound", flush=True)
            """;

    private static final String PRINT_ALL = """
            while True:
                print(bound.recv(65536).decode().replace("\\n", " "), flush=True)
            """;

    private static final String READ_NOTHING = """
            sys.stdin.read()
            """;

    private final String name;
    private final ChildProcess process;

    private NotifyReceiver(String name, String then) throws IOException {
        Programs.need("python3", "python3", "--version");
        this.name = name;
        this.process = ChildProcess.start(List.of("python3", "-c", BIND + then, name));
        Await.until(name + " is bound", () -> process.output().contains("bound"));
    }

    /** Receives at this address: a path, or {@code @} and an abstract name. */
    public static NotifyReceiver start(String name) throws IOException {
        return new NotifyReceiver(name, PRINT_ALL);
    }

    /** Is there at this address, and takes nothing of what is sent. */
    public static NotifyReceiver startUnread(String name) throws IOException {
        return new NotifyReceiver(name, READ_NOTHING);
    }

    /** An address of its own: {@code path} in the folder, or {@code abstract}. */
    public static String address(String kind, Path folder) {
        return kind.equals("path") ? folder.resolve("notify").toString() : "@lander-test" + folder;
    }

    /** What the manager would put into the environment. */
    public Map<String, String> environment() {
        return Map.of("NOTIFY_SOCKET", name);
    }

    /**
     * What the manager would put into the environment, and that it wants a sign of life within this many microseconds.
     */
    public Map<String, String> environment(long watchdogUs) {
        return Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", Long.toString(watchdogUs));
    }

    /** The messages so far, each on one line. */
    public List<String> messages() {
        return process.output().stream().skip(1).toList(); // a copy: more may come meanwhile
    }

    /** How many messages were this one. */
    public long count(String message) {
        return messages().stream().filter(message::equals).count();
    }

    /** Waits for a message that begins so, and returns it. */
    public String await(String beginning) {
        Await.until("'" + beginning + "' is received", () -> messages().stream()
                .anyMatch(message -> message.startsWith(beginning)));
        return messages().stream()
                .filter(message -> message.startsWith(beginning))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        process.close();
    }
}
