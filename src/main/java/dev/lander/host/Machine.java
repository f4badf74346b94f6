package dev.lander.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the system says of this machine and process. */
public final class Machine {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Path MIGRATE_REQUESTS = Path.of("/proc/sys/net/ipv4/tcp_migrate_req");
    private static final Path NAME = Path.of("/proc/sys/kernel/hostname");
    private static final Pattern OPEN_FILES = Pattern.compile("Max open files +(\\d+)");

    /** When the system does not say: what most systems start with. */
    private static final long USUAL_LIMIT = 1_024;

    private Machine() {}

    /** How many file descriptors the process may have open. */
    public static long descriptorLimit() {
        try {
            Matcher limit = OPEN_FILES.matcher(Files.readString(LIMITS));
            return limit.find() ? Long.parseLong(limit.group(1)) : USUAL_LIMIT;
        } catch (IOException noSuchSystem) {
            return USUAL_LIMIT;
        }
    }

    /** The machine's name, as {@code hostname} shows it. */
    public static String name() {
        try {
            return Files.readString(NAME).strip();
        } catch (IOException noSuchSystem) {
            return "lander";
        }
    }

    /** Whether a person sees what is written to this descriptor. */
    public static boolean isTerminal(int descriptor) {
        try {
            Path device = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
            return device.startsWith("/dev/pts") || device.toString().startsWith("/dev/tty");
        } catch (IOException noSuchSystem) {
            return false;
        }
    }

    /**
     * Whether connections that wait to be accepted go to another socket of the same port when theirs is closed. False
     * where the system does not say.
     */
    public static boolean migratesRequests() {
        try {
            return Files.readString(MIGRATE_REQUESTS).strip().equals("1");
        } catch (IOException noSuchSystem) {
            return false;
        }
    }

    /** Whether the address is loopback or one of this machine's interfaces. */
    public static boolean isLocal(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return false;
        }
    }
}
