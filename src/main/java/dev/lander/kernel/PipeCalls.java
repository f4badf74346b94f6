package dev.lander.kernel;

import java.nio.channels.SocketChannel;

/**
 * The system's calls for pipes. What the system refuses is no exception but the result: the error's number, negated.
 */
public interface PipeCalls {
    /** A channel's descriptor; it must be open: a closed one's may be another's by now. */
    int descriptorOf(SocketChannel channel);

    /**
     * Makes a pipe whose ends never wait.
     *
     * @param ends gets the descriptor of the end to read, and of the one to write
     * @return 0, or the negated error
     */
    int pipe(int[] ends);

    /**
     * Sets how many bytes of whole pages a pipe holds.
     *
     * @return how many it holds now, or the negated error
     */
    int setSize(int end, int bytes);

    /**
     * Moves bytes between a pipe and a socket, without waiting.
     *
     * @param most bytes
     * @return how many were moved, 0 when the source has ended, or the negated error
     */
    int splice(int from, int to, int most);

    /** Closes a descriptor. */
    void close(int descriptor);
}
