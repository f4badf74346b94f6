package dev.lander.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessageUnpacker;

/** The elements of a msgpack array, one after the other; it may have more than its reader knows. */
final class Elements {
    private final MessageUnpacker unpacker;
    private int left;

    /** @throws IOException when there is no array */
    Elements(MessageUnpacker unpacker) throws IOException {
        this.unpacker = unpacker;
        this.left = unpacker.unpackArrayHeader();
    }

    /** Whether there is one more: an older member has written fewer. */
    boolean hasNext() {
        return left > 0;
    }

    /** Whether there is none more, or nil. */
    boolean nextIsAbsent() throws IOException {
        if (left > 0 && unpacker.getNextFormat() != MessageFormat.NIL) {
            return false;
        }
        if (left > 0) {
            take().unpackNil();
        }
        return true;
    }

    /** An array within this one, to be read to its end before the next of this one. */
    Elements nextArray() throws IOException {
        return new Elements(take());
    }

    int nextInt() throws IOException {
        return take().unpackInt();
    }

    long nextLong() throws IOException {
        return take().unpackLong();
    }

    boolean nextBoolean() throws IOException {
        return take().unpackBoolean();
    }

    String nextText() throws IOException {
        return take().unpackString();
    }

    byte[] nextBytes() throws IOException {
        return unpacker.readPayload(take().unpackBinaryHeader());
    }

    List<String> nextTexts() throws IOException {
        Elements texts = nextArray();
        List<String> all = new ArrayList<>();
        while (texts.hasNext()) {
            all.add(texts.nextText());
        }
        return all;
    }

    void skipRest() throws IOException {
        unpacker.skipValue(left);
        left = 0;
    }

    private MessageUnpacker take() throws IOException {
        if (left == 0) {
            throw new IOException("a message has fewer elements than expected");
        }
        left--;
        return unpacker;
    }
}
