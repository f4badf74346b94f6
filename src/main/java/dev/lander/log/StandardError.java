package dev.lander.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.event.Level;

/** Whether this process's standard error leads to systemd's journal, and how a line says there how grave it is. */
public final class StandardError {
    private static final Path DESCRIPTOR = Path.of("/proc/self/fd/2");

    private StandardError() {}

    /**
     * Whether it is the stream to the journal that systemd has named by its device and inode, in
     * {@code JOURNAL_STREAM}: a process may have inherited the variable and write elsewhere.
     */
    public static boolean isJournal(Map<String, String> environment) {
        String stream = environment.getOrDefault("JOURNAL_STREAM", "");
        if (stream.isEmpty()) {
            return false;
        }
        try {
            return stream.equals(
                    Files.getAttribute(DESCRIPTOR, "unix:dev") + ":" + Files.getAttribute(DESCRIPTOR, "unix:ino"));
        } catch (IOException | UnsupportedOperationException noSuchSystem) {
            return false;
        }
    }

    /** What the journal takes a line's priority from, as sd-daemon(3) has it, at the line's begin. */
    public static String priority(Level level) {
        return switch (level) {
            case ERROR -> "<3>";
            case WARN -> "<4>";
            case INFO -> "<6>";
            case DEBUG, TRACE -> "<7>";
        };
    }
}
