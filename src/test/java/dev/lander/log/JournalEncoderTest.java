package dev.lander.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalEncoderTest {
    private final LoggerContext context = new LoggerContext();

    @ParameterizedTest
    @CsvSource({"ERROR, <3>", "WARN, <4>", "INFO, <6>", "DEBUG, <7>", "TRACE, <7>"})
    void eachLevelHasItsPriority(String level, String priority) {
        List<String> lines = encoded(Level.toLevel(level), null);
        assertEquals(1, lines.size(), lines::toString);
        assertTrue(lines.get(0).matches(priority + "2\\S+ " + level + " +told"), lines::toString);
    }

    @Test
    void eachLineOfAStackTraceHasIt() {
        List<String> lines = encoded(Level.ERROR, new IllegalStateException("two\nlines"));
        assertTrue(lines.size() > 4, lines::toString);
        assertTrue(lines.stream().allMatch(line -> line.startsWith("<3>") && line.length() > 3), lines::toString);
    }

    private List<String> encoded(Level level, @Nullable Throwable fault) {
        JournalEncoder encoder = new JournalEncoder(ZoneOffset.UTC);
        Logger logger = context.getLogger("test");
        byte[] bytes = encoder.encode(new LoggingEvent("test", logger, level, "told", fault, null));
        return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }
}
