package dev.lander.simulation;

import dev.lander.metrics.Counter;
import dev.lander.registry.Affinity;
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

/** Who is chosen in windows of time in which nobody comes, goes or fails. */
abstract class ChoiceWindows extends Invariant {
    /** A component, how many of its relays are over, and what it had been chosen for when the window began. */
    static final class Share {
        final Component component;
        private final long[] over;
        private long begin;

        Share(Component component, long[] over) {
            this.component = component;
            this.over = over;
        }

        int tier() {
            return component.traits().priority();
        }

        boolean isLimited() {
            return component.traits().maxConnections() > 0;
        }

        /** For how many clients or datagrams it was chosen in this window. */
        long chosen() {
            return inAll() - begin;
        }

        private long inAll() {
            return component.service().relayPort().protocol() == Protocol.UDP
                    ? component.tally().total()
                    : component.tally().failures() + component.active() + over[0];
        }
    }

    /** A service's components as long as nothing changes. */
    private final class Window {
        private final List<Share> shares = new ArrayList<>();
        private boolean compared;
        private long disturbances = NONE;

        void fill(Service service) {
            for (Component component : service.components()) {
                shares.add(new Share(component, over(service.relayPort() + " " + component.label())));
            }
            shares.sort(Comparator.comparingInt(Share::tier));
            compared = areComparable(shares);
            disturbances = NONE;
        }
    }

    /** No window has begun. */
    private static final long NONE = -1;

    private final Map<Service, Window> windows = new LinkedHashMap<>();

    /** Components that have left with relays that go on. */
    private final List<Component> left = new ArrayList<>();

    private final Map<String, long[]> finished = new HashMap<>();

    ChoiceWindows(Cast cast, String sentence) {
        super(cast, sentence);
    }

    /** Whether the service is looked at. */
    abstract boolean watches(Service service);

    /** Whether it can ever be said who should be chosen of them; the best tier is first. */
    abstract boolean areComparable(List<Share> shares);

    /** Whether that can be said now. */
    abstract boolean areAlike(List<Share> shares);

    /** Looks at what they were chosen for. */
    abstract void compare(Service service, List<Share> shares);

    @Override
    final void onFinished(FinishedRelay relay) {
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
    final void onLeft(Component component) {
        if (component.active() > 0) {
            left.add(component);
        }
        onChange();
    }

    @Override
    final void onRegistered(Component component) {
        Service service = component.service();
        boolean counted = service.relayPort().protocol() == Protocol.TCP
                || (service.affinity() == Affinity.NONE && cast.setting().hasRoomForFlows());
        boolean hasClients = service.relayPort().number() != Setting.CROWDED_PORT;
        if (counted && hasClients && watches(service)) {
            windows.computeIfAbsent(service, absent -> new Window());
        }
        onChange();
    }

    @Override
    final void onReleased(Service service) {
        windows.remove(service);
    }

    @Override
    final void onChange() {
        windows.values().forEach(window -> window.shares.clear());
    }

    @Override
    final void onTurn() {
        if (!cast.isEndAsked()) {
            windows.forEach(this::look);
        }
    }

    private void look(Service service, Window window) {
        if (window.shares.isEmpty()) {
            window.fill(service);
        }
        if (!window.compared) {
            return;
        }
        long disturbances = isSaid(service) && areAlike(window.shares) ? disturbances(window.shares) : NONE;
        if (disturbances != NONE && disturbances == window.disturbances) {
            compare(service, window.shares);
            return;
        }
        window.disturbances = disturbances;
        for (Share share : window.shares) {
            share.begin = share.inAll();
        }
    }

    /** Once flows had to make room, datagrams may wait for it, with their turn. */
    private boolean isSaid(Service service) {
        boolean waits = service.relayPort().protocol() == Protocol.UDP
                && state().metrics().value(Counter.FLOW_EVICTED) > 0;
        return !waits && cast.landerHost().isSound();
    }

    /** Changes with whatever may change who is chosen: then a new window begins. */
    private long disturbances(List<Share> shares) {
        long sum = state().metrics().value(Counter.CONNECT_OWN_FAULT)
                + state().metrics().value(Counter.DATAGRAM_OWN_FAULT)
                + state().metrics().value(Counter.DATAGRAM_SEND_FULL)
                + state().metrics().value(Counter.DATAGRAM_PACE)
                + state().metrics().value(Counter.DATAGRAM_TOO_LONG);
        for (int i = 0; i < shares.size(); i++) {
            Component component = shares.get(i).component;
            sum += component.tally().failures();
            sum = sum * 31 + (i + 1L) * component.weight() + (component.isInRotation() ? 17 : 0);
        }
        return sum == NONE ? 0 : sum;
    }

    private long[] over(String name) {
        return finished.computeIfAbsent(name, absent -> new long[1]);
    }
}
