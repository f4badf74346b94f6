package dev.lander.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.listing.OpenRelay;
import dev.lander.listing.OpenRelays;
import dev.lander.listing.Progress;
import dev.lander.listing.RelayPage;
import dev.lander.listing.RelayPhase;
import dev.lander.listing.RelayQuery;
import dev.lander.listing.WaitsFor;
import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.testing.RunningReactor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RelayPagesTest {
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final RelayPort TCP_80 = new RelayPort(Protocol.TCP, 80);
    private static final RelayPort UDP_53 = new RelayPort(Protocol.UDP, 53);

    /** What is open, and how often the loop has looked at it. */
    private final class Open implements OpenList.Entry {
        private final RelayPort relayPort;
        private final String name;

        Open(RelayPort relayPort, String name) {
            this.relayPort = relayPort;
            this.name = name;
        }

        @Override
        public RelayPort relayPort() {
            looks++;
            return relayPort;
        }

        @Override
        public @Nullable Component component() {
            return null;
        }

        @Override
        public OpenRelay shown() {
            return new OpenRelay(relayPort, name, "", 0, Progress.before(RelayPhase.CONNECTING, WaitsFor.COMPONENT));
        }
    }

    private static final class Answer implements OpenRelays.Asker {
        private @Nullable RelayPage page;

        @Override
        public void onPage(RelayPage page) {
            this.page = page;
        }

        @Override
        public void onFault(Exception defect) {
            throw new AssertionError(defect);
        }
    }

    private final OpenList tcp = new OpenList();
    private final OpenList udp = new OpenList();
    private RunningReactor loop;
    private RelayPages pages;
    private long looks;

    @BeforeEach
    void start() throws IOException {
        loop = new RunningReactor();
        pages = new RelayPages(loop.reactor(), tcp, udp);
        loop.start();
    }

    @AfterEach
    void end() {
        loop.close();
        assertEquals(List.of(), loop.faults());
    }

    @Test
    void nothingIsOneEmptyPage() {
        assertEquals(new RelayPage(List.of(), 0), ask(RelayQuery.ALL));
    }

    @Test
    void aHundredThousandDoNotHoldUpTheLoop() {
        fill(tcp, TCP_80, 100_000);
        fill(udp, UDP_53, 1_000);
        RelayQuery nobody = new RelayQuery(null, 81, null, 0);
        Answer answer = new Answer();
        loop.inLoop(() -> pages.ask(nobody, answer));
        int turns = 1;
        while (answer.page == null) {
            long before = looks;
            loop.advance(PAUSE);
            assertTrue(looks - before <= RelayPages.PLACES_A_LOOK, () -> looks - before + " looks in a turn");
            turns++;
        }
        assertEquals(new RelayPage(List.of(), 0), answer.page);
        assertEquals(101_000, looks);
        assertEquals(101_000 / RelayPages.PLACES_A_LOOK + 1, turns);
    }

    @Test
    void aPageIsBoundedAndAllPagesTogetherAreAll() {
        fill(tcp, TCP_80, 1_000);
        fill(udp, UDP_53, 300);
        List<String> names = new ArrayList<>();
        int after = 0;
        do {
            RelayPage page = ask(new RelayQuery(null, 0, null, after));
            assertTrue(page.relays().size() <= RelayPages.MAX_ON_PAGE);
            page.relays().forEach(relay -> names.add(relay.client()));
            after = page.next();
        } while (after != 0);
        assertEquals(1_300, names.size());
        assertEquals(1_300, new TreeSet<>(names).size());
        assertEquals("tcp/80 0", names.get(0));
        assertEquals("udp/53 299", names.get(1_299));
    }

    @Test
    void aFilterLooksAtOneProtocolOrPortAlone() {
        fill(tcp, TCP_80, 10);
        fill(udp, UDP_53, 20);
        assertEquals(10, ask(new RelayQuery(Protocol.TCP, 0, null, 0)).relays().size());
        assertEquals(20, ask(new RelayQuery(Protocol.UDP, 0, null, 0)).relays().size());
        assertEquals(20, ask(new RelayQuery(null, 53, null, 0)).relays().size());
        assertEquals(0, ask(new RelayQuery(Protocol.TCP, 53, null, 0)).relays().size());
        assertEquals(0, ask(new RelayQuery(null, 0, "web", 0)).relays().size());
    }

    @Test
    void anyNumberMayBeWhereToBegin() {
        fill(tcp, TCP_80, 3);
        fill(udp, UDP_53, 3);
        for (int after : new int[] {1, 2, 3, 1_000, 1 << 30, (1 << 30) + 2, Integer.MAX_VALUE}) {
            RelayPage page = ask(new RelayQuery(null, 0, null, after));
            assertEquals(0, page.next());
            assertTrue(page.relays().size() < 6);
        }
        assertEquals(
                1, ask(new RelayQuery(null, 0, null, (1 << 30) + 2)).relays().size());
    }

    @Test
    void whatStaysOpenIsListedOnceWhileOthersComeAndGo() {
        Random random = new Random(11);
        Set<String> staying = new TreeSet<>();
        List<Integer> leaving = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            if (random.nextBoolean()) {
                staying.add("staying " + i);
                tcp.add(new Open(TCP_80, "staying " + i));
            } else {
                leaving.add(tcp.add(new Open(TCP_80, "leaving")));
            }
        }
        List<String> listed = new ArrayList<>();
        int after = 0;
        do {
            RelayPage page = ask(new RelayQuery(null, 0, null, after));
            page.relays().forEach(relay -> listed.add(relay.client()));
            after = page.next();
            loop.inLoop(() -> {
                for (int i = 0; i < 100 && !leaving.isEmpty(); i++) {
                    tcp.remove(leaving.remove(random.nextInt(leaving.size())));
                }
                for (int i = 0; i < 50; i++) {
                    tcp.add(new Open(TCP_80, "new"));
                }
            });
        } while (after != 0);
        listed.removeIf(name -> !name.startsWith("staying"));
        assertEquals(staying.size(), listed.size());
        assertEquals(staying, new TreeSet<>(listed));
    }

    @Test
    void manyWhoAskAreAnsweredOneAfterTheOther() {
        fill(tcp, TCP_80, RelayPages.FEW + 1);
        List<Answer> answers = new ArrayList<>();
        loop.inLoop(() -> {
            for (int i = 0; i < 5; i++) {
                answers.add(new Answer());
                pages.ask(RelayQuery.ALL, answers.get(i));
            }
            pages.forget(answers.get(2));
        });
        List<Long> answered = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answered.add(answers.stream().filter(answer -> answer.page != null).count());
            loop.advance(PAUSE);
        }
        assertEquals(List.of(1L, 2L, 3L, 4L, 4L), answered);
    }

    @Test
    void whereLittleIsOpenNobodyWaits() {
        fill(tcp, TCP_80, RelayPages.FEW - 1);
        fill(udp, UDP_53, 1);
        loop.inLoop(() -> {
            for (int i = 0; i < 5; i++) {
                Answer answer = new Answer();
                pages.ask(RelayQuery.ALL, answer);
                RelayPage page = Objects.requireNonNull(answer.page);
                assertEquals(RelayPages.FEW, page.relays().size());
            }
        });
    }

    @Test
    void placesAreUsedAgain() {
        int first = tcp.add(new Open(TCP_80, "first"));
        int second = tcp.add(new Open(TCP_80, "second"));
        tcp.remove(first);
        assertEquals(first, tcp.add(new Open(TCP_80, "third")));
        assertEquals(second + 1, tcp.add(new Open(TCP_80, "fourth")));
    }

    private void fill(OpenList list, RelayPort relayPort, int count) {
        for (int i = 0; i < count; i++) {
            list.add(new Open(relayPort, relayPort + " " + i));
        }
    }

    private RelayPage ask(RelayQuery query) {
        Answer answer = new Answer();
        loop.inLoop(() -> pages.ask(query, answer));
        while (answer.page == null) {
            loop.advance(PAUSE);
        }
        return answer.page;
    }
}
