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
import java.util.SplittableRandom;

/** The channels and selectors of one simulated host. */
public final class SimulatedProvider extends SelectorProvider {
    private final Host host;

    /** For programs on this host. */
    public SimulatedProvider(Host host) {
        this.host = host;
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return openDatagramChannel(StandardProtocolFamily.INET);
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        host.takeDescriptor();
        return new SimulatedDatagramChannel(this, host);
    }

    @Override
    public Pipe openPipe() {
        throw new UnsupportedOperationException("no pipes are simulated");
    }

    @Override
    public AbstractSelector openSelector() {
        return new SimulatedSelector(
                this, host.timeline(), new SplittableRandom(host.random().nextLong()));
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return openServerSocketChannel(StandardProtocolFamily.INET);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        host.takeDescriptor();
        return new SimulatedListenerChannel(this, host);
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return openSocketChannel(StandardProtocolFamily.INET);
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        host.takeDescriptor();
        return new SimulatedSocketChannel(this, new TcpSocket(host));
    }
}
