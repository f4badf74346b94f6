package dev.lander.log;

import dev.lander.relay.FinishedRelay;
import dev.lander.text.AddressText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line: of a finished relay, or, when that is null, of how many lines are missing.
 *
 * @param lost lines that are missing before this one
 */
record AccessLogLine(Instant time, @Nullable FinishedRelay relay, long lost) {
    /** Writes lines in {@code key=value} form; see {@code docs/operations.md}. */
    static final class Encoder {
        private static final double NS_PER_MS = 1e6;

        private final LineTime time;

        Encoder(ZoneId zone) {
            this.time = new LineTime(zone);
        }

        byte[] encode(AccessLogLine line) {
            StringBuilder text = new StringBuilder(200);
            time.append(line.time, text);
            if (line.relay == null) {
                text.append(" access_log_lines_lost count=").append(line.lost);
            } else {
                append(text, line.relay);
            }
            return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
        }

        private static void append(StringBuilder text, FinishedRelay relay) {
            text.append(" service=").append(relay.service());
            text.append(" client=").append(AddressText.of(relay.client()));
            text.append(" component=");
            text.append(relay.component() == null ? "-" : relay.component());
            appendMs(text.append(" connect_ms="), relay.connectNs());
            appendMs(text.append(" duration_ms="), relay.durationNs());
            text.append(" bytes_in=").append(relay.bytesIn());
            text.append(" bytes_out=").append(relay.bytesOut());
            text.append(" end=").append(relay.end().word());
        }

        private static void appendMs(StringBuilder text, long ns) {
            text.append(String.format(Locale.ROOT, "%.3f", ns / NS_PER_MS));
        }
    }
}
