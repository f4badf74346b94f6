package dev.lander.reactor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All lists of deadlines, and the firing of those that are due. */
final class Timetable {
    /** Deadlines fired in one turn: sockets are served before the rest, however many are due together. */
    static final int FIRED_PER_TURN = 64;

    /** Fired in a turn that is long already. */
    static final int FIRED_PER_LONG_TURN = 8;

    private final LoopClock clock;
    private final Faults faults;
    private final List<Deadlines> lists = new ArrayList<>();

    /** Those of the lists that are for anybody, by their length. */
    private final Map<Duration, Deadlines> shared = new HashMap<>();

    /** The list to begin with in the next turn, so that each gets its share when more are due than one turn fires. */
    private int first;

    Timetable(LoopClock clock, Faults faults) {
        this.clock = clock;
        this.faults = faults;
    }

    Deadlines shared(Duration length) {
        return shared.computeIfAbsent(length, this::own);
    }

    Deadlines own(Duration length) {
        Deadlines list = new Deadlines(clock, faults, length.toNanos());
        lists.add(list);
        return list;
    }

    /** When the first deadline is due, in the loop's time; {@link Long#MAX_VALUE} when there is none. */
    long nextDueNs() {
        long dueNs = Long.MAX_VALUE;
        for (int i = 0; i < lists.size(); i++) {
            dueNs = Math.min(dueNs, lists.get(i).nextDueNs());
        }
        return dueNs;
    }

    /**
     * Fires what is due. What is left after {@link #FIRED_PER_TURN}, or fewer when the turn gets long, is due in the
     * next turn, and waits for nothing.
     */
    void fireDue() {
        long nowNs = clock.nowNs();
        int fired = 0;
        int begin = first;
        for (int i = 0; i < lists.size(); i++) {
            int index = (begin + i) % lists.size();
            Deadlines list = lists.get(index);
            while (list.fireFirst(nowNs)) {
                fired++;
                if (fired % FIRED_PER_LONG_TURN == 0 && (fired == FIRED_PER_TURN || clock.isTurnLong())) {
                    first = index + 1;
                    return;
                }
            }
        }
    }
}
