package dev.lander.simulation;

import dev.lander.metrics.Counter;
import dev.lander.registry.Affinity;
import dev.lander.registry.Balance;
import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.registry.Service;
import dev.lander.relay.FinishedRelay;
import java.util.ArrayList;
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
    }

    /** A service's components as long as nothing changes. */
    private static final class Window {
        private final List<Share> shares = new ArrayList<>();
        private long disturbances = -1;
    }

    private final Map<Service, Window> windows = new LinkedHashMap<>();

    /** Components that have left with relays that go on. */
    private final List<Component> left = new ArrayList<>();

    private long uneven;
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
        long disturbances = disturbances(window);
        if (window.shares.isEmpty() || window.disturbances != disturbances) {
            window.shares.clear();
            for (Component component : service.components()) {
                Share share = new Share(component, over(service.relayPort() + " " + component.label()));
                share.begin = chosen(share);
                window.shares.add(share);
            }
            window.disturbances = disturbances(window);
            return;
        }
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        for (Share share : window.shares) {
            if (share.component.isInRotation()) {
                long since = chosen(share) - share.begin;
                least = Math.min(least, since);
                most = Math.max(most, since);
            }
        }
        if (most - least > 1) {
            check(false, service.relayPort() + " has given from " + least + " to " + most);
        }
    }

    /** Changes with whatever may change who is chosen: then a new window begins. */
    private long disturbances(Window window) {
        long sum = state().metrics().value(Counter.CONNECT_OWN_FAULT)
                + state().metrics().value(Counter.DATAGRAM_OWN_FAULT);
        boolean even = cast.landerHost().hasFreePorts();
        int place = 1;
        for (Share share : window.shares) {
            Component component = share.component;
            even &= component.weight() == window.shares.get(0).component.weight();
            even &= component.traits().maxConnections() == 0; // else it may have been full between two looks
            sum += component.tally().failures();
            sum = sum * 31 + (long) place++ * component.weight() + (component.isInRotation() ? 17 : 0);
        }
        return even ? sum : uneven++; // those of unequal weight are not compared
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
