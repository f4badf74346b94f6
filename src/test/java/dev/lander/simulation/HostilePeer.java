package dev.lander.simulation;

import dev.lander.simulation.network.SimulatedSocketChannel;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody on the control channel who does not keep to the protocol, or not to good manners. */
final class HostilePeer extends Actor implements ControlPeer {
    private enum Manner {
        /** Any bytes. */
        GARBAGE,
        /** What libraries and people get wrong. */
        ODD,
        /** A message that never becomes whole. */
        HALF,
        /** What others than Lander's clients begin with. */
        STRANGER,
        /** Nothing at all. */
        SILENT,
        /** Questions, byte by byte. */
        BYTEWISE,
        /** Many questions whose answers it does not read. */
        UNREAD,
        /** More nonsense than Lander answers as long as nobody reads. */
        FLOOD,
        /** Many questions at once. */
        PIPELINED,
        /** A reset, at once. */
        RESET
    }

    private static final List<String> STRANGERS = List.of(
            "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003",
            "\u0016\u0003",
            "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
            "\r\n\r\n\0\r\nQUIT\n!\u0011",
            "GET / HTTP/1.1\r\nHost: lander\r\n\r\n",
            "SSH-2.0-OpenSSH_9.2\r\n");

    private static final long MOST_PAUSE_NS = 4 * World.S;

    /** After this long Lander closes a connection that has sent no whole message. */
    private static final long PATIENCE_NS = 10 * World.S;

    /** What news of it takes, however bad the network. */
    private static final long SLACK_NS = 3 * World.S;

    private static final int MUCH = 100;
    private static final int FLOOD = 20_000;

    private Manner manner = Manner.SILENT;
    private @Nullable SimulatedSocketChannel channel;
    private ByteBuffer toSend = ByteBuffer.allocate(0);
    private boolean connected;
    private boolean stopped;
    private long connectedNs;

    HostilePeer(Cast cast, String name) {
        super(cast, name);
    }

    @Override
    public void begin() throws IOException {
        if (stopped) {
            return;
        }
        manner = List.of(Manner.values()).get(random.nextInt(Manner.values().length));
        if (manner == Manner.FLOOD && random.nextInt(4) > 0) {
            manner = Manner.SILENT; // it takes long to play
        }
        tell("comes to be " + manner);
        SimulatedSocketChannel opened = (SimulatedSocketChannel) sockets.openSocketChannel();
        opened.watch(this::wake);
        channel = opened;
        toSend = ByteBuffer.wrap(bytes());
        connected = opened.connect(cast.control());
        connectedNs = world.nowNs();
    }

    private byte[] bytes() {
        byte[] status = ControlLine.packed(Said.of("status", "", 0, 0).fields());
        return switch (manner) {
            case GARBAGE -> {
                byte[] garbage = new byte[1 + random.nextInt(400)];
                for (int i = 0; i < garbage.length; i++) {
                    garbage[i] = (byte) random.nextInt();
                }
                yield garbage;
            }
            case STRANGER ->
                Arrays.copyOf(
                        STRANGERS.get(random.nextInt(STRANGERS.size())).getBytes(StandardCharsets.ISO_8859_1),
                        6 + random.nextInt(300));
            case ODD -> OddMessages.each().get(random.nextInt(OddMessages.each().size()));
            case HALF ->
                List.of(new byte[] {(byte) 0x81}, new byte[] {9, 0, 0, 0, (byte) 0x81})
                        .get(random.nextInt(2));
            case SILENT, RESET -> new byte[0];
            case BYTEWISE -> status;
            case FLOOD -> times(ControlLine.packed(Said.of("dance", "", 0, 0).fields()), FLOOD);
            case UNREAD, PIPELINED -> times(status, MUCH);
        };
    }

    private static byte[] times(byte[] what, int count) {
        ByteBuffer many = ByteBuffer.allocate(what.length * count);
        for (int i = 0; i < count; i++) {
            many.put(what);
        }
        return many.array();
    }

    @Override
    public void stop() {
        stopped = true;
        wake();
    }

    @Override
    public boolean isConnected() {
        return channel != null;
    }

    @Override
    void act() throws IOException {
        SimulatedSocketChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            if (stopped || (!connected && !open.finishConnect())) {
                if (stopped) {
                    end(open);
                }
                return;
            }
            if (!connected) {
                connected = true;
                connectedNs = world.nowNs();
                watchPatience(open);
            }
            if (manner == Manner.RESET) {
                open.setOption(StandardSocketOptions.SO_LINGER, 0);
                end(open);
                return;
            }
            send(open);
            receive(open);
        } catch (IOException gone) {
            end(open);
        }
    }

    /** Who says nothing whole is sent away in time. */
    private void watchPatience(SimulatedSocketChannel open) {
        if (manner == Manner.HALF || manner == Manner.SILENT) {
            world.after(PATIENCE_NS + SLACK_NS, () -> {
                boolean excused = cast.isLanderTroubled() || cast.setting().partitions() || isFrozen();
                world.check(
                        open != channel || excused,
                        this,
                        "no deadline is lost: who sends no whole message is closed after 10 s");
            });
        }
    }

    private void send(SimulatedSocketChannel open) throws IOException {
        if (toSend.hasRemaining()) {
            int piece = manner == Manner.BYTEWISE ? 1 : random.nextInt(toSend.remaining()) + 1;
            ByteBuffer cut = toSend.slice(toSend.position(), piece);
            toSend.position(toSend.position() + open.write(cut));
            if (!cut.hasRemaining()) {
                wake();
            }
        } else if (manner == Manner.BYTEWISE && random.nextInt(4) > 0) {
            toSend.rewind();
            world.after(random.nextLong(World.S), this::wake);
        }
    }

    private void receive(SimulatedSocketChannel open) throws IOException {
        if ((manner == Manner.UNREAD || manner == Manner.FLOOD) && world.nowNs() - connectedNs < 2 * World.S) {
            world.after(World.S, this::wake);
            return;
        }
        ByteBuffer buffer = world.scratch();
        int count;
        do {
            count = open.read(buffer.clear());
        } while (count > 0);
        if (count < 0) {
            end(open);
        }
    }

    private void end(SimulatedSocketChannel open) throws IOException {
        tell("goes, " + manner);
        open.close();
        channel = null;
        connected = false;
        world.after(random.nextLong(MOST_PAUSE_NS), this::begin);
    }
}
