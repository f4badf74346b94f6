package dev.lander.reactor;

import dev.lander.sockets.Channels;
import dev.lander.testing.Await;
import dev.lander.testing.RunningReactor;
import dev.lander.testing.UsedUpDescriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program that uses up its file descriptors and is connected to: its limit must be low. Prints what its acceptor has
 * done at each step.
 */
final class AcceptsWithoutDescriptors implements Acceptor.Host {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();

    private AcceptsWithoutDescriptors() {}

    public static void main(String[] arguments) throws IOException {
        new AcceptsWithoutDescriptors().run();
    }

    private void run() throws IOException {
        try (RunningReactor loop = new RunningReactor();
                ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.configureBlocking(false);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Acceptor acceptor = new Acceptor(loop.reactor(), listener, this);
            SocketChannel first = SocketChannel.open();
            SocketChannel second = SocketChannel.open();
            SocketChannel third = SocketChannel.open();
            loop.start();

            // Loads every class that is needed below: that takes descriptors.
            first.connect(listener.getLocalAddress());
            Await.until("the first is accepted", () -> accepted.get() == 1);
            loop.inLoop(() -> acceptor.onFault(new IOException("rehearsal")));
            loop.advance(PAUSE);
            tell();

            UsedUpDescriptors all = new UsedUpDescriptors();
            second.connect(listener.getLocalAddress());
            third.connect(listener.getLocalAddress());
            Await.until("an accept has failed", () -> failed.get() == 1);
            tell();
            loop.advance(PAUSE.minusMillis(1));
            tell();
            loop.advance(Duration.ofMillis(1));
            Await.until("another accept has failed", () -> failed.get() == 2);
            tell();
            all.close();
            loop.advance(PAUSE);
            Await.until("all are accepted", () -> accepted.get() == 3);
            tell();
            open.forEach(Channels::close);
        }
    }

    private void tell() {
        System.out.println("accepted " + accepted + ", failed " + failed);
    }

    @Override
    public boolean makeRoom(Acceptor acceptor) {
        return true;
    }

    @Override
    public void onAccepted(SocketChannel connection) {
        open.add(connection);
        accepted.incrementAndGet();
    }

    @Override
    public void onAcceptFailed(IOException fault) {
        failed.incrementAndGet();
    }
}
