package dev.lander.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.listing.ClusterEvent;
import dev.lander.listing.RelayPhase;
import dev.lander.listing.WaitsFor;
import dev.lander.text.Word;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The words that peers send and read, which no renaming in the code may change. */
class WordsTest {
    @Test
    void everyEnumHasTheWordsOfTheProtocol() {
        assertEquals("tcp udp", words(Protocol.values()));
        assertEquals("roundrobin leastconn random source", words(Balance.values()));
        assertEquals("none client", words(Affinity.values()));
        assertEquals("none v1 v2 v2-each", words(ProxyProtocol.values()));
        assertEquals("good draining bad unreachable silent", words(State.values()));
        assertEquals(
                "proxy_header client_hello queueing connecting relaying resetting settled", words(RelayPhase.values()));
        assertEquals(
                "either client component client_to_read component_to_read both_to_read pace room",
                words(WaitsFor.values()));
    }

    @Test
    void eventsOfTheClusterHaveTheWordsOfTheManual() {
        assertEquals(
                "member_joined member_lost member_leaving peer_cannot_serve peer_serves terms_lost",
                words(ClusterEvent.values()));
    }

    private static String words(Word... all) {
        return Stream.of(all).map(Word::word).collect(Collectors.joining(" "));
    }
}
