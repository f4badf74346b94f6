package dev.lander.cluster;

import dev.lander.reactor.Reactor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What is still to be said to all others. What is told of a component is what is true when it is told, so many changes
 * of one are one piece of news; and a large set is told in portions, over several turns.
 */
final class Outbox {
    /** A message ends behind the piece of news that makes it this long, in bytes. */
    private static final int MESSAGE = 4 * 1024;

    /** Pieces of news in a turn, unless it gets long before. */
    private static final int A_TURN = 256;

    private final Reactor reactor;
    private final Members members;
    private final HoldTable table;
    private final NewsCodec codec = new NewsCodec();
    private final Runnable send = this::send;

    /** Of these holds something has changed. */
    private final Set<Identity> changed = new LinkedHashSet<>();

    /** Other news, which goes first. */
    private final Deque<News> others = new ArrayDeque<>();

    /** What is left of the whole set that is being told. */
    private final Deque<Identity> set = new ArrayDeque<>();

    private boolean tellsSet;
    private boolean scheduled;

    Outbox(Reactor reactor, Members members, HoldTable table) {
        this.reactor = reactor;
        this.members = members;
        this.table = table;
    }

    /** This member's hold of the component is new, different or no more. */
    void onChanged(Identity identity) {
        changed.add(identity);
        schedule();
    }

    /** Tells this, too. */
    void add(News news) {
        others.add(news);
        schedule();
    }

    /** Tells the whole set, from the beginning. */
    void tellAll() {
        add(new News.Begin());
        set.clear();
        set.addAll(table.of(members.self()));
        tellsSet = true;
    }

    /** Tells now all that is to be told. */
    void flush() {
        while (hasMore()) {
            sendOne();
        }
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            reactor.atTurnEnd(send);
        }
    }

    private void send() {
        scheduled = false;
        int pieces = 0;
        while (hasMore()) {
            if (pieces >= A_TURN || (pieces > 0 && reactor.isTurnLong())) {
                scheduled = true;
                reactor.afterSelect(send);
                return;
            }
            pieces += sendOne();
        }
    }

    private boolean hasMore() {
        return !others.isEmpty() || !changed.isEmpty() || tellsSet;
    }

    /** One message; says how many pieces of news it has. */
    private int sendOne() {
        int pieces = 0;
        while (codec.size() < MESSAGE && !others.isEmpty()) {
            codec.add(others.remove());
            pieces++;
        }
        while (codec.size() < MESSAGE && others.isEmpty() && !changed.isEmpty()) {
            Identity identity = changed.iterator().next();
            changed.remove(identity);
            tell(identity);
            pieces++;
        }
        while (codec.size() < MESSAGE && others.isEmpty() && changed.isEmpty() && tellsSet) {
            Identity identity = set.poll();
            if (identity == null) {
                codec.add(new News.End());
                tellsSet = false;
            } else {
                tell(identity);
            }
            pieces++;
        }
        members.multicast(codec.take());
        return pieces;
    }

    private void tell(Identity identity) {
        Hold hold = table.get(members.self(), identity);
        codec.add(hold == null ? new News.Released(identity) : new News.Held(identity, hold));
    }
}
