package dev.lander.relay;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a test does on a thread of its own, at the same time as something else. */
public final class Background<T> {
    private static final long LIMIT_S = 25;

    private final FutureTask<T> task;

    private Background(Callable<T> action) {
        this.task = new FutureTask<>(action);
        Thread thread = new Thread(task, "background");
        thread.setDaemon(true);
        thread.start();
    }

    public static <T> Background<T> start(Callable<T> action) {
        return new Background<>(action);
    }

    /** Something without a result. */
    public interface Action {
        void run() throws Exception;
    }

    public static Background<Boolean> run(Action action) {
        return new Background<>(() -> {
            action.run();
            return true;
        });
    }

    public boolean isDone() {
        return task.isDone();
    }

    /** Waits for its end; fails as it failed. */
    public T result() throws Exception {
        try {
            return task.get(LIMIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            } else if (failed.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw failed;
        } catch (TimeoutException stuck) {
            throw new AssertionError("has not ended within " + LIMIT_S + " s", stuck);
        }
    }
}
