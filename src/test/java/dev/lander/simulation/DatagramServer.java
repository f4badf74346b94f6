package dev.lander.simulation;

import dev.lander.simulation.network.SimulatedDatagramChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** How a component answers datagrams. */
final class DatagramServer {
    enum Habit {
        /** As often as declared, or once, at once or a moment later. */
        KEEPS_ITS_WORD,
        /** Sometimes long after. */
        LATE,
        NEVER,
        /** Sometimes more often than declared. */
        TOO_MUCH
    }

    private static final long SHORT_PAUSE_NS = 200 * World.MS;
    private static final long LONG_PAUSE_NS = 8 * World.S;
    private static final int V2_FIXED = 16;
    private static final int V2_FIRST = 0x0d;

    private final ServiceComponent owner;
    private final ComponentPlan plan;
    private @Nullable SimulatedDatagramChannel channel;
    private int received;
    private int answered;
    private boolean hasLeftUnanswered;

    DatagramServer(ServiceComponent owner, ComponentPlan plan) {
        this.owner = owner;
        this.plan = plan;
    }

    /** Datagrams that have come. */
    int received() {
        return received;
    }

    /** Answers that were sent. */
    int answered() {
        return answered;
    }

    /** Whether an empty one has come, which it does not answer. */
    boolean hasLeftUnanswered() {
        return hasLeftUnanswered;
    }

    void open() throws IOException {
        if (channel == null) {
            SimulatedDatagramChannel opened = (SimulatedDatagramChannel) owner.sockets.openDatagramChannel();
            opened.bind(owner.address());
            opened.watch(owner::wake);
            channel = opened;
        }
    }

    void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    void receive() throws IOException {
        SimulatedDatagramChannel open = channel;
        if (open == null) {
            return;
        }
        ByteBuffer datagram = owner.world.scratch();
        for (InetSocketAddress sender = (InetSocketAddress) open.receive(datagram.clear());
                sender != null;
                sender = (InetSocketAddress) open.receive(datagram.clear())) {
            datagram.flip();
            received++;
            onDatagram(open, datagram, sender);
        }
    }

    private void onDatagram(SimulatedDatagramChannel open, ByteBuffer datagram, InetSocketAddress sender)
            throws IOException {
        InetSocketAddress told = null;
        boolean hasHeader = datagram.hasRemaining() && datagram.get(0) == V2_FIRST;
        boolean isOwed = plan.proxyProtocol().equals("v2-each");
        owner.world.check(hasHeader || !isOwed, owner, "each datagram has a PROXY header where each is to have one");
        if (plan.proxyProtocol().startsWith("v2") && hasHeader) {
            ProxyText header = new ProxyText("v2");
            while (!header.isWhole()) {
                header.take(datagram.get());
            }
            told = header.client();
        }
        if (!datagram.hasRemaining()) {
            hasLeftUnanswered = true; // nobody could tell its answer from another's
            return;
        }
        UdpClient.check(owner, datagram, told);
        for (int i = 0; i < answers(); i++) {
            ByteBuffer answer = ByteBuffer.allocate(datagram.remaining());
            answer.put(datagram.duplicate()).flip();
            answer(open, answer, sender, pauseNs());
        }
    }

    private int answers() {
        int usual = plan.terms().responses() < 0 ? 1 : plan.terms().responses();
        return switch (plan.habit()) {
            case NEVER -> 0;
            case TOO_MUCH -> usual + owner.random.nextInt(2);
            default -> usual;
        };
    }

    private long pauseNs() {
        int dice = owner.random.nextInt(10);
        if (plan.habit() == Habit.LATE && dice < 3) {
            return owner.random.nextLong(LONG_PAUSE_NS);
        }
        return dice < 3 ? owner.random.nextLong(SHORT_PAUSE_NS) : 0;
    }

    private void answer(SimulatedDatagramChannel open, ByteBuffer answer, InetSocketAddress to, long pauseNs)
            throws IOException {
        if (pauseNs > 0) {
            owner.world.after(pauseNs, () -> {
                if (open == channel) {
                    answer(open, answer, to, 0);
                }
            });
            return;
        }
        answered++;
        try {
            open.send(answer, to);
        } catch (IOException noBuffers) {
            owner.tell("can't answer: " + noBuffers.getMessage());
        }
    }

    static int v2Fixed() {
        return V2_FIXED;
    }
}
