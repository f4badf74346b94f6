package dev.lander.log;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How a line of either log says when it was: to a millisecond, with the zone's offset. */
final class LineTime {
    private final DateTimeFormatter format;

    LineTime(ZoneId zone) {
        this.format = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
                .withLocale(Locale.ROOT)
                .withZone(zone);
    }

    void append(Instant time, StringBuilder text) {
        format.formatTo(time, text);
    }
}
