package dev.lander.simulation;

import dev.lander.Lander;
import dev.lander.Platform;
import dev.lander.control.wire.Framing;
import dev.lander.host.ServiceNotifier;
import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.NetworkFaults;
import dev.lander.simulation.network.SimulatedProvider;
import dev.lander.sockets.Sockets;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * One run: a Lander serves for a while, then its clients stop, then what it holds must be what its components have
 * asked for, and then it ends.
 */
final class Simulation {
    private static final long MS = 1_000_000L;
    private static final long S = 1_000 * MS;
    private static final long SERVED_NS = 20 * S;
    private static final Duration UDP_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(5);
    private static final int RELAY_PORT = 5_000;

    private final Trace trace;
    private final World world;
    private final SplittableRandom random;
    private final Host host;
    private final Lander lander;
    private final List<ServiceComponent> components = new ArrayList<>();
    private final List<TcpClient> tcpClients = new ArrayList<>();
    private final List<UdpClient> udpClients = new ArrayList<>();

    /** When Lander was told to end; 0 = not yet. */
    private long endAskedNs;

    Simulation(long seed, Trace trace) throws IOException {
        this.trace = trace;
        this.world = new World(seed, trace);
        this.random = world.splitRandom();
        int descriptors = random.nextInt(3) == 0 ? 80 + random.nextInt(60) : 2_000;
        this.host = world.network().addHost("lander", descriptors);
        TestOptions options = new TestOptions();
        options.udpTimeout = UDP_TIMEOUT;
        options.drainTimeout = DRAIN_TIMEOUT;
        options.healthInterval = Duration.ofMillis(500 + random.nextInt(5_000));
        options.connectTimeout = Duration.ofSeconds(2);
        Platform platform = new Platform(
                world.timeline()::nowNs,
                new Sockets(new SimulatedProvider(host)),
                ServiceNotifier.none(),
                descriptors,
                host::isLocal,
                world.splitRandom());
        this.lander = new Lander(options.build(null), platform);
        populate();
    }

    /** Runs it to its end; a digest of all that happened. */
    String run() throws IOException {
        lander.run();
        long tookNs = world.timeline().nowNs() - endAskedNs;
        if (tookNs > DRAIN_TIMEOUT.toNanos() + S) {
            world.violated("lander", "it ends within the drain timeout and a second: it took " + tookNs / MS + " ms");
        }
        if (host.descriptors() != 0) {
            world.violated("lander", "all descriptors are closed at the end: " + host.descriptors() + " are not");
        }
        int completed = tcpClients.stream().mapToInt(TcpClient::completed).sum();
        int failed = tcpClients.stream().mapToInt(TcpClient::failed).sum();
        int sent = udpClients.stream().mapToInt(UdpClient::sent).sum();
        int answers = udpClients.stream().mapToInt(UdpClient::answers).sum();
        world.trace("lander", "ended: tcp " + completed + "+" + failed + ", udp " + answers + " of " + sent);
        return trace.hash();
    }

    private void populate() throws IOException {
        InetSocketAddress control =
                new InetSocketAddress(host.address(), lander.controlAddress().getPort());
        boolean crashes = random.nextBoolean();
        if (crashes) {
            world.allowCrashes();
        }
        boolean bad = random.nextBoolean();
        double loss = bad ? random.nextDouble() * 0.1 : 0;
        int ports = 1 + random.nextInt(2);
        int[] responses = random.ints(ports, -1, 2).toArray();
        // A request that comes twice is answered twice: then no component keeps to what it has declared.
        double doubling = Arrays.stream(responses).anyMatch(declared -> declared > 0) ? 0 : loss / 2;
        long mostDelayNs = 50_000 + random.nextLong(bad ? 20 * MS : MS);
        world.network().setFaults(new NetworkFaults(50_000, mostDelayNs, loss, doubling, random.nextBoolean()));
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            int port = random.nextInt(ports);
            Framing framing = random.nextBoolean() ? Framing.BARE : Framing.LENGTH_PREFIXED;
            ServiceComponent.Plan plan =
                    new ServiceComponent.Plan(RELAY_PORT + port, responses[port], framing, random.nextInt(4) > 0);
            ServiceComponent component = new ServiceComponent(world, "component" + i, control, plan);
            components.add(component);
            later(random.nextLong(S), component::start);
            plague(component, crashes);
        }
        for (int i = 0; i < 1 + random.nextInt(10); i++) {
            TcpClient client = new TcpClient(world, "tcp" + i, i, relay(ports));
            tcpClients.add(client);
            later(random.nextLong(2 * S), client::begin);
        }
        for (int i = 0; i < random.nextInt(20); i++) {
            UdpClient client = new UdpClient(world, "udp" + i, 1_000 + i, relay(ports), random.nextBoolean());
            udpClients.add(client);
            later(random.nextLong(2 * S), client::begin);
        }
        later(SERVED_NS, this::quiet);
    }

    private InetSocketAddress relay(int ports) {
        return new InetSocketAddress(host.address(), RELAY_PORT + random.nextInt(ports));
    }

    /** What happens to a component while it is served. */
    private void plague(ServiceComponent component, boolean crashes) {
        long atNs = S + random.nextLong(SERVED_NS);
        switch (random.nextInt(4)) {
            case 0 -> later(atNs, () -> component.blink(random.nextBoolean() ? "tcp" : "udp"));
            case 1 -> later(atNs, component::leave);
            case 2 -> {
                if (crashes) {
                    later(atNs, component::crash);
                    if (random.nextBoolean()) {
                        later(atNs + random.nextLong(5 * S), component::start);
                    }
                }
            }
            default -> {
                // it serves on
            }
        }
    }

    private void quiet() {
        world.trace("clients", "stop");
        tcpClients.forEach(TcpClient::stop);
        udpClients.forEach(UdpClient::stop);
        later(UDP_TIMEOUT.toNanos() + 60 * S, this::compare);
    }

    /** All is quiet: Lander has what its components have asked for, and nothing else. */
    private void compare() {
        long idle = tcpClients.stream().filter(TcpClient::isIdle).count();
        SortedSet<Integer> tcp = new TreeSet<>(List.of(address().getPort()));
        SortedSet<Integer> udp = new TreeSet<>();
        int lines = 0;
        for (ServiceComponent component : components) {
            lines += component.isUp() ? 1 : 0;
            for (String one : component.registered()) {
                int port = Integer.parseInt(one.substring(4));
                (one.startsWith("tcp") ? tcp : udp).add(port);
            }
        }
        if (!host.listenedPorts().equals(tcp)) {
            world.violated(
                    "lander", "exactly the registered ports are bound: " + host.listenedPorts() + ", not " + tcp);
        }
        if (!host.boundUdpPorts().equals(udp)) {
            world.violated(
                    "lander", "exactly the registered ports are bound: " + host.boundUdpPorts() + ", not " + udp);
        }
        int expected = tcp.size() + udp.size() + lines;
        if (idle == tcpClients.size() && host.descriptors() != expected) {
            world.violated(
                    "lander", "descriptors return to where they were: " + host.descriptors() + ", not " + expected);
        }
        world.trace("lander", "is asked to end");
        endAskedNs = world.timeline().nowNs();
        lander.end();
    }

    private InetSocketAddress address() {
        try {
            return lander.controlAddress();
        } catch (IOException closed) {
            throw new IllegalStateException(closed);
        }
    }

    private interface Act {
        void happen() throws IOException;
    }

    private void later(long delayNs, Act act) {
        world.after(delayNs, () -> {
            try {
                act.happen();
            } catch (IOException fault) {
                throw new IllegalStateException(fault);
            }
        });
    }
}
