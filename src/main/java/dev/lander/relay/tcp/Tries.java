package dev.lander.relay.tcp;

import dev.lander.registry.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Which components could not be reached for a client; as a predicate it says which ones may still be tried. */
final class Tries implements Predicate<Component> {
    private static final int MAX_TIMEOUTS = 3;

    /**
     * At most this many connects to this machine are finished at once for a client. Further ones wait for the loop:
     * each turn is to do a bounded amount for each client.
     */
    private static final int EAGER_TRIES = 4;

    /** A component that takes this long to refuse, as an address where no machine is, lets the client wait as well. */
    private static final long SLOW_NS = 1_000_000_000L;

    private List<Component> failed = List.of();
    private int timeouts;

    /** Whether the component may still be tried. */
    @Override
    public boolean test(Component candidate) {
        return !failed.contains(candidate);
    }

    /** The component was not reached. */
    void add(Component component, ConnectFailure why, long tookNs) {
        if (failed.isEmpty()) {
            failed = new ArrayList<>();
        }
        failed.add(component);
        if (why == ConnectFailure.TIMEOUT || tookNs >= SLOW_NS) {
            timeouts++;
        }
    }

    /** Whether the client has waited for as many timeouts as it should have to. */
    boolean areUsedUp() {
        return timeouts >= MAX_TIMEOUTS;
    }

    /** Whether the connect to this component stands at once as a rule, and may be finished without asking the loop. */
    boolean mayBeEager(Component next) {
        return failed.size() < EAGER_TRIES && next.address().getAddress().isLoopbackAddress();
    }
}
