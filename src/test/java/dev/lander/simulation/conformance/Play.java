package dev.lander.simulation.conformance;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One playing of a script: its actions are done on a stage, and what each comes to is written down. */
final class Play implements AutoCloseable {
    /** An action that comes to something. */
    @FunctionalInterface
    interface Action {
        Object call() throws IOException;
    }

    private static final int MOST_DESCRIPTORS = 2_000;

    private final Stage stage;
    private final List<String> trace = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Selector selector;

    /** Channels that do nothing but have a descriptor each. */
    private final List<DatagramChannel> taken = new ArrayList<>();

    Play(Stage stage) throws IOException {
        this.stage = stage;
        this.selector = own(stage.provider().openSelector());
    }

    /** What the actions came to, in their order. */
    List<String> trace() {
        return trace;
    }

    /** Does it, lets everything arrive, and writes down what it returned or threw. */
    Play does(String what, Action action) throws IOException {
        String result;
        try {
            result = String.valueOf(action.call());
        } catch (IOException | RuntimeException thrown) {
            result = thrown.getClass().getSimpleName();
        }
        trace.add(what + ": " + result);
        settle();
        return this;
    }

    /** Does what only prepares. */
    void settle() throws IOException {
        settle(Stage.ARRIVES_MS);
    }

    /** Lets this time pass, in milliseconds. */
    void settle(long lengthMs) throws IOException {
        stage.settle(lengthMs);
    }

    /** Takes all descriptors that the process has left. */
    void takeDescriptors() throws IOException {
        for (int i = 0; i < MOST_DESCRIPTORS; i++) {
            try {
                taken.add(stage.provider().openDatagramChannel(StandardProtocolFamily.INET));
            } catch (SocketException noMore) {
                return;
            }
        }
        throw new IllegalStateException("a process of a script may not have so many descriptors");
    }

    void giveDescriptorBack() throws IOException {
        taken.remove(taken.size() - 1).close();
    }

    Selector selector() {
        return selector;
    }

    /** A listening socket on a free port. */
    ServerSocketChannel listener() throws IOException {
        return listener(5);
    }

    ServerSocketChannel listener(int backlog) throws IOException {
        ServerSocketChannel listener = own(stage.provider().openServerSocketChannel(StandardProtocolFamily.INET));
        listener.configureBlocking(false);
        listener.bind(new InetSocketAddress(stage.address(), 0), backlog);
        return listener;
    }

    /** A socket that is not connected yet. */
    SocketChannel socket() throws IOException {
        SocketChannel socket = own(stage.provider().openSocketChannel(StandardProtocolFamily.INET));
        socket.configureBlocking(false);
        return socket;
    }

    /** Both ends of a connection: who connected, and who accepted. */
    SocketChannel[] pair() throws IOException {
        ServerSocketChannel listener = listener();
        SocketChannel client = socket();
        client.connect(listener.getLocalAddress());
        settle();
        client.finishConnect();
        SocketChannel server = own(listener.accept());
        server.configureBlocking(false);
        return new SocketChannel[] {client, server};
    }

    /** A socket for datagrams, bound to a free port. */
    DatagramChannel datagrams() throws IOException {
        DatagramChannel channel = unbound();
        channel.bind(new InetSocketAddress(stage.address(), 0));
        return channel;
    }

    /** A socket for datagrams to any host, bound to a free port. */
    DatagramChannel datagramsAnywhere() throws IOException {
        DatagramChannel channel = unbound();
        channel.bind(new InetSocketAddress(0));
        return channel;
    }

    DatagramChannel unbound() throws IOException {
        DatagramChannel channel = own(stage.provider().openDatagramChannel(StandardProtocolFamily.INET));
        channel.configureBlocking(false);
        return channel;
    }

    /** A socket for datagrams that is connected to the other. */
    DatagramChannel connected(DatagramChannel other) throws IOException {
        DatagramChannel channel = unbound();
        channel.connect(other.getLocalAddress());
        return channel;
    }

    /** An address where nobody is: its port was free a moment ago. */
    InetSocketAddress nobody() throws IOException {
        try (ServerSocketChannel gone = stage.provider().openServerSocketChannel(StandardProtocolFamily.INET)) {
            gone.bind(new InetSocketAddress(stage.address(), 0), 1);
            return (InetSocketAddress) gone.getLocalAddress();
        }
    }

    InetSocketAddress anyPort() {
        return new InetSocketAddress(stage.address(), 0);
    }

    SelectionKey register(SelectableChannel channel, int ops, String name) throws IOException {
        return channel.register(selector, ops, name);
    }

    /** One select that does not wait: the names of the ready keys with what they are ready for. */
    Play select(String when) throws IOException {
        return does("select " + when, this::ready);
    }

    Set<String> ready() throws IOException {
        Set<String> ready = new TreeSet<>();
        selector.selectNow(key -> ready.add(key.attachment() + " " + names(key.readyOps())));
        return ready;
    }

    static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count);
    }

    /** Sends a reset instead of the end. */
    static Object reset(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
        return "done";
    }

    static <T> Object set(SocketChannel channel, SocketOption<T> option, T value) throws IOException {
        channel.setOption(option, value);
        return "done";
    }

    static Object close(SelectableChannel channel) throws IOException {
        channel.close();
        return "done";
    }

    /** Writes until nothing more is taken; whether that was soon enough for a bounded buffer. */
    static Object fill(SocketChannel channel) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(64 * 1024);
        for (int i = 0; i < 10_000; i++) {
            if (channel.write(chunk.clear()) == 0) {
                return "full";
            }
        }
        return "endless";
    }

    /** Reads until there is nothing more for the moment. */
    static Object drain(SocketChannel channel) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(64 * 1024);
        int count;
        do {
            count = channel.read(chunk.clear());
        } while (count > 0);
        return count < 0 ? "ended" : "empty";
    }

    @Override
    public void close() throws IOException {
        for (DatagramChannel each : taken) {
            each.close();
        }
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (Exception alreadyGone) {
                trace.add("at the end: " + alreadyGone);
            }
        }
    }

    <T extends AutoCloseable> T own(T one) {
        opened.add(one);
        return one;
    }

    static String names(int ops) {
        List<String> names = new ArrayList<>();
        if ((ops & SelectionKey.OP_ACCEPT) != 0) {
            names.add("accept");
        }
        if ((ops & SelectionKey.OP_CONNECT) != 0) {
            names.add("connect");
        }
        if ((ops & SelectionKey.OP_READ) != 0) {
            names.add("read");
        }
        if ((ops & SelectionKey.OP_WRITE) != 0) {
            names.add("write");
        }
        return names.stream().collect(Collectors.joining("+"));
    }
}
