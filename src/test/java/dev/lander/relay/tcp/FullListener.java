package dev.lander.relay.tcp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A listening socket whose accept queue is full: the system drops what would connect, so that connects time out. */
public final class FullListener implements AutoCloseable {
    private static final int SHORTEST_BACKLOG = 1;
    private static final int TIMEOUT_MS = 10_000;

    /** Linux lets one more in than the backlog says; the rest keep asking. */
    private static final int ENOUGH = 4;

    private final ServerSocket listener;
    private final List<SocketChannel> waiting = new ArrayList<>();

    public FullListener() throws IOException {
        listener = new ServerSocket(0, SHORTEST_BACKLOG, InetAddress.getLoopbackAddress());
        for (int i = 0; i < ENOUGH; i++) {
            SocketChannel channel = SocketChannel.open();
            waiting.add(channel);
            channel.configureBlocking(false);
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Drops those that fill the queue: from now on the system lets others in. */
    void makeRoom() throws IOException {
        int filling = 0;
        for (SocketChannel channel : waiting) {
            filling += channel.finishConnect() ? 1 : 0;
        }
        closeWaiting();
        listener.setSoTimeout(TIMEOUT_MS);
        for (int i = 0; i < filling; i++) {
            listener.accept().close();
        }
    }

    /** Makes room, and accepts the next one that asks. */
    public Socket letIn() throws IOException {
        makeRoom();
        Socket connection = listener.accept();
        connection.setSoTimeout(TIMEOUT_MS);
        return connection;
    }

    @Override
    public void close() throws IOException {
        closeWaiting();
        listener.close();
    }

    private void closeWaiting() throws IOException {
        for (SocketChannel channel : waiting) {
            channel.close();
        }
    }
}
