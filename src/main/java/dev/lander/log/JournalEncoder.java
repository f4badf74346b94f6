package dev.lander.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import org.slf4j.event.Level;

/** Begins each line, those of a stack trace too, with the priority that the journal shows and filters it by. */
final class JournalEncoder extends LineEncoder {
    JournalEncoder(ZoneId zone) {
        super(zone);
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String priority = StandardError.priority(Level.valueOf(event.getLevel().toString()));
        String text = text(event).stripTrailing();
        return (priority + text.replace("\n", "\n" + priority) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
