package dev.lander.simulation.network;

/** A socket as the system has it: it is there until it is closed, whatever became of the channel that stood for it. */
interface Descriptor {
    /** The events of {@link Poll} that it has now, whether anyone asks for them or not. */
    int poll();

    /** Runs this whenever something has changed that its owner can see. */
    void watch(Runnable news);

    /** Gives the descriptor back. */
    void close();
}
