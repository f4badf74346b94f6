package dev.lander.control.wire;

import static dev.lander.control.wire.MsgpackExtent.MAX_BYTES;
import static dev.lander.control.wire.MsgpackExtent.isMapHead;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts what a control peer sends into messages, and finds out from the first bytes which framing it speaks.
 *
 * <p>The caller asks for one message at a time, so it can stop between any two: {@link #feed} what was read, then
 * {@link #next} until it says {@link Next#INCOMPLETE}, then read on. Used so, it holds at most one unfinished message
 * and what was fed last, and nothing while no message has begun.
 */
public final class FrameDecoder {
    /** What {@link #next} found. */
    public enum Next {
        /** A whole message: {@link #message} has it. */
        MESSAGE,
        /** No whole message; more bytes are needed. */
        INCOMPLETE,
        /** No message can be found any more: {@link #cause} says why. It stays so. */
        BROKEN
    }

    private static final byte[] NO_BYTES = {};
    private static final ByteBuffer NO_MESSAGE = ByteBuffer.allocate(0).asReadOnlyBuffer();

    /** Received bytes; those from {@code start} to {@code end} are not handed out yet. */
    private byte[] bytes = NO_BYTES;

    private int start;
    private int end;

    private Framing framing = Framing.UNDECIDED;
    /** Bare framing: the extent of the message that begins at {@code start}. */
    private final MsgpackExtent extent = new MsgpackExtent();

    private ByteBuffer message = NO_MESSAGE;
    /** Why no more messages can be found; empty = they can. */
    private String cause = "";

    /** Takes all of the chunk's bytes. They are copied, so the chunk may be reused. */
    public void feed(ByteBuffer chunk) {
        if (isBroken()) {
            chunk.position(chunk.limit());
            return;
        }
        int length = chunk.remaining();
        makeRoom(length);
        chunk.get(bytes, end, length);
        end += length;
    }

    /** Looks for the next message in what was fed. */
    public Next next() {
        message = NO_MESSAGE;
        Next next = find();
        if (next != Next.MESSAGE) {
            releaseRoom();
        }
        return next;
    }

    /**
     * The message that {@link #next} found, without its framing; valid until the next {@link #feed} or {@link #next}.
     */
    public ByteBuffer message() {
        return message;
    }

    /** Why the peer's bytes make no sense, for people; empty until {@link #next} has said {@link Next#BROKEN}. */
    public String cause() {
        return cause;
    }

    /** Forgets what was fed: nobody will ask for a message any more. */
    public void drop() {
        bytes = NO_BYTES;
        start = 0;
        end = 0;
    }

    /** The framing that the peer chose. Where neither fits it stays undecided. */
    public Framing framing() {
        return framing;
    }

    /** Memory held for received bytes. */
    public int heldBytes() {
        return bytes.length;
    }

    private boolean isBroken() {
        return !cause.isEmpty();
    }

    private Next find() {
        if (isBroken()) {
            return Next.BROKEN;
        }
        if (framing == Framing.UNDECIDED) {
            Framing fitting = framingOfFirstBytes();
            if (fitting == Framing.BARE && !isMapHead(byteAt(0))) {
                if (end - start < FirstBytes.neededToTell(byteAt(0), byteAt(1))) {
                    return Next.INCOMPLETE;
                }
                return breakOff("the first message must be a msgpack map, but " + whatCame());
            }
            framing = fitting;
        }
        return switch (framing) {
            case UNDECIDED -> Next.INCOMPLETE;
            case BARE -> findBare();
            case LENGTH_PREFIXED -> findLengthPrefixed();
        };
    }

    /**
     * A length of at most 65,535 has zeros as third and fourth byte, and the head of a map comes behind it. In a bare
     * map the fifth byte tells: it is no map's head where the third and fourth are zeros, but for a map 32 of 128 to
     * 143, 222 or 223 entries, which is then not understood.
     */
    private Framing framingOfFirstBytes() {
        int received = end - start;
        if ((received >= 3 && byteAt(2) != 0) || (received >= 4 && byteAt(3) != 0)) {
            return Framing.BARE;
        }
        if (received < 5) {
            return Framing.UNDECIDED;
        }
        return isMapHead(byteAt(4)) ? Framing.LENGTH_PREFIXED : Framing.BARE;
    }

    /**
     * What the peer's first bytes are, for people, where they should not have come: "an HTTP request came". At least
     * one was fed, and {@link #next} was not called. Behind what may be a length its first value tells.
     */
    public String whatCame() {
        int received = end - start;
        Framing fitting = framingOfFirstBytes();
        if (fitting == Framing.LENGTH_PREFIXED || isMapHead(byteAt(0))) {
            return "an unencrypted message came";
        }
        boolean hasLength = received >= 5 && byteAt(2) == 0 && byteAt(3) == 0 && byteAt(0) + byteAt(1) > 0;
        return hasLength
                ? "behind a length " + FirstBytes.describeValue(byteAt(4))
                : FirstBytes.describe(bytes, start, received);
    }

    /** How much of a message has come, and what it waits for; for people. */
    public String progress() {
        int received = end - start;
        if (received == 0) {
            return "nothing came";
        }
        String came = received + (received == 1 ? " byte came" : " bytes came");
        if (framing == Framing.LENGTH_PREFIXED && received >= Framing.PREFIX_BYTES) {
            int length = byteAt(0) | (byteAt(1) << 8);
            return came + " of a message of " + (Framing.PREFIX_BYTES + length) + " with its length";
        }
        return framing == Framing.BARE
                ? came + ", and the map is not complete"
                : came + ", too few to tell the framing";
    }

    private Next findBare() {
        int seen = start + extent.size();
        return switch (extent.scan(ByteBuffer.wrap(bytes, seen, end - seen))) {
            case UNFINISHED -> Next.INCOMPLETE;
            case COMPLETE -> {
                int length = extent.size();
                extent.restart();
                yield handOut(0, length);
            }
            case NOT_MSGPACK -> breakOff("not msgpack: there is a byte 0xc1");
            case TOO_LONG -> breakOff("a message has more than " + MAX_BYTES + " bytes");
        };
    }

    private Next findLengthPrefixed() {
        if (end - start < Framing.PREFIX_BYTES) {
            return Next.INCOMPLETE;
        }
        if (byteAt(2) != 0 || byteAt(3) != 0) {
            return breakOff("a message has more than " + MAX_BYTES + " bytes");
        }
        int length = byteAt(0) | (byteAt(1) << 8);
        if (end - start - Framing.PREFIX_BYTES < length) {
            return Next.INCOMPLETE;
        }
        return handOut(Framing.PREFIX_BYTES, length);
    }

    private Next handOut(int prefix, int length) {
        message = ByteBuffer.wrap(bytes, start + prefix, length).slice();
        start += prefix + length;
        return Next.MESSAGE;
    }

    private Next breakOff(String reason) {
        cause = reason;
        start = end;
        return Next.BROKEN;
    }

    private int byteAt(int offset) {
        return bytes[start + offset] & 0xff;
    }

    private void makeRoom(int length) {
        int pending = end - start;
        if (end + length <= bytes.length) {
            return;
        }
        int needed = pending + length;
        // Doubling keeps a byte-wise sender from having its message copied for each byte.
        byte[] target = needed <= bytes.length ? bytes : new byte[Math.max(needed, Math.min(2 * pending, MAX_BYTES))];
        System.arraycopy(bytes, start, target, 0, pending);
        bytes = target;
        start = 0;
        end = pending;
    }

    private void releaseRoom() {
        int pending = end - start;
        if (pending == 0) {
            bytes = NO_BYTES;
        } else if (pending <= bytes.length / 2) {
            bytes = Arrays.copyOfRange(bytes, start, end);
        } else {
            return;
        }
        start = 0;
        end = pending;
    }
}
