package dev.lander.cluster;

import dev.lander.reactor.Reactor;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/** Components of which something has changed here: they are settled when what has changed it is done. */
final class Unsettled {
    private final Reactor reactor;
    private final Settlement settlement;
    private final Set<Identity> waiting = new LinkedHashSet<>();
    private final Runnable settle = this::settle;

    Unsettled(Reactor reactor, Settlement settlement) {
        this.reactor = reactor;
        this.settlement = settlement;
    }

    void add(Identity identity) {
        if (waiting.isEmpty()) {
            reactor.atTurnEnd(settle);
        }
        waiting.add(identity);
    }

    private void settle() {
        while (!waiting.isEmpty()) {
            Iterator<Identity> next = waiting.iterator();
            Identity identity = next.next();
            next.remove();
            settlement.settle(identity);
            if (!waiting.isEmpty() && reactor.isTurnLong()) {
                reactor.afterSelect(settle);
                return;
            }
        }
    }
}
