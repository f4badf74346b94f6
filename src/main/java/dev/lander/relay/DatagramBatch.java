package dev.lander.relay;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams on their way: all that are at hand are received, then all are sent on. The same calls one after the other
 * cost less than receiving and sending in turns.
 */
final class DatagramBatch {
    /** Room ahead of a datagram for a PROXY header. */
    static final int HEADER_ROOM = 64;

    private static final int LONGEST_DATAGRAM = 65_535;
    private static final int CAPACITY = 256 * 1024;
    private static final int MOST = 256;

    /** Sends one on, from the buffer's position to its limit. */
    interface Destination {
        void accept(UdpRelaySocket socket, InetSocketAddress client, ByteBuffer datagram);
    }

    private final Destination destination;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CAPACITY);
    private final @Nullable UdpRelaySocket[] sockets = new UdpRelaySocket[MOST];
    private final @Nullable InetSocketAddress[] clients = new InetSocketAddress[MOST];
    private final int[] ends = new int[MOST];
    private int count;

    DatagramBatch(Destination destination) {
        this.destination = destination;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether there is no room for another datagram. */
    boolean isFull() {
        return count == MOST || buffer.capacity() - begin(count) < LONGEST_DATAGRAM;
    }

    /** Where to receive the next datagram: with room for the longest, unless the batch is full. */
    ByteBuffer room() {
        buffer.clear();
        buffer.position(begin(count));
        return buffer;
    }

    /** What was just received in {@link #room} is a datagram of this client's or for it, by this socket. */
    void add(UdpRelaySocket socket, InetSocketAddress client) {
        sockets[count] = socket;
        clients[count] = client;
        ends[count] = buffer.position();
        count++;
    }

    /** Sends all on, in the order in which they came. */
    void drain() {
        try {
            for (int i = 0; i < count; i++) {
                UdpRelaySocket socket = sockets[i];
                InetSocketAddress client = clients[i];
                buffer.limit(ends[i]).position(begin(i));
                if (socket != null && client != null) {
                    destination.accept(socket, client, buffer);
                }
            }
        } finally {
            // Nothing is kept alive by what was sent.
            Arrays.fill(sockets, 0, count, null);
            Arrays.fill(clients, 0, count, null);
            count = 0;
        }
    }

    /** Where the datagram of this number begins. */
    private int begin(int number) {
        return HEADER_ROOM + (number == 0 ? 0 : ends[number - 1]);
    }
}
