package dev.lander.testing;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A clock that can keep the loop from going on, so that whatever happens meanwhile is news to one and the same turn.
 * Its time stands still until the test moves it.
 */
public final class HeldClock implements LongSupplier {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long nowNs = 1_000_000_000L;
    private boolean held;
    private boolean waiting;

    @Override
    public long getAsLong() {
        lock.lock();
        try {
            while (held) {
                waiting = true;
                changed.signalAll();
                changed.awaitUninterruptibly();
            }
            waiting = false;
            return nowNs;
        } finally {
            lock.unlock();
        }
    }

    /** Moves the clock on. */
    public void advance(Duration by) {
        lock.lock();
        try {
            nowNs += by.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** Runs the events while the loop waits for the time, which it asks for once it is woken. */
    public void hold(Runnable wake, Events events) throws Exception {
        setHeld(true);
        try {
            wake.run();
            awaitWaiting();
            events.happen();
        } finally {
            setHeld(false);
        }
    }

    /** What happens while the loop is held. */
    @FunctionalInterface
    public interface Events {
        void happen() throws Exception;
    }

    private void setHeld(boolean hold) {
        lock.lock();
        try {
            held = hold;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitWaiting() {
        lock.lock();
        try {
            while (!waiting) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
