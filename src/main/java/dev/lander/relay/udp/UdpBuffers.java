package dev.lander.relay.udp;

import dev.lander.reactor.Reactor;
import dev.lander.relay.Batch;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Where all datagrams are received; those that are ready together are then sent together. */
final class UdpBuffers {
    /** In bytes, as room for it. */
    static final int LONGEST_DATAGRAM = 65_535;

    /** Bytes ahead of a datagram for a PROXY header. */
    static final int HEADER_ROOM = 64;

    /** Bytes of datagrams that wait for each other: some hundred of usual size. */
    private static final int BATCH = 128 * 1024;

    private final Batch<InetSocketAddress> requests;
    private final Batch<InetSocketAddress> answers;
    private final ByteBuffer scrap = ByteBuffer.allocateDirect(1);

    UdpBuffers(Reactor reactor) {
        this.requests = new Batch<>(reactor, BATCH, LONGEST_DATAGRAM, HEADER_ROOM);
        this.answers = new Batch<>(reactor, BATCH, LONGEST_DATAGRAM, HEADER_ROOM);
    }

    /** What has come from clients to the socket whose turn it is. */
    Batch<InetSocketAddress> requests() {
        return requests;
    }

    /** Where the next answer is to be received. */
    ByteBuffer answerRoom() {
        if (answers.isFull()) {
            answers.sendAll();
        }
        return answers.room(LONGEST_DATAGRAM);
    }

    /** What was received in {@link #answerRoom} goes to this client, with what other flows receive next. */
    void answer(AnswerSocket socket, InetSocketAddress client) {
        answers.addForBurst(socket, client);
    }

    /** Where a datagram goes that nobody wants; it is cut short. */
    ByteBuffer scrap() {
        return scrap.clear();
    }
}
