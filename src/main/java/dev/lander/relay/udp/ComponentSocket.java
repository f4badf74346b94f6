package dev.lander.relay.udp;

import dev.lander.sockets.Channels;
import dev.lander.sockets.Sockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/**
 * A socket for datagrams to and from one component. It is connected, so that the system tells what its datagrams have
 * met; but the JDK sends no empty datagram through a connected socket, so the first of these disconnects it.
 */
final class ComponentSocket {
    /** Asked of the system for the socket, which gives what it allows: bursts of answers wait there. */
    private static final int RECEIVE_BUFFER = 1024 * 1024;

    private final DatagramChannel channel;
    private final InetSocketAddress component;
    private final Runnable earlierRefused;
    private boolean connected = true;

    /**
     * Opens and connects it.
     *
     * @param earlierRefused told when a datagram that was sent before was refused, and the one that is sent was not
     * @throws IOException when the system refuses
     */
    ComponentSocket(Sockets sockets, InetSocketAddress component, Runnable earlierRefused) throws IOException {
        this.earlierRefused = earlierRefused;
        this.component = component;
        this.channel = sockets.openForDatagrams(component.getAddress());
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.connect(component);
        } catch (IOException refused) {
            Channels.close(channel);
            throw refused;
        }
    }

    DatagramChannel channel() {
        return channel;
    }

    /**
     * Sends a datagram; how many bytes the system took: all, or none when its buffer is full. The system tells what an
     * earlier one has met, as "host unreachable" or "prohibited", in place of sending this one, and once; of a socket
     * that can't send it tells the same again.
     *
     * @throws PortUnreachableException when an earlier one was refused by the component's system
     * @throws IOException when this one can't be sent
     */
    int send(ByteBuffer datagram) throws IOException {
        int start = datagram.position();
        try {
            return write(datagram);
        } catch (PortUnreachableException refused) {
            throw refused;
        } catch (IOException ofAnEarlierOne) {
            datagram.position(start);
            int sent = write(datagram);
            earlierRefused.run();
            return sent;
        }
    }

    private int write(ByteBuffer datagram) throws IOException {
        if (!datagram.hasRemaining() && connected) {
            channel.disconnect();
            connected = false;
        }
        return connected ? channel.write(datagram) : channel.send(datagram, component);
    }

    /**
     * Receives a datagram of the component's; false when there is none.
     *
     * @throws IOException when an earlier datagram to the component was refused
     */
    boolean receive(ByteBuffer into) throws IOException {
        if (connected) {
            return channel.read(into) != 0; // -1 is an empty datagram
        }
        int start = into.position();
        for (int i = 0; i < UdpContext.DATAGRAMS_PER_TURN; i++) {
            SocketAddress sender = channel.receive(into);
            if (sender == null || sender.equals(component)) {
                return sender != null;
            }
            into.position(start); // somebody else's: not an answer
        }
        return false;
    }
}
