package dev.lander.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A line of the log: time, level and message, and below it the stack trace of a defect. Not logback's pattern, which
 * makes seventy classes for all that a pattern may hold: a tenth of the time to start.
 */
class LineEncoder extends EncoderBase<ILoggingEvent> {
    private static final int LEVEL_WIDTH = 5;

    private final LineTime time;

    LineEncoder(ZoneId zone) {
        this.time = new LineTime(zone);
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return text(event).getBytes(StandardCharsets.UTF_8); // whatever the locale says
    }

    @Override
    public byte @Nullable [] headerBytes() {
        return null;
    }

    @Override
    public byte @Nullable [] footerBytes() {
        return null;
    }

    /** One line or, with a stack trace, several; the last ends as the others do. */
    final String text(ILoggingEvent event) {
        StringBuilder text = new StringBuilder(200);
        time.append(Instant.ofEpochMilli(event.getTimeStamp()), text);
        String level = event.getLevel().toString();
        text.append(' ').append(level).append(" ".repeat(LEVEL_WIDTH - level.length()));
        text.append(' ').append(event.getFormattedMessage()).append('\n');
        IThrowableProxy fault = event.getThrowableProxy();
        if (fault != null) {
            text.append(ThrowableProxyUtil.asString(fault));
        }
        return text.toString();
    }
}
