package dev.lander.cluster;

import java.net.InetSocketAddress;

/**
 * The way to the other members. What one sends arrives in order, once or not at all, and never from outside the
 * cluster.
 */
public interface Members {
    /** This one. */
    MemberId self();

    /** The name of this one's machine, with the port where several may be on one. */
    String name();

    /** Where this one listens for the others. */
    InetSocketAddress address();

    /**
     * For how long the member has not given the sign of life that it gives every other second, in nanoseconds;
     * {@link Long#MAX_VALUE} = it has given none yet.
     */
    long silentNs(MemberId member);

    /** Sends to all others that are in the view; they get it in the order of these calls. Never blocks. */
    void multicast(byte[] message);

    /** Sends to one, in order among what is sent to it alone; lost when it is not in the view. Never blocks. */
    void send(MemberId to, byte[] message);
}
