package dev.lander.simulation;

import dev.lander.metrics.Counter;
import dev.lander.registry.Affinity;
import dev.lander.registry.Balance;
import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.registry.Service;
import dev.lander.relay.FinishedRelay;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * As long as nobody comes, goes or fails, components of one weight get as many clients or datagrams, give or take one.
 */
final class TurnsAreFair extends Invariant {
    /** A component, how many of its relays are over, and what it had been chosen for when the window began. */
    private static final class Share {
        private final Component component;
        private final long[] over;
        private long begin;

        Share(Component component, long[] over) {
            this.component = component;
            this.over = over;
        }

        int tier() {
            return component.traits().priority();
        }
    }

    /** A service's components as long as nothing changes. */
    private final class Window {
        /** The best tier first. */
        private final List<Share> shares = new ArrayList<>();

        private boolean limited;
        private long disturbances = UNEVEN;

        void fill(Service service) {
            limited = false;
            for (Component component : service.components()) {
                shares.add(new Share(component, over(service.relayPort() + " " + component.label())));
                limited |= component.traits().maxConnections() > 0;
            }
            shares.sort(Comparator.comparingInt(Share::tier));
            disturbances = UNEVEN;
        }

        boolean isOfDatagrams() {
            return !shares.isEmpty()
                    && shares.get(0).component.service().relayPort().protocol() == Protocol.UDP;
        }

        /** Whether who is chosen can't depend on who is full, which may change between two looks. */
        boolean isEven() {
            return !limited;
        }
    }

    /** Those who serve are not alike, or no window has begun. */
    private static final long UNEVEN = -1;

    private final Map<Service, Window> windows = new LinkedHashMap<>();

    /** Components that have left with relays that go on. */
    private final List<Component> left = new ArrayList<>();

    private final Map<String, long[]> finished = new HashMap<>();

    TurnsAreFair(Cast cast) {
        super(cast, "round robin gives N/k give or take one over every window without changes");
    }

    @Override
    void onFinished(FinishedRelay relay) {
        if (relay.component() != null && relay.service().protocol() == Protocol.TCP) {
            over(relay.service() + " " + relay.component())[0]++;
            if (isOfOneThatHasLeft(relay)) {
                onChange(); // it may have come back, and this one is not of its new time
            }
        }
    }

    private boolean isOfOneThatHasLeft(FinishedRelay relay) {
        Predicate<Component> isIts = component -> component.label().equals(relay.component())
                && component.service().relayPort().equals(relay.service());
        boolean may = left.stream().anyMatch(isIts);
        left.removeIf(component -> component.active() == 0);
        return may;
    }

    @Override
    void onLeft(Component component) {
        if (component.active() > 0) {
            left.add(component);
        }
        onChange();
    }

    @Override
    void onRegistered(Component component) {
        Service service = component.service();
        boolean counted = service.relayPort().protocol() == Protocol.TCP
                || (service.affinity() == Affinity.NONE && cast.setting().hasRoomForFlows());
        if (service.balance() == Balance.ROUNDROBIN && counted) {
            windows.computeIfAbsent(service, absent -> new Window());
        }
        onChange();
    }

    @Override
    void onReleased(Service service) {
        windows.remove(service);
    }

    @Override
    void onChange() {
        windows.values().forEach(window -> window.shares.clear());
    }

    @Override
    void onTurn() {
        if (!cast.isEndAsked()) {
            windows.forEach(this::look);
        }
    }

    private void look(Service service, Window window) {
        if (window.shares.isEmpty()) {
            window.fill(service);
        }
        long disturbances = window.isEven() ? disturbances(window) : UNEVEN;
        if (disturbances == UNEVEN) {
            window.disturbances = UNEVEN; // what they get now is not compared
        } else if (window.disturbances != disturbances) {
            window.disturbances = disturbances;
            for (Share share : window.shares) {
                share.begin = chosen(share);
            }
        } else {
            compare(service, window);
        }
    }

    /** Those of one tier with each other. */
    private void compare(Service service, Window window) {
        int tier = -1;
        long least = 0;
        long most = 0;
        for (int i = 0; i < window.shares.size(); i++) {
            Share share = window.shares.get(i);
            if (!share.component.isInRotation()) {
                continue;
            }
            long since = chosen(share) - share.begin;
            boolean first = share.tier() != tier;
            tier = share.tier();
            least = first ? since : Math.min(least, since);
            most = first ? since : Math.max(most, since);
            if (most - least > 1) {
                check(false, service.relayPort() + " has given from " + least + " to " + most);
            }
        }
    }

    /** Changes with whatever may change who is chosen: then a new window begins. */
    private long disturbances(Window window) {
        if (!cast.landerHost().hasFreePorts() || (window.isOfDatagrams() && hasEvicted())) {
            return UNEVEN;
        }
        long sum = state().metrics().value(Counter.CONNECT_OWN_FAULT)
                + state().metrics().value(Counter.DATAGRAM_OWN_FAULT);
        int tier = -1;
        int weight = 0;
        for (int i = 0; i < window.shares.size(); i++) {
            Component component = window.shares.get(i).component;
            if (component.weight() != weight && window.shares.get(i).tier() == tier) {
                return UNEVEN; // those of unequal weight are not compared
            }
            tier = window.shares.get(i).tier();
            weight = component.weight();
            sum += component.tally().failures();
            sum = sum * 31 + (i + 1L) * weight + (component.isInRotation() ? 17 : 0);
        }
        return sum == UNEVEN ? 0 : sum;
    }

    /** Since then datagrams may have waited for room, with their turn. */
    private boolean hasEvicted() {
        return state().metrics().value(Counter.FLOW_EVICTED) > 0;
    }

    private static long chosen(Share share) {
        Component component = share.component;
        return component.service().relayPort().protocol() == Protocol.UDP
                ? component.tally().total()
                : component.tally().failures() + component.active() + share.over[0];
    }

    private long[] over(String name) {
        return finished.computeIfAbsent(name, absent -> new long[1]);
    }
}
