package dev.lander.host;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import dev.lander.kernel.CLibrary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A Unix datagram socket's address, and how to send to it: by the system's own calls, since Java has no such sockets.
 * Linux only. Loading this class loads JNA's native library.
 */
final class NotifySocket {
    /** Abstract addresses, which are no files, are written with this in place of their leading NUL. */
    private static final String ABSTRACT = "@";

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int MOST_ADDRESS_BYTES = 108;

    static {
        CLibrary.bind(NotifySocket.class);
    }

    private final byte[] address;

    /**
     * The socket of this name.
     *
     * @param name a path, or {@code @} and an abstract name
     * @throws IOException when it is neither, or too long
     */
    NotifySocket(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (!name.startsWith("/") && !name.startsWith(ABSTRACT)) {
            throw new IOException("'" + name + "' is neither a path nor @ and a name");
        }
        if (bytes.length > MOST_ADDRESS_BYTES) {
            throw new IOException("'" + name + "' is longer than " + MOST_ADDRESS_BYTES + " bytes");
        }
        if (name.startsWith(ABSTRACT)) {
            bytes[0] = 0;
        }
        // struct sockaddr_un: the family, then the name; its length ends it, so that no NUL need do so.
        this.address = ByteBuffer.allocate(Short.BYTES + bytes.length)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX)
                .put(bytes)
                .array();
    }

    /**
     * Sends one datagram; waits while the receiver's queue is full.
     *
     * @throws IOException with the system's reason
     */
    void send(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            int descriptor = socket(AF_UNIX, SOCK_DGRAM, 0);
            try {
                sendto(descriptor, bytes, new NativeLong(bytes.length), 0, address, address.length);
            } finally {
                close(descriptor);
            }
        } catch (LastErrorException refused) {
            throw new IOException(refused.getMessage(), refused);
        }
    }

    private static native int socket(int family, int type, int protocol) throws LastErrorException;

    private static native NativeLong sendto(
            int descriptor, byte[] bytes, NativeLong length, int flags, byte[] address, int addressLength)
            throws LastErrorException;

    private static native int close(int descriptor) throws LastErrorException;
}
