package dev.lander.simulation;

import dev.lander.simulation.network.SimulatedDatagramChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A UDP client whose every request can be told from any other's, over one socket or a new one for each. */
final class UdpClient extends Actor {
    /** Who sends, which datagram, how long it is, and from which port. */
    private static final int HEAD = 16;

    private static final int LONGEST = 65_507;

    /** Datagrams that are sent at once, now and then, of so little that any buffer holds them. */
    private static final int BURST = 250;

    private static final int BURST_BYTES = 60;

    private final Terms service;
    private final int id;
    private final boolean takesNewPorts;
    private final boolean reusesPorts;
    private final long mostPauseNs;
    private final Set<InetSocketAddress> asked = new HashSet<>();
    private SimulatedDatagramChannel channel;
    private int sequence;
    private int empty;
    private int answers;

    /** Answers to requests of others'. */
    private int strangers;

    /** Answers to requests of its own, by the request; no more of each than are declared. */
    private final Map<Integer, Integer> due = new HashMap<>();

    private int allDue;
    private boolean stopped;

    UdpClient(Cast cast, String name, int id, Terms service, int habit, long mostPauseNs) throws IOException {
        super(cast, name);
        this.id = id;
        this.service = service;
        this.takesNewPorts = habit > 0;
        this.reusesPorts = habit > 1;
        this.mostPauseNs = mostPauseNs;
        this.channel = open(0);
    }

    int sent() {
        return sequence + empty;
    }

    int answers() {
        return answers;
    }

    boolean takesNewPorts() {
        return takesNewPorts;
    }

    void stop() {
        stopped = true;
    }

    void begin() {
        world.after(random.nextLong(mostPauseNs), this::send);
    }

    /** A datagram that a component has got, or its answer, is one of a client's, and whole. */
    static int check(Actor receiver, ByteBuffer datagram, @Nullable InetSocketAddress client) {
        receiver.world.check(datagram.remaining() >= HEAD, receiver, "a datagram is relayed unchanged: it is short");
        int start = datagram.position();
        int id = datagram.getInt(start);
        int sequence = datagram.getInt(start + 4);
        int length = datagram.getInt(start + 8);
        receiver.world.check(length == datagram.remaining(), receiver, "a datagram is relayed unchanged: its length");
        byte last = length == HEAD ? 0 : datagram.get(start + length - 1);
        receiver.world.check(
                length == HEAD || last == (byte) (id + sequence), receiver, "a datagram is relayed unchanged: its end");
        receiver.world.check(
                client == null || client.getPort() == datagram.getInt(start + 12),
                receiver,
                "a PROXY header names the client");
        return id;
    }

    @Override
    void act() throws IOException {
        ByteBuffer answer = world.scratch();
        for (InetSocketAddress from = receive(answer); from != null; from = receive(answer)) {
            answer.flip();
            world.check(asked.contains(from), this, "an answer comes from where it was asked for: " + from);
            if (answer.hasRemaining()) {
                int of = check(this, answer, null);
                boolean asked = of == id && answer.getInt(4) <= sequence;
                if (!asked && isPromised()) {
                    throw world.violated(this, "no answer reaches another client than the one that asked: " + of);
                }
                count(answer.getInt(4), asked);
            }
            world.check(service.responses() != 0, this, "no answer is passed on where none is declared");
            answers++;
        }
    }

    /**
     * A component that answers too often may take one client's answers from it for another's, but gives nobody more
     * answers than were due. What the network doubles on the way to the client is nobody's fault.
     */
    private void count(int request, boolean asked) {
        if (service.responses() <= 0 || takesNewPorts || cast.setting().faults().datagramDoubling() > 0) {
            return;
        }
        if (!asked) {
            strangers++;
        } else if (due.merge(request, 1, Integer::sum) <= service.responses()) {
            allDue++;
        }
        world.check(
                strangers + allDue <= service.responses() * sent(),
                this,
                "nobody gets answers to others' requests without an own that has none: " + strangers);
    }

    /** Whether components keep their word, or nobody else ever has this client's way. */
    private boolean isPromised() {
        return cast.setting().keepsWord() || service.responses() < 0;
    }

    private void send() throws IOException {
        if (stopped) {
            return;
        }
        if (takesNewPorts) {
            act();
            int port = port();
            channel.close();
            channel = open(reusesPorts && random.nextBoolean() ? port : 0);
        }
        int dice = random.nextInt(400);
        if (dice < 10) {
            empty++;
            channel.send(ByteBuffer.allocate(0), relay());
        } else {
            boolean burst = dice < 12;
            int most = random.nextInt(50) == 0 ? 2 * LONGEST : 1_000;
            for (int i = burst ? BURST : 1; i > 0; i--) {
                channel.send(request(burst ? BURST_BYTES : most), relay());
            }
        }
        begin();
    }

    private @Nullable InetSocketAddress receive(ByteBuffer answer) throws IOException {
        return (InetSocketAddress) channel.receive(answer.clear());
    }

    /** Where the next datagram goes: to any address that Lander's machine has. */
    private InetSocketAddress relay() {
        List<InetAddress> reached = cast.landerHost().addresses().reached();
        InetAddress one = reached.get(reached.size() == 1 ? 0 : random.nextInt(reached.size()));
        InetSocketAddress relay = new InetSocketAddress(one, service.relayPort());
        asked.add(relay);
        return relay;
    }

    private int port() throws IOException {
        return Objects.requireNonNull((InetSocketAddress) channel.getLocalAddress())
                .getPort();
    }

    private ByteBuffer request(int most) throws IOException {
        sequence++;
        int length = Math.min(LONGEST, HEAD + random.nextInt(most));
        ByteBuffer datagram = ByteBuffer.allocate(length);
        datagram.putInt(0, id).putInt(4, sequence).putInt(8, length).putInt(12, port());
        if (length > HEAD) {
            datagram.put(length - 1, (byte) (id + sequence));
        }
        return datagram;
    }

    private SimulatedDatagramChannel open(int port) throws IOException {
        SimulatedDatagramChannel opened = (SimulatedDatagramChannel) sockets.openDatagramChannel();
        opened.bind(new InetSocketAddress(host.address(), port));
        opened.watch(this::wake);
        return opened;
    }
}
