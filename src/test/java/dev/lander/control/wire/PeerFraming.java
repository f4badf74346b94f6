package dev.lander.control.wire;

import dev.lander.testing.ControlPeer;
import dev.lander.testing.RunningLander;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The two framings as a peer's own library writes them. */
public enum PeerFraming {
    BARE,
    LENGTH_PREFIXED;

    public ControlPeer connect(RunningLander lander) throws IOException {
        return this == BARE ? lander.control() : ControlPeer.connectLengthPrefixed(lander.controlAddress());
    }

    /** One message, ready to be sent. */
    public byte[] frame(byte[] message) {
        if (this == BARE) {
            return message;
        }
        return ByteBuffer.allocate(4 + message.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(message.length)
                .put(message)
                .array();
    }

    /** A message of alternating names and values, ready to be sent. */
    public byte[] frame(Object... namesAndValues) throws IOException {
        return frame(ControlPeer.pack(ControlPeer.message(namesAndValues)));
    }
}
