package dev.lander.cluster.members;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.FreePorts;
import dev.lander.text.AddressText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members in one process, over loopback. */
@Timeout(90)
class GroupChannelTest {
    /** Members that start together may first be several clusters, which merge. */
    private static final Duration MERGE_LIMIT = Duration.ofSeconds(30);

    private final List<Integer> ports = List.of(FreePorts.next(), FreePorts.next(), FreePorts.next());
    private Path key;

    @BeforeEach
    void makeKey(@TempDir Path folder) throws IOException {
        key = Member.key(folder, "first");
    }

    @Test
    void whatOneMulticastsAllOthersGetInOrder() throws IOException {
        try (Member a = start(0);
                Member b = start(1);
                Member c = start(2)) {
            awaitAll(a, b, c);
            List<String> sent =
                    IntStream.range(0, 1_000).mapToObj(Integer::toString).toList();
            sent.forEach(a::multicast);
            Await.until("b has all", () -> b.received().size() == sent.size());
            Await.until("c has all", () -> c.received().size() == sent.size());
            assertEquals(sent, b.received());
            assertEquals(sent, c.received());
            assertEquals(List.of(), a.received(), "its own are none of its news");
        }
    }

    @Test
    void whatIsSentToOneReachesIt() throws IOException {
        try (Member a = start(0);
                Member b = start(1);
                Member c = start(2)) {
            awaitAll(a, b, c);
            a.send(b, "for b");
            a.multicast("for all");
            Await.until("c has its one", () -> c.received().equals(List.of("for all")));
            Await.until("b has both", () -> b.received().size() == 2);
            assertTrue(b.received().containsAll(List.of("for b", "for all")), () -> b.received() + "");
        }
    }

    @Test
    void whoeverJoinsHasAllTellEverything() throws IOException {
        try (Member a = start(0);
                Member b = start(1)) {
            awaitAll(a, b);
            Await.until("both were asked", () -> a.asked() >= 1 && b.asked() >= 1);
            int askedA = a.asked();
            int askedB = b.asked();
            try (Member c = start(2)) {
                awaitAll(a, b, c);
                Await.until("all are asked", () -> a.asked() > askedA && b.asked() > askedB && c.asked() >= 1);
                assertEquals(
                        "joined host:" + ports.get(2) + " " + ports.get(2),
                        a.calls().stream()
                                .filter(one -> one.endsWith(" " + ports.get(2)))
                                .findFirst()
                                .orElseThrow());
            }
            Await.until("c is lost", () -> a.others().size() == 1 && b.others().size() == 1);
        }
    }

    @Test
    void aListWithOneAddressIsEnough() throws IOException {
        List<Integer> first = List.of(ports.get(0));
        try (Member a = Member.start(key, ports.get(0), first);
                Member b = Member.start(key, ports.get(1), first);
                Member c = Member.start(key, ports.get(2), first)) {
            awaitAll(a, b, c);
            b.multicast("hello");
            Await.until("c hears b", () -> c.received().contains("hello"));
        }
    }

    @Test
    void whoDoesNotListTheOthersIsFoundByThem() throws IOException {
        try (Member a = Member.start(key, ports.get(0), List.of(ports.get(0)));
                Member b = Member.start(key, ports.get(1), List.of(ports.get(1)))) {
            Await.until("each is alone", () -> a.asked() == 1 && b.asked() == 1);
            try (Member c = start(2)) {
                awaitAll(a, b, c);
            }
        }
    }

    @Test
    void whoSaysNothingIsStillHeard() throws IOException {
        try (Member a = start(0);
                Member b = start(1)) {
            awaitAll(a, b);
            for (int signs = 0; signs < 2; signs++) {
                long beforeNs = System.nanoTime();
                Await.until(
                        "b's next sign of life has come",
                        () -> a.channel().silentNs(b.channel().self()) < System.nanoTime() - beforeNs);
            }
            assertEquals(Long.MAX_VALUE, a.channel().silentNs(a.channel().self()), "nobody hears himself");
        }
    }

    @Test
    void aTakenPortIsToldBeforeAnythingStarts() throws IOException {
        try (Member a = start(0)) {
            IOException refused = assertThrows(IOException.class, () -> start(0));
            assertEquals(
                    "--cluster-bind " + AddressText.of(a.channel().address()) + ": Address already in use",
                    refused.getMessage());
        }
    }

    @Test
    void aMessageLongerThanAPacketArrivesWhole() throws IOException {
        try (Member a = start(0);
                Member b = start(1)) {
            awaitAll(a, b);
            String sent = "x".repeat(1_000_000);
            a.multicast(sent);
            Await.until("it has arrived", () -> b.received().contains(sent));
        }
    }

    private Member start(int number) throws IOException {
        return Member.start(key, ports.get(number), ports);
    }

    private static void awaitAll(Member... members) {
        for (Member one : members) {
            Await.until("all see all", MERGE_LIMIT, () -> one.others().size() == members.length - 1);
        }
    }
}
