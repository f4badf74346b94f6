package dev.lander.relay.tcp;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.ProxyProtocol;
import dev.lander.relay.GrowingPause;
import dev.lander.relay.proxy.ProxyHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Tries to connect to an unreachable component, with growing pauses, until one connect succeeds. */
final class TcpProbe implements Dial.Caller, DeadlineHandler {
    /** Room for the longest PROXY header. */
    private static final int HEADER_SIZE = 256;

    private final TcpProbes probes;
    private final Reactor reactor;
    private final Component component;
    private final Deadlines timeouts;
    private final GrowingPause pause;

    /** The try under way; null while pausing. */
    private @Nullable Dial dial;

    /**
     * For a component that has just become unreachable.
     *
     * @param timeouts of the length that a try may take
     */
    TcpProbe(TcpProbes probes, Reactor reactor, Component component, Deadlines timeouts) {
        this.probes = probes;
        this.reactor = reactor;
        this.component = component;
        this.timeouts = timeouts;
        this.pause = new GrowingPause(reactor, this);
    }

    void begin() {
        pause.begin();
    }

    /** Ends it; nothing more is found out. */
    void stop() {
        pause.stop();
        hangUp();
    }

    /** A pause is over. */
    @Override
    public void onDeadline(Deadline due) {
        if (!component.isUnreachable()) {
            return; // a client's connect has succeeded meanwhile
        }
        if (!probes.takeDescriptor()) {
            pause.begin();
            return;
        }
        Dial begun = new Dial(reactor, timeouts, component, this);
        dial = begun;
        if (begun.begin(false) != Dial.State.CONNECTING) {
            onDialled(begun);
        }
    }

    @Override
    public void onDialled(Dial ended) {
        if (ended.state() == Dial.State.CONNECTED) {
            component.onReached();
            sayThatNobodyCalls(ended.channel(), component);
        } else if (ended.state() == Dial.State.RESET) {
            component.onReached(); // the connection stood
        }
        endTry();
    }

    @Override
    public void onFault(Exception defect) {
        endTry();
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "probe service=" + component.service().relayPort() + " component=" + component.label();
    }

    /** A component that expects a PROXY header gets one of Lander's own. */
    static void sayThatNobodyCalls(SocketChannel connected, Component component) {
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

    private void endTry() {
        hangUp();
        if (component.isUnreachable()) {
            pause.begin();
        }
    }

    private void hangUp() {
        if (dial != null) {
            dial.hangUp();
            dial = null;
            probes.giveBackDescriptor();
        }
    }
}
