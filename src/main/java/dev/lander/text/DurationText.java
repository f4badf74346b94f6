package dev.lander.text;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as users and components write them: {@code 50us}, {@code 250ms}, {@code 5s}, {@code 10m}, {@code 1h} or
 * {@code 0}.
 */
public final class DurationText {
    /** A hundred years: no sum of a few such durations overflows in nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private static final Pattern DURATION = Pattern.compile("(?<count>[0-9]{1,9})(?<unit>us|ms|s|m|h)");

    private DurationText() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException when the text is none, or longer than 100 years; the message is for users
     */
    public static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no duration like 250ms, 5s, 10m or 1h");
        }
        long count = Long.parseLong(parts.group("count"));
        Duration duration =
                switch (parts.group("unit")) {
                    case "us" -> Duration.of(count, ChronoUnit.MICROS);
                    case "ms" -> Duration.ofMillis(count);
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    default -> Duration.ofHours(count);
                };
        if (duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("'" + text + "' is longer than 100 years");
        }
        return duration;
    }

    /** The duration as {@link #parse} reads it, in the largest unit of which it is a whole number. */
    public static String of(Duration duration) {
        return ofNs(duration.toNanos());
    }

    /** Like {@link #of}, of a duration in nanoseconds. */
    public static String ofNs(long ns) {
        long us = ns / 1_000;
        if (us == 0) {
            return "0";
        } else if (us % 1_000 != 0) {
            return us + "us";
        } else if (us % 1_000_000 != 0) {
            return us / 1_000 + "ms";
        }
        long seconds = us / 1_000_000;
        if (seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3_600 != 0 ? seconds / 60 + "m" : seconds / 3_600 + "h";
    }
}
