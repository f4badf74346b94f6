package dev.lander.control.wire;

import dev.lander.control.ControlConnection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Does with a peer's bytes what a {@link ControlConnection} does, but carries no command out. For other packages. */
public final class Decoding {
    /** The longest that a message can be together with its length. */
    public static final int LONGEST_FRAME = MsgpackExtent.MAX_BYTES + Framing.PREFIX_BYTES;

    /** What one message has come to, or the end of all messages. */
    public enum Kind {
        REGISTER,
        UNREGISTER,
        HEALTHCHECK,
        DRAIN,
        STATUS,
        RELAYS,
        REFUSED,
        BROKEN
    }

    /**
     * One of the things that the bytes came to.
     *
     * @param error the code that the peer is told; 0 for a command
     * @param message what the peer is told; empty for a command
     * @param detail the whole command, or the whole reply as it is sent
     */
    public record Result(Kind kind, int error, String message, Object detail) {}

    private final boolean legacyPorts;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Collector collector = new Collector();
    private final List<Result> results = new ArrayList<>();
    private boolean hadMessage;
    private boolean parting;
    private int waitingBytes;

    /** A connection from which nothing has come; the parameter is the option of that name. */
    public Decoding(boolean legacyPorts) {
        this.legacyPorts = legacyPorts;
    }

    /** Takes what one read gave; the buffer may be reused. */
    public void take(ByteBuffer bytes) {
        if (!parting) {
            waitingBytes += bytes.remaining();
            decoder.feed(bytes);
        }
        while (!parting) {
            switch (decoder.next()) {
                case MESSAGE -> onMessage(decoder.message());
                case BROKEN -> {
                    waitingBytes = 0;
                    breakOff(decoder.cause());
                }
                case INCOMPLETE -> {
                    return;
                }
            }
        }
    }

    /** What came of all bytes so far, in order. */
    public List<Result> results() {
        return results;
    }

    /** The name of the framing that the peer chose. */
    public String framing() {
        return decoder.framing().name();
    }

    /** Memory held for bytes that have come. */
    public int heldBytes() {
        return decoder.heldBytes();
    }

    /** How much has come that is in no message yet, and was not found to be nonsense either. */
    public int waitingBytes() {
        return waitingBytes;
    }

    /** Whether nothing more is understood. */
    public boolean isParting() {
        return parting;
    }

    private void onMessage(ByteBuffer message) {
        if (!hadMessage && !CommandCodec.isMap(message)) {
            breakOff("the first message must be a msgpack map");
            return;
        }
        hadMessage = true;
        boolean prefixed = decoder.framing() == Framing.LENGTH_PREFIXED;
        waitingBytes -= message.remaining() + (prefixed ? Framing.PREFIX_BYTES : 0);
        CommandCodec.decode(message, legacyPorts && prefixed).applyTo(collector);
    }

    private void breakOff(String cause) {
        parting = true;
        addRefusal(Kind.BROKEN, new Reply(ErrorCode.INVALID_REQUEST, cause));
    }

    private void addRefusal(Kind kind, Reply reply) {
        ByteBuffer bytes = CommandCodec.encode(reply);
        ByteBuffer sent = hadMessage ? decoder.framing().frame(bytes) : bytes;
        results.add(new Result(kind, reply.error().number(), reply.message(), sent));
    }

    private final class Collector implements Command.Handler {
        @Override
        public void onRegister(Command.Register command) {
            add(Kind.REGISTER, command);
        }

        @Override
        public void onUnregister(Command.Unregister command) {
            add(Kind.UNREGISTER, command);
        }

        @Override
        public void onHealthCheck(Command.HealthCheck command) {
            add(Kind.HEALTHCHECK, command);
        }

        @Override
        public void onDrain(Command.Drain command) {
            add(Kind.DRAIN, command);
        }

        @Override
        public void onUndrain(Command.Undrain command) {
            add(Kind.DRAIN, command);
        }

        @Override
        public void onStatus(Command.Status command) {
            add(Kind.STATUS, command);
        }

        @Override
        public void onRelays(Command.Relays command) {
            add(Kind.RELAYS, command);
        }

        @Override
        public void onRefused(Command.Refused command) {
            addRefusal(Kind.REFUSED, command.reply());
        }

        private void add(Kind kind, Command command) {
            results.add(new Result(kind, 0, "", command));
        }
    }
}
