package dev.lander.simulation;

import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.SimulatedSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody at a relay port who speaks nothing that anyone understands, or not to its end. */
final class GarbageClient extends Actor {
    private enum Manner {
        /** Any bytes. */
        RANDOM,
        /** The beginning of a PROXY header, and then nothing. */
        HALF_HEADER,
        /** The beginning of a ClientHello, and then nothing. */
        HALF_HELLO,
        /** What begins as a ClientHello, and goes on as anything. */
        BROKEN_HELLO,
        /** What PostgreSQL's clients begin with, and then anything. */
        PREAMBLE,
        /** Thousands of segments of a byte or two. */
        TINY,
        /** Nothing at all. */
        SILENT,
        /** A reset, at once. */
        RESET
    }

    /** Begins like a handshake of TLS 1.0 whose ClientHello has 508 bytes. */
    private static final byte[] HELLO = {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};

    /** As PostgreSQL's clients ask for Kerberos. */
    private static final byte[] GSS_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x30};

    private static final byte[] V1 = "PROXY TCP4 192.0.2.1 192.0.2.2 ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] V2 = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10, 0x21, 0x11, 1, 0};

    private static final int MUCH = 30_000;
    private static final int LITTLE = 400;
    private static final int MANY = 2_000;
    private static final long MOST_STAY_NS = 12 * World.S;
    private static final long MOST_PAUSE_NS = 3 * World.S;

    /** Lander waits so long for a header or hello that is announced, or must come. */
    private static final long PATIENCE_NS = 5 * World.S;

    /** What news of it takes, however bad the network. */
    private static final long SLACK_NS = 3 * World.S;

    private final Terms service;
    private final boolean isBalancer;
    private Manner manner = Manner.SILENT;
    private @Nullable SimulatedSocketChannel channel;
    private ByteBuffer toSend = ByteBuffer.allocate(0);
    private boolean connected;
    private boolean stopped;
    private int got;

    /** @param isBalancer whether a PROXY header is expected of it */
    GarbageClient(Cast cast, String name, Host host, Terms service, boolean isBalancer) {
        super(cast, name, host);
        this.service = service;
        this.isBalancer = isBalancer;
    }

    /** Comes, unless all have stopped. */
    void begin() throws IOException {
        if (stopped) {
            return;
        }
        manner = List.of(Manner.values()).get(random.nextInt(Manner.values().length));
        byte[] garbage = bytes();
        cast.garbage().add(garbage);
        toSend = ByteBuffer.wrap(garbage);
        got = 0;
        SimulatedSocketChannel opened = (SimulatedSocketChannel) sockets.openSocketChannel();
        opened.watch(this::wake);
        opened.bind(new InetSocketAddress(host.address(), cast.garbage().nextPort()));
        channel = opened;
        connected = opened.connect(cast.relay(service.relayPort()));
        tell("comes to " + service.relayPort() + " to be " + manner + ", with " + garbage.length + " bytes");
        world.after(random.nextLong(MOST_STAY_NS), () -> {
            if (channel == opened) {
                end(opened);
            }
        });
    }

    private byte[] bytes() {
        return switch (manner) {
            case RANDOM -> with(random.nextInt(3) == 0 ? MUCH : LITTLE);
            case HALF_HEADER -> begun(random.nextBoolean() ? V1 : V2);
            case HALF_HELLO -> begun(HELLO);
            case BROKEN_HELLO -> with(LITTLE, HELLO);
            case PREAMBLE -> with(LITTLE, random.nextInt(3) > 0 ? Session.SSL_REQUEST : GSS_REQUEST);
            case TINY -> with(MANY);
            case SILENT, RESET -> new byte[0];
        };
    }

    private byte[] begun(byte[] whole) {
        return Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
    }

    /** These bytes, and then any number of others; never the beginning of a client's of another kind. */
    private byte[] with(int most, byte... first) {
        byte[] bytes = new byte[first.length + Conversation.HEAD + random.nextInt(most)];
        random.nextBytes(bytes);
        bytes[0] = (byte) (0x80 | bytes[0]);
        System.arraycopy(first, 0, bytes, 0, first.length);
        return bytes;
    }

    /** Comes no more. */
    void stop() throws IOException {
        stopped = true;
        if (channel != null) {
            end(channel);
        }
    }

    @Override
    void act() throws IOException {
        SimulatedSocketChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            if (!connected && !open.finishConnect()) {
                return;
            }
            if (!connected) {
                connected = true;
                watchPatience(open);
            }
            if (manner == Manner.RESET) {
                open.setOption(StandardSocketOptions.SO_LINGER, 0);
                end(open);
            } else {
                send(open);
                receive(open);
            }
        } catch (IOException gone) {
            end(open);
        }
    }

    private void send(SimulatedSocketChannel open) throws IOException {
        if (toSend.hasRemaining()) {
            int most = manner == Manner.TINY ? Math.min(2, toSend.remaining()) : toSend.remaining();
            ByteBuffer cut = toSend.slice(toSend.position(), 1 + random.nextInt(most));
            toSend.position(toSend.position() + open.write(cut));
            if (!cut.hasRemaining()) {
                wake();
            }
        }
    }

    private void receive(SimulatedSocketChannel open) throws IOException {
        ByteBuffer buffer = world.scratch();
        for (int count = open.read(buffer); count != 0; count = open.read(buffer.clear())) {
            if (count < 0) {
                end(open);
                return;
            }
            for (int i = 0; i < count; i++) {
                world.check(isFor(buffer.get(i)), this, "nobody gets what was not for it");
                got++;
            }
        }
    }

    /** Whether the next byte is one of what anybody gets: a greeting, and then the answer to a request. */
    private boolean isFor(byte next) {
        boolean greets = cast.setting().at(service.relayPort()).stream().anyMatch(Terms::greets);
        int greeting = greets ? Session.GREETING.length : 0;
        if (got < greeting) {
            return next == Session.GREETING[got];
        }
        return manner == Manner.PREAMBLE && got == greeting && (next == Session.TLS || next == Session.NO_TLS);
    }

    /** A balancer whose header does not come is sent away in time. */
    private void watchPatience(SimulatedSocketChannel open) {
        if (isBalancer && (manner == Manner.SILENT || manner == Manner.HALF_HEADER)) {
            world.after(PATIENCE_NS + SLACK_NS, () -> {
                boolean mayWait = cast.setting().partitions() || !cast.setting().hasRoomForClients();
                boolean excused = mayWait || cast.isLanderTroubled() || cast.isEndAsked();
                world.check(
                        open != channel || excused,
                        this,
                        "no deadline is lost: a balancer that sends no header is closed after 5 s");
            });
        }
    }

    private void end(SimulatedSocketChannel open) throws IOException {
        if (open.isOpen() && random.nextInt(3) == 0) {
            open.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        tell("goes, " + manner + ", having got " + got);
        open.close();
        channel = null;
        connected = false;
        world.after(random.nextLong(MOST_PAUSE_NS), this::begin);
    }
}
