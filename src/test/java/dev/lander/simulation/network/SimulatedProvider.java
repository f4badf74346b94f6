package dev.lander.simulation.network;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The channels and selectors of one simulated host. */
public final class SimulatedProvider extends SelectorProvider {
    private final Host host;
    private final Descriptors descriptors;

    /** The one that was opened last; null = none was. */
    private @Nullable SimulatedSelector selector;

    /** For the one program that this host usually has. */
    public SimulatedProvider(Host host) {
        this(host, host.descriptors());
    }

    /** For another program on this host. */
    public SimulatedProvider(Host host, Descriptors descriptors) {
        this.host = host;
        this.descriptors = descriptors;
    }

    /** The selector that was opened last. */
    public SimulatedSelector selector() {
        return Objects.requireNonNull(selector);
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return openDatagramChannel(StandardProtocolFamily.INET);
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        descriptors.take();
        return new SimulatedDatagramChannel(this, new UdpSocket(host, descriptors));
    }

    @Override
    public Pipe openPipe() {
        throw new UnsupportedOperationException("no pipes are simulated");
    }

    @Override
    public AbstractSelector openSelector() {
        SimulatedSelector opened = new SimulatedSelector(
                this, host, new SplittableRandom(host.random().nextLong()));
        selector = opened;
        return opened;
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return openServerSocketChannel(StandardProtocolFamily.INET);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        descriptors.take();
        return new SimulatedListenerChannel(this, host, descriptors);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return openSocketChannel(StandardProtocolFamily.INET);
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        descriptors.take();
        return new SimulatedSocketChannel(this, new TcpSocket(host, descriptors));
    }
}
