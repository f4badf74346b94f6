package dev.lander.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lander.testing.JavaProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the system itself does when a user has as many pages in pipes as he may. */
final class PipeLimitTest {
    private static final Path SOFT_LIMIT = Path.of("/proc/sys/fs/pipe-user-pages-soft");
    private static final int PAGE = 4_096;
    private static final int MANY = 256;

    /** Root without the rights that lift the limit. */
    private static final List<String> AS_ANY_USER = List.of("setpriv", "--bounding-set=-sys_resource,-sys_admin");

    @Test
    void anOrdinaryUserGetsNoMoreThanTheSystemAllowsAndNoDescriptorIsLost() throws Exception {
        long allowed = pages() * PAGE / Pipe.CAPACITY;
        assumeTrue(allowed > 0 && allowed <= MANY, "missing: a limit of pipes that a test can reach, not " + allowed);
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            assumeTrue(Files.exists(Path.of("/usr/bin/setpriv")), "missing: setpriv");
            command.addAll(AS_ANY_USER);
        }
        command.add(JavaProgram.java());
        command.addAll(exports());
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), OpenPipes.class.getName(), String.valueOf(allowed + 6)));
        List<String> lines = printed(command).lines().toList(); // Java 25 warns of calls to the C library first
        String[] told = lines.get(lines.size() - 1).split(" ", -1);
        int got = Integer.parseInt(told[0]);
        assertTrue(got > 0 && got <= allowed, got + " pipes"); // those of the user's other processes count, too
        assertEquals(got * Pipe.DESCRIPTORS, Integer.parseInt(told[1]));
    }

    /** Not by Files.readString: it reads one byte first, and such a file gives its number to one read only. */
    private static long pages() throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(SOFT_LIMIT)) {
            return Long.parseLong(reader.readLine());
        }
    }

    private static List<String> exports() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-exports"))
                .toList();
    }

    private static String printed(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            process.destroy();
        }
    }
}
