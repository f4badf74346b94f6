package dev.lander.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.lander.testing.MovedClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BurstLogTest {
    private static final Duration MS = Duration.ofMillis(1);

    private final MovedClock clock = new MovedClock();
    private final Metrics metrics = new Metrics();
    private final Logger logger = (Logger) LoggerFactory.getLogger(BurstLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private int untold;
    private final BurstLog log = new BurstLog(metrics, clock, () -> untold++);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void listenNoMore() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    @Test
    void theFirstIsLoggedAtOnce() {
        log.count(Counter.CONNECT_REFUSED, "component=a");
        assertLogged("upstream_connects_failed cause=refused component=a");
        assertEquals(0, untold);
        assertEquals(1, metrics.value(Counter.CONNECT_REFUSED));
        assertEquals(Level.WARN, lines.list.get(0).getLevel());
    }

    @Test
    void aReasonCanNeitherEndItsQuotationMarksNorTheLine() {
        log.count(Counter.CONTROL_BROKEN, "control=a", "why", "it has sent \"x\"\n");
        assertLogged("control_connections_closed cause=broken control=a why=\"it has sent \\\"x\\\"\\u000a\"");
    }

    @Test
    void moreOfTheSameAreCountedButNotLogged() {
        for (int i = 0; i < 1_000; i++) {
            log.count(Counter.CONNECT_REFUSED, "component=a");
        }
        assertEquals(1, lines.list.size());
        assertEquals(999, untold);
        assertEquals(1_000, metrics.value(Counter.CONNECT_REFUSED));
    }

    @Test
    void afterThePauseTheNextLineSaysForHowManyItStands() {
        log.count(Counter.CONNECT_REFUSED, "component=a");
        log.count(Counter.CONNECT_REFUSED, "component=b");
        clock.advance(BurstLog.PAUSE.minus(MS));
        log.count(Counter.CONNECT_REFUSED, "component=c");
        clock.advance(MS);
        log.count(Counter.CONNECT_REFUSED, "component=d");
        clock.advance(BurstLog.PAUSE);
        log.count(Counter.CONNECT_REFUSED, "component=e");
        assertLogged(
                "upstream_connects_failed cause=refused component=a",
                "upstream_connects_failed cause=refused component=d more=2",
                "upstream_connects_failed cause=refused component=e");
    }

    @Test
    void everyCauseHasItsOwnPause() {
        log.count(Counter.CONNECT_REFUSED, "component=a");
        log.count(Counter.CONNECT_TIMEOUT, "component=a");
        log.count(Counter.CONNECT_REFUSED, "component=a");
        log.count(Counter.CONNECT_TIMEOUT, "component=a");
        assertLogged(
                "upstream_connects_failed cause=refused component=a",
                "upstream_connects_failed cause=timeout component=a");
    }

    @Test
    void theRestIsToldWhenNothingMoreHappens() {
        log.count(Counter.RELAY_IDLE, "relay=a");
        log.tellRest();
        assertEquals(1, lines.list.size());
        log.count(Counter.RELAY_IDLE, "relay=b");
        log.count(Counter.RELAY_IDLE, "relay=c");
        clock.advance(BurstLog.PAUSE);
        log.tellRest();
        log.tellRest();
        assertEquals(2, lines.list.size());
        String rest = lines.list.get(1).getFormattedMessage();
        assertTrue(rest.startsWith("tcp_relays_cut cause=idle "), rest);
        assertTrue(rest.endsWith(" more=2") && !rest.contains("  "), rest);
    }

    @Test
    void theRestIsALineThatBeginsAPauseToo() {
        log.count(Counter.RELAY_IDLE, "relay=a");
        log.count(Counter.RELAY_IDLE, "relay=b");
        clock.advance(BurstLog.PAUSE);
        log.tellRest();
        clock.advance(BurstLog.PAUSE.minus(MS));
        log.count(Counter.RELAY_IDLE, "relay=c");
        assertEquals(2, lines.list.size());
        clock.advance(MS);
        log.count(Counter.RELAY_IDLE, "relay=d");
        assertEquals(3, lines.list.size());
        assertTrue(lines.list.get(2).getFormattedMessage().endsWith("relay=d more=1"));
    }

    @Test
    void theRestOfOneCauseIsNotToldWithinThePauseOfItsLastLine() {
        log.count(Counter.RELAY_IDLE, "relay=a");
        log.count(Counter.RELAY_IDLE, "relay=b");
        clock.advance(BurstLog.PAUSE.minus(MS));
        log.count(Counter.CONNECT_REFUSED, "component=a");
        log.count(Counter.CONNECT_REFUSED, "component=b");
        clock.advance(MS);
        untold = 0;
        log.tellRest();
        assertEquals(3, lines.list.size());
        assertEquals(1, untold, "the other cause's rest is to be told later");
        clock.advance(BurstLog.PAUSE);
        log.tellRest();
        assertEquals(4, lines.list.size());
        String rest = lines.list.get(3).getFormattedMessage();
        assertTrue(rest.startsWith("upstream_connects_failed cause=refused "), rest);
    }

    @Test
    void noTextIsMadeOfWhatIsNotLogged() {
        log.count(Counter.RELAY_IDLE, "relay=a");
        log.count(Counter.RELAY_IDLE, new Object() {
            @Override
            public String toString() {
                throw new AssertionError("made into text");
            }
        });
        assertEquals(1, lines.list.size());
    }

    private void assertLogged(String... expected) {
        assertEquals(
                List.of(expected),
                lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
    }
}
