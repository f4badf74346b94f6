package dev.lander.simulation.network;

/** What the selector has to know of a channel. */
interface SimulatedChannel {
    /** The socket behind it. */
    Descriptor descriptor();

    /** Which of these operations the channel is ready for, given what its socket's poll tells. */
    int readyOps(int events, int interestOps);

    /** The selector has let go of the channel: if it is closed, its descriptor is given back now. */
    void onDeregistered();
}
