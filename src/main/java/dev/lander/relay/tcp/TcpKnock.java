package dev.lander.relay.tcp;

import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tries once whether a component can be connected to, whatever is known of it. */
final class TcpKnock implements Dial.Caller {
    private final TcpProbes probes;
    private final Reactor reactor;
    private final Component component;
    private final Deadlines timeouts;
    private final Consumer<Boolean> result;

    /** The try under way; null before and after. */
    private @Nullable Dial dial;

    /**
     * A try.
     *
     * @param timeouts of the length that it may take
     * @param result told whether the connection stood
     */
    TcpKnock(TcpProbes probes, Reactor reactor, Component component, Deadlines timeouts, Consumer<Boolean> result) {
        this.probes = probes;
        this.reactor = reactor;
        this.component = component;
        this.timeouts = timeouts;
        this.result = result;
    }

    /** Begins; without a descriptor to spare there is nothing against the component. */
    void begin() {
        if (!probes.takeDescriptor()) {
            result.accept(true);
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
            TcpProbe.sayThatNobodyCalls(ended.channel(), component);
        }
        end(ended.state() != Dial.State.FAILED);
    }

    @Override
    public void onFault(Exception defect) {
        end(true);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "probe service=" + component.service().relayPort() + " component=" + component.label();
    }

    private void end(boolean stood) {
        if (dial != null) {
            dial.hangUp();
            dial = null;
            probes.giveBackDescriptor();
            result.accept(stood);
        }
    }
}
