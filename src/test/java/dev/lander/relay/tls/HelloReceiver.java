package dev.lander.relay.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ChildProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;

/** A server that takes the first message of TLS and says nothing. */
final class HelloReceiver implements AutoCloseable {
    private static final int TIMEOUT_MS = 30_000;

    /** Where the extensions of a hello's body begin: behind version, random, session id, cipher suites, compression. */
    private static final int SESSION_ID = 5 + 4 + 2 + 32;

    /** What came, and what the decoder makes of it. */
    record Received(ClientHello hello, ByteBuffer bytes) {
        /** The types of the hello's extensions, in their order, where it is one record. */
        List<Integer> extensions() {
            ByteBuffer left = bytes.duplicate().position(SESSION_ID);
            skip(left, Byte.toUnsignedInt(left.get()));
            skip(left, Short.toUnsignedInt(left.getShort()));
            skip(left, Byte.toUnsignedInt(left.get()));
            left.getShort();
            List<Integer> types = new ArrayList<>();
            while (left.hasRemaining()) {
                types.add(Short.toUnsignedInt(left.getShort()));
                skip(left, Short.toUnsignedInt(left.getShort()));
            }
            return types;
        }

        private static void skip(ByteBuffer left, int bytes) {
            left.position(left.position() + bytes);
        }
    }

    private final ServerSocket server;

    HelloReceiver() throws IOException {
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        server.setSoTimeout(TIMEOUT_MS);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Its address and port, as programs take them. */
    String address() {
        return "127.0.0.1:" + port();
    }

    /** What the program sends when it connects; understood the same as it comes, and byte by byte. */
    Received helloOf(String... command) throws Exception {
        try (ChildProcess client = ChildProcess.start(List.of(command))) {
            assertTrue(client.pid() > 0);
            try (Socket connection = server.accept()) {
                connection.setSoTimeout(TIMEOUT_MS);
                ClientHelloDecoder decoder = new ClientHelloDecoder();
                ReadableByteChannel in = Channels.newChannel(connection.getInputStream());
                do {
                    ByteBuffer piece = ByteBuffer.allocate(decoder.room());
                    assertFalse(in.read(piece) < 0, () -> "it has ended: " + client);
                    decoder.take(piece.flip());
                } while (!decoder.isWhole());
                byte[] all = new byte[decoder.received().remaining()];
                decoder.received().get(all);
                ClientHelloDecoder slow = new ClientHelloDecoder();
                assertTrue(Hellos.feed(slow, all, 1));
                assertEquals(decoder.hello(), slow.hello());
                return new Received(decoder.hello(), decoder.received());
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
