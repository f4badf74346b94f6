package dev.lander.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Stands between one peer and Lander's control channel, passes everything on, and writes each piece that it reads to a
 * file: a line of hexadecimal digits after {@code >} for what goes to Lander, after {@code <} for what comes from it.
 */
public final class RecordedBytes implements AutoCloseable {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
    private static final int PIECE = 65_536;

    private final TcpServer between;
    private final OutputStream file;

    private RecordedBytes(InetSocketAddress lander, Path file) throws IOException {
        this.file = Files.newOutputStream(file);
        this.between = TcpServer.serving(peer -> record(peer, lander));
    }

    /** Between a peer that connects to {@link #port} and this Lander; the file is overwritten. */
    public static RecordedBytes between(InetSocketAddress lander, Path file) throws IOException {
        return new RecordedBytes(lander, file);
    }

    /** Where the peer connects to, at 127.0.0.1. */
    public int port() {
        return between.port();
    }

    @Override
    public void close() throws IOException {
        between.close();
        file.close();
    }

    private void record(Socket peer, InetSocketAddress lander) throws IOException {
        try (Socket control = new Socket(lander.getAddress(), lander.getPort())) {
            Thread fromLander = new Thread(() -> copy('<', control, peer), "recorder");
            fromLander.setDaemon(true);
            fromLander.start();
            copy('>', peer, control);
        }
    }

    private void copy(char direction, Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                write(direction + " " + HEX.formatHex(piece, 0, count) + "\n");
                to.getOutputStream().write(piece, 0, count);
            }
            to.shutdownOutput();
        } catch (IOException | UncheckedIOException closed) {
            // one of the ends has gone
        }
    }

    private synchronized void write(String line) throws IOException {
        file.write(line.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        file.flush();
    }
}
