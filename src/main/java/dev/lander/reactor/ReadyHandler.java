package dev.lander.reactor;

import java.io.IOException;

/** Owns one registered channel: the loop calls it when the channel is ready. */
public interface ReadyHandler extends FaultHandler {
    /**
     * The channel is ready. Does a bounded amount of work: what is left is announced again.
     *
     * @param readyOps the ready set, a subset of the key's interest
     * @throws IOException ends in {@link #onFault}
     */
    void onReady(int readyOps) throws IOException;
}
