package dev.lander.log;

/** Hears of lines that the access log has lost. From any thread. */
public interface LostLines {
    /** One did not wait to be written: the disk, or the reader, is too slow. */
    void onQueueFull();

    /**
     * One could not be written.
     *
     * @param why the system's reason
     */
    void onWriteFailed(String why);
}
