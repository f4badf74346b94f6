package dev.lander.admin;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the Java runtime and the system say of this process. Asked on the admin page's own threads. */
final class ProcessFigures {
    private static final Path MEMORY = Path.of("/proc/self/status");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(?<kib>\\d+) kB");
    private static final long KIB = 1_024;
    private static final double NS_PER_S = 1e9;

    private final String version =
            Objects.requireNonNullElse(ProcessFigures.class.getPackage().getImplementationVersion(), "unknown");

    /** Lander's version. */
    String version() {
        return version;
    }

    /** Java's version. */
    String java() {
        return Runtime.version().toString();
    }

    long pid() {
        return ProcessHandle.current().pid();
    }

    /** When the process began, in milliseconds since 1970. */
    long startedMs() {
        return ManagementFactory.getRuntimeMXBean().getStartTime();
    }

    long uptimeMs() {
        return ManagementFactory.getRuntimeMXBean().getUptime();
    }

    /** Open file descriptors; -1 where the system does not say. */
    long openFds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : -1;
    }

    /** How many file descriptors may be open; -1 where the system does not say. */
    long maxFds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : -1;
    }

    /** Processor time used so far, by all threads. */
    double cpuSeconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getProcessCpuTime() / NS_PER_S
                : -1;
    }

    /** Resident memory; 0 where the system does not say. */
    long residentBytes() {
        try {
            Matcher resident = RESIDENT.matcher(Files.readString(MEMORY));
            return resident.find() ? Long.parseLong(resident.group("kib")) * KIB : 0;
        } catch (IOException noSuchSystem) {
            return 0;
        }
    }

    long heapUsedBytes() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    long heapMaxBytes() {
        return Runtime.getRuntime().maxMemory();
    }

    List<GarbageCollectorMXBean> collectors() {
        return ManagementFactory.getGarbageCollectorMXBeans();
    }
}
