package dev.lander.simulation.network;

import java.util.PriorityQueue;

/** Simulated time, in nanoseconds, and what is going to happen in it. Events of one moment happen in their order. */
public final class Timeline {
    private record Event(long timeNs, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(timeNs, other.timeNs);
            return byTime == 0 ? Long.compare(order, other.order) : byTime;
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long nowNs;
    private long added;

    /** The simulated time. */
    public long nowNs() {
        return nowNs;
    }

    /** Lets the action happen after this time. */
    public void after(long delayNs, Runnable action) {
        at(nowNs + delayNs, action);
    }

    /** Lets the action happen at that time, or now if that has passed. */
    public void at(long timeNs, Runnable action) {
        events.add(new Event(Math.max(nowNs, timeNs), added++, action));
    }

    /** Lets the next event happen if it is not later than that; false when there is none. */
    public boolean runNext(long untilNs) {
        Event next = events.peek();
        if (next == null || next.timeNs > untilNs) {
            return false;
        }
        events.remove();
        nowNs = next.timeNs;
        next.action.run();
        return true;
    }

    /** Lets everything happen up to that time, which it is then. */
    public void runUntil(long untilNs) {
        while (runNext(untilNs)) {
            // until nothing more is due
        }
        nowNs = Math.max(nowNs, untilNs);
    }

    /** How much is going to happen. */
    public int size() {
        return events.size();
    }

    /** Whether nothing more is going to happen. */
    public boolean isOver() {
        return events.isEmpty();
    }
}
