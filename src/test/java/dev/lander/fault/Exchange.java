package dev.lander.fault;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.SplittableRandom;

/**
 * What a client and a server say to each other: the client its number, two lengths and as many bytes made from the
 * number; the server the checksum of these, and as many bytes back. Both ends know every byte, so both can tell whether
 * one is missing or wrong.
 *
 * @param id the number, of which both ways' bytes are made
 * @param upLength bytes from client to server
 * @param downLength bytes back
 */
record Exchange(long id, int upLength, int downLength) {
    private static final int CHUNK = 16 * 1024;

    /** A byte was wrong, or came after the end. */
    static final class Corrupt extends RuntimeException {
        private static final long serialVersionUID = 1;

        Corrupt(String what) {
            super(what);
        }
    }

    /** One of random size, mostly small. */
    static Exchange random(long id, SplittableRandom random) {
        return new Exchange(id, length(random), length(random));
    }

    private static int length(SplittableRandom random) {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1 -> random.nextInt(2_000_000);
            case 2, 3 -> random.nextInt(200_000);
            default -> random.nextInt(5_000);
        };
    }

    /** The client's part: asks, ends its side, and checks the whole answer. */
    void ask(Socket connection) throws IOException {
        DataOutputStream out = new DataOutputStream(connection.getOutputStream());
        out.writeLong(id);
        out.writeInt(upLength);
        out.writeInt(downLength);
        send(out, upLength, id);
        connection.shutdownOutput();
        DataInputStream in = new DataInputStream(connection.getInputStream());
        if (in.readLong() != id) {
            throw new Corrupt("the answer to another request");
        }
        receive(in, downLength, ~id);
        if (in.read() >= 0) {
            throw new Corrupt("bytes behind the end of the answer");
        }
    }

    /** The server's part up to knowing what is asked. */
    static Exchange begin(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        return new Exchange(in.readLong(), in.readInt(), in.readInt());
    }

    /** The rest of the server's part: checks what the client sends, and answers. */
    void answer(Socket connection) throws IOException {
        InputStream in = connection.getInputStream();
        receive(in, upLength, id);
        if (in.read() >= 0) {
            throw new Corrupt("bytes behind the end of the request");
        }
        DataOutputStream out = new DataOutputStream(connection.getOutputStream());
        out.writeLong(id);
        send(out, downLength, ~id);
        connection.shutdownOutput();
    }

    private static void send(OutputStream out, int length, long seed) throws IOException {
        SplittableRandom bytes = new SplittableRandom(seed);
        for (int left = length; left > 0; left -= CHUNK) {
            out.write(chunk(bytes, Math.min(CHUNK, left)));
        }
        out.flush();
    }

    private static void receive(InputStream in, int length, long seed) throws IOException {
        SplittableRandom bytes = new SplittableRandom(seed);
        for (int left = length; left > 0; left -= CHUNK) {
            byte[] expected = chunk(bytes, Math.min(CHUNK, left));
            byte[] got = in.readNBytes(expected.length);
            for (int i = 0; i < got.length; i++) {
                if (got[i] != expected[i]) {
                    throw new Corrupt("a wrong byte " + (length - left + i) + " of " + length);
                }
            }
            if (got.length < expected.length) {
                throw new EOFException("the end after " + (length - left + got.length) + " of " + length + " bytes");
            }
        }
    }

    private static byte[] chunk(SplittableRandom bytes, int length) {
        byte[] chunk = new byte[length];
        bytes.nextBytes(chunk);
        return chunk;
    }
}
