package dev.lander.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Threads that do one thing over and over until they are told to stop. */
final class Actors {
    private static final long END_MS = 20_000;

    /** Something to do once. */
    @FunctionalInterface
    interface Act {
        void perform(SplittableRandom random) throws Exception;
    }

    private final SplittableRandom seeds;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    Actors(long seed) {
        this.seeds = new SplittableRandom(seed);
    }

    /** This many threads do it over and over; that it fails is part of the play. */
    void add(String name, int count, Act act) {
        for (int i = 0; i < count; i++) {
            SplittableRandom random = seeds.split();
            Thread thread = new Thread(() -> repeat(act, random), name);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Waits, in the play's time: the length of a pause is what is being played. */
    void pause(int millis) {
        long endNs = System.nanoTime() + millis * 1_000_000L;
        while (System.nanoTime() < endNs && !stopped.get()) {
            LockSupport.parkNanos(Math.min(50_000_000L, endNs - System.nanoTime()));
        }
    }

    void stop() throws InterruptedException {
        stopped.set(true);
        for (Thread thread : threads) {
            thread.join(END_MS);
            if (thread.isAlive()) {
                throw new AssertionError("has not ended: " + thread.getName());
            }
        }
    }

    private void repeat(Act act, SplittableRandom random) {
        while (!stopped.get()) {
            try {
                act.perform(random);
            } catch (Exception partOfThePlay) {
                pause(20);
            }
        }
    }
}
