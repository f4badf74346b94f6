package dev.lander.simulation;

import dev.lander.simulation.network.SimulatedDatagramChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** A UDP client whose every request can be told from any other's, over one socket or a new one for each. */
final class UdpClient extends Actor {
    private static final long MOST_PAUSE_NS = 60_000_000L;
    private static final int HEAD = 8;

    private final InetSocketAddress relay;
    private final int id;
    private final boolean takesNewPorts;
    private SimulatedDatagramChannel channel;
    private int sequence;
    private int answers;
    private boolean stopped;

    UdpClient(World world, String name, int id, InetSocketAddress relay, boolean takesNewPorts) throws IOException {
        super(world, name);
        this.id = id;
        this.relay = relay;
        this.takesNewPorts = takesNewPorts;
        this.channel = open();
    }

    int sent() {
        return sequence;
    }

    int answers() {
        return answers;
    }

    void stop() {
        stopped = true;
    }

    void begin() {
        world.after(random.nextLong(MOST_PAUSE_NS), () -> {
            try {
                send();
            } catch (IOException fault) {
                throw new IllegalStateException(fault);
            }
        });
    }

    @Override
    void act() throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(65_535);
        while (channel.receive(answer.clear()) != null) {
            answer.flip();
            if (answer.remaining() < HEAD || answer.getInt(0) != id || answer.getInt(4) > sequence) {
                world.violated(this, "no answer reaches another client than the one that asked");
            }
            answers++;
        }
    }

    private void send() throws IOException {
        if (stopped) {
            return;
        }
        if (takesNewPorts) {
            act();
            channel.close();
            channel = open();
        }
        sequence++;
        int length = HEAD + (random.nextInt(50) == 0 ? random.nextInt(60_000) : random.nextInt(1_000));
        ByteBuffer datagram = ByteBuffer.allocate(length).putInt(0, id).putInt(4, sequence);
        channel.send(datagram, relay);
        begin();
    }

    private SimulatedDatagramChannel open() throws IOException {
        SimulatedDatagramChannel opened = (SimulatedDatagramChannel) sockets.openDatagramChannel();
        opened.bind(new InetSocketAddress(host.address(), 0));
        opened.watch(this::wake);
        return opened;
    }
}
