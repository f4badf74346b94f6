package dev.lander.admin;

/** The admin page's threads: none keeps the process from ending. */
final class AdminThreads {
    /** For a thread that does no more than format a page. */
    private static final long STACK_BYTES = 512 * 1024;

    private AdminThreads() {}

    static Thread create(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    }
}
