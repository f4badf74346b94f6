package dev.lander.relay;

import dev.lander.listing.OpenRelay;
import dev.lander.listing.OpenRelays;
import dev.lander.listing.RelayPage;
import dev.lander.listing.RelayQuery;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lists what is open, page by page. A look goes through a bounded number of places for the one who has asked first, and
 * is followed by a pause, however many ask. Where there is little to look at nobody waits.
 */
public final class RelayPages implements OpenRelays {
    /** What a page has at most. With the longest names it is some 300 KB. */
    static final int MAX_ON_PAGE = 256;

    /** Places that a look goes through. */
    static final int PLACES_A_LOOK = 2_048;

    /** What has at most this many places is looked through at once. */
    static final int FEW = 64;

    /** Between two looks. */
    private static final Duration PAUSE = Duration.ofMillis(5);

    /** Places of UDP flows count from here on; there are never as many of TCP. */
    private static final int UDP_BEGIN = 1 << 30;

    private final Reactor reactor;
    private final OpenList tcp;
    private final OpenList udp;
    private final Deadline pause;

    /** Those that wait, in the order in which they have asked. */
    private final Map<Asker, Listing> waiting = new LinkedHashMap<>();

    /** Lists what is in these. */
    public RelayPages(Reactor reactor, OpenList tcp, OpenList udp) {
        this.reactor = reactor;
        this.tcp = tcp;
        this.udp = udp;
        this.pause = reactor.deadlines(PAUSE).create(this::onPaused);
    }

    @Override
    public void ask(RelayQuery query, Asker asker) {
        Listing listing = new Listing(query);
        RelayPage page = listing.isShort() ? listing.goOn() : null;
        if (page != null) {
            asker.onPage(page);
            return;
        }
        waiting.put(asker, listing);
        if (!pause.isStarted()) {
            look();
        }
    }

    @Override
    public void forget(Asker asker) {
        waiting.remove(asker);
    }

    private void onPaused() {
        if (!waiting.isEmpty()) {
            look();
        }
    }

    private void look() {
        Iterator<Map.Entry<Asker, Listing>> first = waiting.entrySet().iterator();
        Map.Entry<Asker, Listing> one = first.next();
        Asker asker = one.getKey();
        pause.start();
        RelayPage page = one.getValue().goOn();
        if (page == null) {
            return;
        }
        first.remove();
        try {
            asker.onPage(page);
        } catch (RuntimeException defect) {
            reactor.contain(asker, defect);
        }
    }

    /** A page that is being gathered. */
    private final class Listing {
        private final RelayQuery query;
        private final List<OpenRelay> found = new ArrayList<>();

        /** The next place to look at; of UDP from {@link #UDP_BEGIN} on. */
        private int place;

        Listing(RelayQuery query) {
            this.query = query;
            this.place = query.after();
        }

        /** Whether there are few places to look at. */
        boolean isShort() {
            return places(tcp, Protocol.TCP) + places(udp, Protocol.UDP) <= FEW;
        }

        private int places(OpenList list, Protocol protocol) {
            return query.includes(protocol) ? list.end() : 0;
        }

        /** Looks at some more places; the page, or null when more looks are needed. */
        @Nullable
        RelayPage goOn() {
            int left = PLACES_A_LOOK;
            if (place < UDP_BEGIN) {
                int end = places(tcp, Protocol.TCP);
                left -= goThrough(tcp, 0, end, left);
                if (place < end) {
                    return isFull() ? new RelayPage(found, place) : null;
                }
                place = UDP_BEGIN;
            }
            int end = places(udp, Protocol.UDP);
            goThrough(udp, UDP_BEGIN, end, left);
            if (place - UDP_BEGIN >= end) {
                return new RelayPage(found, 0);
            }
            return isFull() ? new RelayPage(found, place) : null;
        }

        /** Goes through the list from the present place, as far as it may; how many places that were. */
        private int goThrough(OpenList list, int begin, int end, int most) {
            int from = place;
            while (place - begin < end && place - from < most && !isFull()) {
                OpenList.Entry entry = list.at(place - begin);
                if (entry != null && query.includes(entry.relayPort(), entry.component())) {
                    found.add(entry.shown());
                }
                place++;
            }
            return place - from;
        }

        private boolean isFull() {
            return found.size() == MAX_ON_PAGE;
        }
    }
}
