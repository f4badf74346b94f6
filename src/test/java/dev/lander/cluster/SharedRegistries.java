package dev.lander.cluster;

import dev.lander.listing.ClusterEvent;
import dev.lander.registry.Component;
import dev.lander.registry.Link;
import dev.lander.registry.LoopGuard;
import dev.lander.registry.PortBinder;
import dev.lander.registry.Registry;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.Snapshot;
import dev.lander.testing.RunningReactor;
import dev.lander.testing.SilentLink;
import dev.lander.testing.SilentObserver;
import dev.lander.text.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several Landers' registries that share what is registered with them, on one loop whose clock the test moves. What one
 * sends waits until the test delivers it.
 */
final class SharedRegistries implements AutoCloseable {
    /** Short, so that few turns are needed until it is over. */
    static final Duration GRACE = Duration.ofSeconds(2);

    private final RunningReactor running = new RunningReactor().start();
    private final Wires wires = new Wires();
    private final List<Lander> landers = new ArrayList<>();

    /** TCP components that take connections. */
    final Set<RelayPort> answering = new HashSet<>();

    SharedRegistries() throws IOException {}

    /** One Lander without its sockets. */
    final class Lander implements PortBinder {
        final Registry registry =
                new Registry(this, new LoopGuard(address -> false), new SilentObserver(), new SplittableRandom(1));
        final Cluster cluster;
        final Wires.End end;

        /** A control connection over which everything is registered. */
        final Link peer = new SilentLink(InetAddress.getLoopbackAddress());

        /** What has come from each other one and is not delivered yet. */
        private final Map<MemberId, Deque<Runnable>> waiting = new LinkedHashMap<>();

        private final List<ClusterEvent> happened = new ArrayList<>();

        /** Why the system refuses to bind a port. */
        final Map<RelayPort, String> refusals = new HashMap<>();

        boolean alive = true;

        private Lander(String name, @Nullable InetAddress inPlaceOfLoopback) throws IOException {
            this.end = wires.end(name, (from, task) -> waiting.computeIfAbsent(from, absent -> new ArrayDeque<>())
                    .add(task));
            ClusterSettings settings = new ClusterSettings(
                    List.<HostPort>of(), null, 0, Path.of("unread"), true, inPlaceOfLoopback, GRACE);
            this.cluster = new Cluster(
                    new Cluster.Ground(
                            running.reactor(),
                            registry,
                            () -> running.clock().getAsLong() / 1_000_000,
                            component -> {},
                            (component, result) -> result.accept(
                                    answering.contains(component.service().relayPort())),
                            (event, relayPort, subject, cause) -> happened.add(event)),
                    settings,
                    end::open);
        }

        /** Runs the task on the loop. */
        void run(Consumer<Lander> task) {
            inLoop(() -> task.accept(this));
        }

        /** Delivers what has come from the other, up to this many pieces. */
        void deliver(Lander from, int pieces) {
            Deque<Runnable> pending = waiting.getOrDefault(from.end.self(), new ArrayDeque<>());
            for (int i = 0; i < pieces && !pending.isEmpty() && alive; i++) {
                inLoop(pending.remove());
            }
        }

        /** Ends without a word. */
        void kill() {
            alive = false;
            waiting.clear();
            inLoop(end::leave);
        }

        /** How often this has happened. */
        int count(ClusterEvent event) {
            return Collections.frequency(happened, event);
        }

        /** Whether this has happened. */
        boolean has(ClusterEvent event) {
            return happened.contains(event);
        }

        /** Everything that others can see of what is registered. */
        Set<String> state() {
            Set<String> lines = new TreeSet<>();
            inLoop(() -> registry.walk().whole().services().forEach(service -> service.components()
                    .forEach(component -> lines.add(line(service, component)))));
            return lines;
        }

        /** What is registered over its own connections. */
        Set<String> own() {
            Set<String> lines = new TreeSet<>();
            inLoop(() -> registry.componentsOf(peer)
                    .forEach(component -> lines.add(component.service().relayPort() + " " + component.identity())));
            return lines;
        }

        @Override
        public Optional<String> bind(Service service) {
            return Optional.ofNullable(refusals.get(service.relayPort()));
        }

        @Override
        public void release(Service service) {}

        @Override
        public void onLeft(Component component) {}
    }

    private static String line(Snapshot.ServiceStatus service, Snapshot.ComponentStatus component) {
        return service.relayPort() + " " + service.balance().word() + " " + component.host() + ":" + component.port()
                + " name=" + component.name() + " weight=" + component.weight() + " "
                + component.state().word() + (component.held() ? " held" : "");
    }

    /** Another Lander, which joins those that are there. */
    Lander add() {
        return add(null);
    }

    /** The same, which tells the others of loopback registrations under this address. */
    Lander add(@Nullable InetAddress inPlaceOfLoopback) {
        return add("lb" + (landers.size() + 1), inPlaceOfLoopback);
    }

    /** The same, of this name. */
    Lander add(String name, @Nullable InetAddress inPlaceOfLoopback) {
        List<Lander> made = new ArrayList<>();
        inLoop(() -> {
            try {
                made.add(new Lander(name, inPlaceOfLoopback));
            } catch (IOException impossible) {
                throw new AssertionError(impossible);
            }
        });
        landers.addAll(made);
        inLoop(made.get(0).end::join);
        return made.get(0);
    }

    /** Those that have not ended. */
    List<Lander> alive() {
        return landers.stream().filter(one -> one.alive).toList();
    }

    /** The two do not reach each other any more. */
    void cut(Lander one, Lander other) {
        inLoop(() -> wires.cut(one.end, other.end));
    }

    void heal() {
        inLoop(wires::heal);
    }

    void advance(Duration by) {
        running.advance(by);
    }

    /** Delivers until nobody has anything more to say. */
    void deliverAll() {
        boolean found = true;
        while (found) {
            inLoop(() -> {});
            found = false;
            for (Lander to : alive()) {
                for (Deque<Runnable> pending : List.copyOf(to.waiting.values())) {
                    while (!pending.isEmpty()) {
                        found = true;
                        inLoop(pending.remove());
                    }
                }
            }
        }
    }

    /** What went wrong on the loop. */
    List<Exception> faults() {
        return running.faults();
    }

    String describe() {
        return alive().stream()
                .map(one -> one.end.name() + ": " + String.join("; ", one.state()))
                .collect(Collectors.joining("\n"));
    }

    static InetSocketAddress address(int lastByte, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) lastByte}), port);
        } catch (java.net.UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private void inLoop(Runnable task) {
        running.inLoop(task);
    }

    @Override
    public void close() {
        running.close();
    }
}
