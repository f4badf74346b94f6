package dev.lander.simulation;

import dev.lander.relay.tls.Hellos;
import dev.lander.simulation.network.SimulatedSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A client's connection as a component has it: it does what the client asks it to, and checks every byte. */
final class Session {
    static final byte[] GREETING = "220\n".getBytes(StandardCharsets.US_ASCII);
    /** How a client of PostgreSQL's asks for TLS: a length of 8, and a number that no version has. */
    static final byte[] SSL_REQUEST = {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f};

    static final byte TLS = 'S';
    static final byte NO_TLS = 'N';
    private static final int PIECE = 8 * 1024;
    private static final int SLOW_PIECE = 3_000;
    private static final long SLOW_PAUSE_NS = 5_000_000;

    private final ServiceComponent owner;
    private final SimulatedSocketChannel channel;
    private final ProxyText header;
    private final RecordText opening = new RecordText();
    private final byte[] head = new byte[Conversation.HEAD];
    private int headLength;
    private boolean asked;
    private @Nullable Conversation conversation;

    /** What comes is nothing that anyone understands; null = it is not known yet, or is. */
    private Garbage.@Nullable Reading garbage;

    private int greeted;
    private int sent;
    private boolean ended;
    private boolean shut;
    private boolean over;

    Session(ServiceComponent owner, SimulatedSocketChannel channel, String proxyProtocol) {
        this.owner = owner;
        this.channel = channel;
        this.header = new ProxyText(proxyProtocol);
    }

    boolean isOver() {
        return over;
    }

    void proceed() throws IOException {
        try {
            greet();
            receive();
            answer();
        } catch (IOException reset) {
            end();
        }
    }

    /** The component's process is gone. */
    void crash(boolean byReset) throws IOException {
        if (byReset) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        if (conversation != null && !over) {
            conversation.componentBroke = true;
        }
        end();
    }

    private void greet() throws IOException {
        if (owner.greets() && greeted < GREETING.length) {
            greeted += channel.write(ByteBuffer.wrap(GREETING, greeted, GREETING.length - greeted));
        }
    }

    private void receive() throws IOException {
        while (!over && !ended) {
            ByteBuffer buffer = owner.world.scratch();
            boolean slow = conversation != null && conversation.style == Conversation.Style.SINK;
            int count = channel.read(slow ? buffer.limit(SLOW_PIECE) : buffer);
            if (count == 0) {
                return;
            }
            ended = count < 0;
            buffer.flip();
            while (buffer.hasRemaining() && !over) {
                take(buffer);
            }
            if (slow && !ended) {
                owner.world.after(SLOW_PAUSE_NS, owner::wake);
                return;
            }
        }
    }

    private void take(ByteBuffer bytes) throws IOException {
        Conversation known = conversation;
        if (!header.isWhole()) {
            header.take(bytes.get());
        } else if (garbage != null) {
            takeGarbage(garbage, bytes);
        } else if (opening.wants()) {
            opening.take(bytes.get());
        } else if (known == null) {
            head[headLength++] = bytes.get();
            if (headLength == SSL_REQUEST.length && !asked && isRequest()) {
                answerRequest();
            } else if (headLength == head.length) {
                onHead();
            }
        } else {
            while (bytes.hasRemaining()) {
                byte came = bytes.get();
                if (came != known.requestAt(known.componentGot)) {
                    throw owner.world.violated(
                            owner,
                            "every byte comes in its order: it is wrong at " + known.componentGot + " of " + known);
                }
                known.componentGot++;
            }
            if (known.style == Conversation.Style.RESET && known.componentGot >= known.toGet) {
                crash(true);
            }
        }
    }

    private void takeGarbage(Garbage.Reading expected, ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (!expected.takes(bytes.get())) {
                throw owner.world.violated(owner, "every byte comes in its order: nobody has sent this garbage");
            }
        }
    }

    /** What it begins with tells garbage, a hello and a client's own bytes apart. */
    private void onHead() {
        if (!opening.isBegun()) {
            garbage = owner.cast.garbage().thatBegins(asked ? Hellos.join(SSL_REQUEST, head) : head);
        }
        if (garbage == null && !opening.isBegun() && head[0] == Opening.RECORD) {
            opening.begin(head);
            headLength = 0;
        } else if (garbage == null) {
            conversation = recognized();
        }
    }

    private boolean isRequest() {
        return Arrays.equals(head, 0, SSL_REQUEST.length, SSL_REQUEST, 0, SSL_REQUEST.length);
    }

    /** Takes TLS, or, now and then, does not. */
    private void answerRequest() throws IOException {
        asked = true;
        headLength = 0;
        boolean takes = owner.random.nextInt(8) > 0;
        channel.write(ByteBuffer.wrap(new byte[] {takes ? TLS : NO_TLS}));
    }

    private Conversation recognized() {
        Conversation found = owner.cast.conversation(ByteBuffer.wrap(head).getInt(0));
        if (found == null) {
            throw owner.world.violated(owner, "every byte comes in its order: no such connection");
        }
        for (int i = 0; i < head.length; i++) {
            if (head[i] != found.requestAt(i)) {
                throw owner.world.violated(owner, "every byte comes in its order: head of " + found);
            }
        }
        owner.world.check(!found.known, owner, "a connection is relayed to one component");
        InetSocketAddress told = header.client();
        if (told != null && !told.equals(found.client)) {
            throw owner.world.violated(owner, "a PROXY header names the client: " + told + " for " + found);
        }
        owner.world.check(opening.is(found.opening.bytes()), owner, "every byte comes in its order: its hello");
        boolean fits = found.opening.isWhole()
                ? found.opening.fit(owner.plan().terms().route()) > 0
                : owner.plan().terms().route().isEverybody();
        owner.world.check(fits, owner, "a client with a server name never reaches another service's component");
        found.known = true;
        found.componentGot = head.length;
        return found;
    }

    private void answer() throws IOException {
        Conversation known = conversation;
        if (over) {
            return;
        }
        if (known == null) {
            if (ended) {
                end();
            }
            return;
        }
        boolean mayAnswer = known.style != Conversation.Style.SINK || ended;
        while (mayAnswer && sent < known.answerLength()) {
            int count = Math.min(PIECE, known.answerLength() - sent);
            ByteBuffer piece = owner.world.scratch();
            Patterns.putAnswer(piece, known.number, sent, count);
            int written = channel.write(piece.flip());
            sent += written;
            known.componentSent = sent;
            if (written < count) {
                return;
            }
        }
        if (known.style == Conversation.Style.DOWNLOAD && !shut) {
            shut = true;
            channel.shutdownOutput();
        }
        if (ended) {
            end();
        }
    }

    private void end() throws IOException {
        over = true;
        channel.close();
    }
}
