package dev.lander.log;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * What users can set about what is written.
 *
 * @param level from which level on is logged
 * @param accessLog gets one line per finished relay and flow; {@code -} is standard output; null = off
 */
public record LogSettings(Level level, @Nullable Path accessLog) {
    /** What holds unless a user says otherwise. */
    public static final LogSettings DEFAULT = new LogSettings(Level.INFO, null);
}
