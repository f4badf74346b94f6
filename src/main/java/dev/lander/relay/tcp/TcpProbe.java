package dev.lander.relay.tcp;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.registry.Component;
import dev.lander.relay.GrowingPause;

/** Knocks at an unreachable component, with growing pauses, until one connect succeeds. */
final class TcpProbe implements DeadlineHandler {
    private final Component component;
    private final TcpKnock knock;
    private final GrowingPause pause;

    /** For a component that has just become unreachable. */
    TcpProbe(TcpKnock.Means means, Component component) {
        this.component = component;
        this.knock = new TcpKnock(means, component, this::onResult);
        this.pause = new GrowingPause(means.reactor(), this);
    }

    void begin() {
        pause.begin();
    }

    /** Ends it; nothing more is found out. */
    void stop() {
        pause.stop();
        knock.stop();
    }

    /** A pause is over. */
    @Override
    public void onDeadline(Deadline due) {
        if (component.isUnreachable()) { // no client's connect has succeeded meanwhile
            knock.begin();
        }
    }

    private void onResult(TcpKnock.Result result) {
        if (result == TcpKnock.Result.STOOD) {
            component.onReached();
        }
        if (component.isUnreachable()) {
            pause.begin();
        }
    }

    @Override
    public void onFault(Exception defect) {
        knock.stop();
        onResult(TcpKnock.Result.UNKNOWN);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return knock.toString();
    }
}
