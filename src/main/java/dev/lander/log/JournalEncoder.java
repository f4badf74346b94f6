package dev.lander.log;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.charset.StandardCharsets;
import org.slf4j.event.Level;

/** Begins each line, those of a stack trace too, with the priority that the journal shows and filters it by. */
final class JournalEncoder extends PatternLayoutEncoder {
    @Override
    public byte[] encode(ILoggingEvent event) {
        String priority = StandardError.priority(Level.valueOf(event.getLevel().toString()));
        String text = getLayout().doLayout(event).stripTrailing();
        return (priority + text.replace("\n", "\n" + priority) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
