package dev.lander.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LineEncoderTest {
    private static final Instant NOON = Instant.parse("2026-11-28T12:00:00.007Z");

    private final LineEncoder encoder = new LineEncoder(ZoneId.of("Asia/Seoul"));

    @Test
    void aLineHasTheTimeOfTheZoneTheLevelAndTheMessage() {
        assertEquals(
                "2026-11-28T21:00:00.007+09:00 WARN  10 % of 4 ends: é\n",
                encoded(Level.WARN, "{} % of {} ends: é", null, 10, 4));
        assertEquals("2026-11-28T21:00:00.007+09:00 ERROR told\n", encoded(Level.ERROR, "told", null));
    }

    @Test
    void aDefectHasItsStackTraceAndThatOfItsCause() {
        Exception cause = new IllegalArgumentException("the cause");
        List<String> lines = encoded(Level.ERROR, "told", new IllegalStateException("the defect", cause))
                .lines()
                .toList();
        assertEquals("2026-11-28T21:00:00.007+09:00 ERROR told", lines.get(0));
        assertEquals("java.lang.IllegalStateException: the defect", lines.get(1));
        assertTrue(lines.get(2).startsWith("\tat dev.lander.log.LineEncoderTest."), lines.get(2));
        assertTrue(lines.contains("Caused by: java.lang.IllegalArgumentException: the cause"), lines::toString);
    }

    private String encoded(Level level, String message, @Nullable Throwable fault, Object... arguments) {
        LoggingEvent event =
                new LoggingEvent("test", new LoggerContext().getLogger("test"), level, message, fault, arguments);
        event.setInstant(NOON);
        byte[] bytes = encoder.encode(event);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
