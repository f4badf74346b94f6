package dev.lander.relay.udp;

import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.relay.Batch;
import dev.lander.relay.proxy.ProxyHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** A relay port's socket as its flows see it: answers leave by it, from the address that the client has asked. */
final class AnswerSocket implements Batch.Owner<InetSocketAddress> {
    private final DatagramChannel channel;
    private final InetSocketAddress address;
    private final BurstLog log;
    private final Object port;

    /**
     * Answers by this socket.
     *
     * @param address where it is bound
     * @param port the relay port, as in the log
     */
    AnswerSocket(DatagramChannel channel, InetSocketAddress address, BurstLog log, Object port) {
        this.channel = channel;
        this.address = address;
        this.log = log;
        this.port = port;
    }

    @Override
    public void send(InetSocketAddress client, ByteBuffer answer) {
        int length = answer.remaining();
        try {
            if (channel.send(answer, client) == length) {
                return;
            }
        } catch (IOException fault) {
            // Counted below, whatever the reason: a datagram may be lost.
        }
        log.count(Counter.ANSWER_SEND_FAILED, port);
    }

    @Override
    public void onFault(Exception defect) {
        log.count(Counter.ANSWER_SEND_FAILED, port);
    }

    /** Puts the PROXY header into the room ahead of a client's datagram. */
    void putHeaderAhead(ByteBuffer datagram, InetSocketAddress client) {
        int start = datagram.position() - ProxyHeader.v2Length(client);
        datagram.position(start);
        ProxyHeader.put(datagram, ProxyProtocol.V2, Protocol.UDP, client, address);
        datagram.position(start);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return port.toString();
    }
}
