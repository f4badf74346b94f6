package dev.lander.host;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What takes long is computed beside the loop: by one thread, which is there while there is something to do. */
public final class Helper {
    private static final long IDLE_S = 10;

    private Helper() {}

    /** Computes one after the other, on a thread of this name. */
    public static Executor thread(String name) {
        ThreadPoolExecutor helper =
                new ThreadPoolExecutor(1, 1, IDLE_S, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, name);
                    thread.setDaemon(true);
                    return thread;
                });
        helper.allowCoreThreadTimeOut(true);
        return helper;
    }
}
