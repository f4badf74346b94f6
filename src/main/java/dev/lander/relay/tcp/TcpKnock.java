package dev.lander.relay.tcp;

import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.ProxyProtocol;
import dev.lander.relay.proxy.ProxyHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tries once whether a component can be connected to, whatever is known of it. */
final class TcpKnock implements Dial.Caller {
    /** What a knock has come to. */
    enum Result {
        /** The connection stood. */
        STOOD,

        /** Refused, or not answered in time. */
        FAILED,

        /** There was no descriptor to spare, or a defect: nothing was found out. */
        UNKNOWN
    }

    /**
     * What one needs.
     *
     * @param timeouts of the length that it may take
     * @param descriptors that it takes one of
     */
    record Means(Reactor reactor, Deadlines timeouts, ProbeDescriptors descriptors) {}

    /** Room for the longest PROXY header. */
    private static final int HEADER_SIZE = 256;

    private final Means means;
    private final Component component;
    private final Consumer<Result> listener;

    /** The try under way; null before and after. */
    private @Nullable Dial dial;

    /** @param listener told once, unless it is stopped before */
    TcpKnock(Means means, Component component, Consumer<Result> listener) {
        this.means = means;
        this.component = component;
        this.listener = listener;
    }

    void begin() {
        if (!means.descriptors().take()) {
            listener.accept(Result.UNKNOWN);
            return;
        }
        Dial begun = new Dial(means.reactor(), means.timeouts(), component, this);
        dial = begun;
        if (begun.begin(false) != Dial.State.CONNECTING) {
            onDialled(begun);
        }
    }

    /** Ends it; nothing more is found out. */
    void stop() {
        hangUp();
    }

    @Override
    public void onDialled(Dial ended) {
        if (ended.state() == Dial.State.CONNECTED) {
            sayThatNobodyCalls(ended.channel());
        }
        end(ended.state() == Dial.State.FAILED ? Result.FAILED : Result.STOOD);
    }

    @Override
    public void onFault(Exception defect) {
        end(Result.UNKNOWN);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "probe service=" + component.service().relayPort() + " component=" + component.label();
    }

    /** A component that expects a PROXY header gets one of Lander's own. */
    private void sayThatNobodyCalls(SocketChannel connected) {
        if (component.traits().proxyProtocol() != ProxyProtocol.NONE) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_SIZE);
            try {
                InetSocketAddress own = (InetSocketAddress) connected.getLocalAddress();
                ProxyHeader.putLocal(header, component.traits().proxyProtocol(), own, component.address());
                connected.write(header.flip());
            } catch (IOException gone) {
                // It was reached all the same.
            }
        }
    }

    private void end(Result result) {
        if (hangUp()) {
            listener.accept(result);
        }
    }

    /** Whether it was under way. */
    private boolean hangUp() {
        if (dial == null) {
            return false;
        }
        dial.hangUp();
        dial = null;
        means.descriptors().giveBack();
        return true;
    }
}
