package dev.lander.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The CPU time that another process has used, in the system's ticks of a hundredth of a second; from /proc. */
public final class CpuTime {
    /** Fields of a stat file, counted from the one behind the name. */
    private static final int USER = 11;

    private static final int SYSTEM = 12;

    /** A thread of a process; the system cuts its name to 15 characters. */
    public record ThreadId(String name, long id) {}

    private CpuTime() {}

    /** Ticks of the process during the time that begins now. */
    public static long ticksDuring(Duration time, long pid) throws IOException, InterruptedException {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        long before = ticks(Files.readString(stat));
        Thread.sleep(time.toMillis());
        return ticks(Files.readString(stat)) - before;
    }

    /** Ticks of each of the process's threads since it began. */
    public static Map<ThreadId, Long> threads(long pid) throws IOException {
        Map<ThreadId, Long> ticks = new HashMap<>();
        List<Path> threads;
        try (var listing = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            threads = listing.toList();
        }
        for (Path thread : threads) {
            try {
                String stat = Files.readString(thread.resolve("stat"));
                String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
                long id = Long.parseLong(thread.getFileName().toString());
                ticks.put(new ThreadId(name, id), ticks(stat));
            } catch (NoSuchFileException ended) {
                // its time is of no interest any more
            }
        }
        return ticks;
    }

    private static long ticks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM]);
    }
}
