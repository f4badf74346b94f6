package dev.lander.relay;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** What Linux says of sockets, which Java does not. */
public final class SystemSockets {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int TIMER = 5;
    private static final String KEEP_ALIVE_TIMER = "02";

    private SystemSockets() {}

    /** How many sockets this process has open. */
    public static long open() throws IOException {
        long count = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                try {
                    if (Files.readSymbolicLink(descriptor).toString().startsWith("socket:")) {
                        count++;
                    }
                } catch (NoSuchFileException closedMeanwhile) {
                    // not open any more
                }
            }
        }
        return count;
    }

    /** Whether the connection between these ports has a keep-alive timer running at the first of them. */
    public static boolean isKeptAlive(int localPort, int remotePort) throws IOException {
        for (Path table : TABLES) {
            for (String line : Files.readAllLines(table)) {
                String[] fields = line.trim().split(" +", -1);
                if (fields[LOCAL].endsWith(hex(localPort)) && fields[REMOTE].endsWith(hex(remotePort))) {
                    return fields[TIMER].startsWith(KEEP_ALIVE_TIMER);
                }
            }
        }
        throw new AssertionError("no connection from " + localPort + " to " + remotePort);
    }

    private static String hex(int port) {
        return ":%04X".formatted(port);
    }
}
