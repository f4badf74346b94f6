package dev.lander.simulation;

import dev.lander.relay.tls.Hellos;
import dev.lander.simulation.Conversation.Style;
import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.SimulatedSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A TCP client that makes one connection after the other, and checks every byte of every answer. */
final class TcpClient extends Actor {
    private static final int PIECE = 20_000;
    private static final int SLOW_PIECE = 4_000;
    private static final long SLOW_PAUSE_NS = 4_000_000;
    private static final long MOST_PAUSE_NS = 1_500 * World.MS;
    private static final long MOST_WAIT_NS = 8 * World.S;
    private static final long MOST_HOLD_NS = 12 * World.S;

    private final Terms service;
    private final Habits habits;
    private @Nullable SimulatedSocketChannel channel;
    private Conversation now;
    private ByteBuffer header = ByteBuffer.allocate(0);
    private boolean connected;
    private boolean stopped;
    private boolean shut;
    private boolean slow;
    private int greeted;

    /** It breaks the connection when it has sent this much; negative = it does not. */
    private int breaksAt;

    private boolean breaksByReset;

    /** It ends its own stream only when it has the whole answer. */
    private boolean endsLast;

    private boolean mayEnd;

    /** It has asked for TLS, and was not told to begin yet. */
    private boolean awaitsTls;

    /** It waits no longer for what comes of a hello that is none. */
    private boolean gaveUp;

    /**
     * What it likes.
     *
     * @param mostBytes that it sends over a connection
     * @param isBalancer whether it speaks for others, by a PROXY header
     */
    record Habits(int mostBytes, boolean isBalancer) {}

    TcpClient(Cast cast, String name, Host host, Terms service, Habits habits) {
        super(cast, name, host);
        this.service = service;
        this.habits = habits;
        this.now = new Conversation(0, Style.ECHO, 0, 0);
    }

    /** Makes no more connections, and ends the one that it has. */
    void stop() {
        stopped = true;
        mayEnd = true;
        wake();
    }

    boolean isIdle() {
        return channel == null;
    }

    void begin() throws IOException {
        if (stopped) {
            return;
        }
        draw();
        SimulatedSocketChannel opened = (SimulatedSocketChannel) sockets.openSocketChannel();
        opened.watch(this::wake);
        channel = opened;
        now.beganNs = world.nowNs();
        connected = opened.connect(cast.relay(service.relayPort()));
        InetSocketAddress local = Objects.requireNonNull((InetSocketAddress) opened.getLocalAddress());
        cast.connects(now, habits.isBalancer() ? toldOf(local) : local);
        open();
        tell("connects to " + service.relayPort() + "" + now.opening + ", to " + now.style + " " + now.toSend + " for "
                + now.toGet);
    }

    /** What the next connection is to be. */
    private void draw() {
        int dice = random.nextInt(20);
        Style style = dice < 12
                ? Style.ECHO
                : dice < 15 ? Style.DOWNLOAD : dice < 17 ? Style.SINK : dice < 18 ? Style.RESET : Style.HOLD;
        boolean much = random.nextInt(6) == 0;
        int body =
                style == Style.DOWNLOAD || style == Style.HOLD ? 0 : random.nextInt(much ? habits.mostBytes() : 2_000);
        int toGet = style == Style.DOWNLOAD
                ? random.nextInt(much ? habits.mostBytes() : 4_000)
                : style == Style.RESET ? Conversation.HEAD + 1 + random.nextInt(body + 1) : 0;
        now = cast.begin(style, Conversation.HEAD + body, toGet);
        breaksAt = random.nextInt(10) == 0 ? random.nextInt(now.toSend + 1) : -1;
        breaksByReset = random.nextBoolean();
        endsLast = random.nextInt(4) == 0;
        slow = random.nextInt(5) == 0;
        shut = false;
        greeted = 0;
        gaveUp = false;
        awaitsTls = false;
        mayEnd = style != Style.HOLD;
        if (style == Style.HOLD) {
            Conversation held = now;
            world.after(random.nextLong(MOST_HOLD_NS), () -> {
                if (held == now) {
                    mayEnd = true;
                    wake();
                }
            });
        }
    }

    /** Prepares what a port that services share is to hear first. */
    private void open() {
        if (cast.setting().at(service.relayPort()).size() < 2) {
            return;
        }
        now.opening = Opening.draw(service, random);
        byte[] all = Hellos.join(
                Arrays.copyOf(header.array(), header.limit()),
                now.opening.bytes().array());
        now.asksForTls = !service.preamble().isEmpty() && random.nextInt(4) > 0;
        if (now.asksForTls) {
            all = Hellos.join(Arrays.copyOf(header.array(), header.limit()), Session.SSL_REQUEST);
        }
        awaitsTls = now.asksForTls;
        header = ByteBuffer.wrap(all);
        if (now.opening.isHopeless()) {
            Conversation hopeless = now;
            now.clientBroke = true;
            world.after(random.nextLong(MOST_WAIT_NS), () -> {
                if (hopeless == now) {
                    gaveUp = true;
                    wake();
                }
            });
        }
    }

    /** Prepares the header; returns the client that it names. */
    private InetSocketAddress toldOf(InetSocketAddress own) {
        String network = random.nextInt(4) == 0 && service.refused().isEmpty() ? "2001:db8::" : "192.0.2.";
        InetSocketAddress told = new InetSocketAddress(network + (1 + random.nextInt(9)), 1 + now.number);
        boolean shared = cast.setting().at(service.relayPort()).size() > 1;
        BalancerHeader drawn = BalancerHeader.draw(told, cast.relay(service.relayPort()), shared, random);
        header = drawn.bytes();
        now.clientBroke |= !drawn.isUnderstood(); // nobody can serve it
        return drawn.isTrue() ? told : own;
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
            connected = true;
            now.connected = true;
            send(open);
            if (channel != null) {
                receive(open);
            }
        } catch (IOException fault) {
            now.clientFault = String.valueOf(fault.getMessage());
            tell("is cut off after " + now.clientGot + ": " + fault.getMessage());
            end(open);
        }
    }

    private void send(SimulatedSocketChannel open) throws IOException {
        if (header.hasRemaining()) {
            int piece = random.nextInt(header.remaining()) + 1;
            ByteBuffer cut = header.slice(header.position(), piece);
            header.position(header.position() + open.write(cut));
            wake();
            return;
        }
        if (now.opening.isHopeless() || awaitsTls) {
            if (gaveUp || stopped) {
                breakOff(open);
            }
        } else if (breaksAt >= 0 && now.clientSent >= breaksAt) {
            breakOff(open);
        } else if (now.clientSent < now.toSend) {
            int count = Math.min(now.toSend - now.clientSent, random.nextInt(PIECE) + 1);
            ByteBuffer piece = ByteBuffer.allocate(count);
            now.putRequest(piece, now.clientSent, count);
            int written = open.write(piece.flip());
            now.clientSent += written;
            now.lastSentNs = world.nowNs();
            now.stalledBeforeNs = cast.stalledNs();
            if (written == count) {
                wake();
            }
        } else if (!shut && mayEnd && (!endsLast || now.clientGot >= now.answerLength() || stopped)) {
            shut = true;
            open.shutdownOutput();
        }
    }

    private void breakOff(SimulatedSocketChannel open) throws IOException {
        tell((breaksByReset ? "resets" : "closes") + " after " + now.clientSent);
        now.clientBroke = true;
        if (breaksByReset) {
            open.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        end(open);
    }

    private void receive(SimulatedSocketChannel open) throws IOException {
        ByteBuffer buffer = world.scratch();
        for (int count = read(open, buffer); count != 0; count = read(open, buffer)) {
            if (count < 0) {
                onEnd(open);
                return;
            }
            for (int i = 0; i < count; i++) {
                take(buffer.get(i));
            }
            if (slow) {
                world.after(SLOW_PAUSE_NS, this::wake);
                return;
            }
        }
    }

    private int read(SimulatedSocketChannel open, ByteBuffer buffer) throws IOException {
        return open.read(buffer.clear().limit(slow ? SLOW_PIECE : PIECE));
    }

    private void take(byte came) {
        if (awaitsTls) {
            world.check(came == Session.TLS, this, "who asks for TLS is told to begin");
            awaitsTls = false;
            header = now.opening.bytes().duplicate();
            wake();
            return;
        }
        if (service.greets() && greeted < Session.GREETING.length) {
            world.check(
                    came == Session.GREETING[greeted], this, "every byte comes in its order: the greeting is wrong");
            greeted++;
            return;
        }
        if (came != Patterns.answer(now.number, now.clientGot)) {
            throw world.violated(this, "every byte comes in its order: it is wrong at " + now.clientGot + " of " + now);
        }
        now.clientGot++;
        if (endsLast && now.clientGot == now.answerLength()) {
            wake();
        }
    }

    private void onEnd(SimulatedSocketChannel open) throws IOException {
        now.clientSawEnd = true;
        if (now.clientSent < now.toSend || (now.style != Style.DOWNLOAD && !shut)) {
            tell("gets the end early, after " + now.clientGot);
        }
        end(open);
    }

    private void end(SimulatedSocketChannel open) throws IOException {
        open.close();
        channel = null;
        connected = false;
        header = ByteBuffer.allocate(0);
        world.after(random.nextLong(MOST_PAUSE_NS), this::begin);
    }
}
