package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.metrics.Metrics;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.Link;
import dev.lander.registry.LoopGuard;
import dev.lander.registry.Outcome;
import dev.lander.registry.PortBinder;
import dev.lander.registry.Protocol;
import dev.lander.registry.Registration;
import dev.lander.registry.Registry;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Route;
import dev.lander.registry.Service;
import dev.lander.registry.ServiceTerms;
import dev.lander.registry.Snapshot;
import dev.lander.relay.AccessLog;
import dev.lander.relay.PortPhase;
import dev.lander.relay.PortSettings;
import dev.lander.relay.RelaySettings;
import dev.lander.relay.TcpSettings;
import dev.lander.relay.UdpSettings;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.FdBudget;
import dev.lander.sockets.Sockets;
import dev.lander.testing.FreePorts;
import dev.lander.testing.SilentLink;
import dev.lander.testing.SilentObserver;
import dev.lander.testing.TestPlatform;
import dev.lander.text.AddressRange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The TCP half of the relay room with one relay port, on a loop of its own and without a control channel. */
public final class TcpRoom implements AutoCloseable {
    private static final int PLENTY = 100_000;
    private static final long LIMIT_MS = 10_000;

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final List<AddressRange> NONE = List.of();

    /** What the room runs on; the system's own unless it is changed. */
    static final class Machine {
        Sockets sockets = TestPlatform.sockets();
        LongSupplier clock = System::nanoTime;
        long descriptors = PLENTY;
    }

    private final SpillBuffers spills;
    private final Metrics metrics = new Metrics();
    private final FdBudget fds;
    private final Reactor reactor;
    private final Thread loop = new Thread(this::serve, "reactor");
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next());

    private final Registry registry;

    private final ConnectionSlots slots;
    private final TcpPorts ports;
    private final List<Exception> faults = new CopyOnWriteArrayList<>();

    /** The relay port's; null before a component has registered. */
    private @Nullable Service service;

    /** Without a component. */
    public TcpRoom(SpillBuffers spills) throws IOException {
        this(spills, AccessLog.NONE, Duration.ZERO, Duration.ZERO);
    }

    /** Without a component. */
    TcpRoom(SpillBuffers spills, AccessLog accessLog, Duration queueTimeout, Duration idleTimeout) throws IOException {
        this(
                spills,
                accessLog,
                new Machine(),
                new TcpSettings(CONNECT, queueTimeout, idleTimeout, DRAIN, PLENTY, NONE, TestPlatform.splices()));
    }

    /** Without a component, on this machine. */
    TcpRoom(SpillBuffers spills, AccessLog accessLog, Machine machine, TcpSettings tcp) throws IOException {
        this.spills = spills;
        this.reactor = new Reactor(machine.sockets, machine.clock, (source, fault) -> faults.add(fault));
        RelaySettings settings = new RelaySettings(
                PortSettings.at(new BindAddress(address.getAddress())), Duration.ZERO, tcp, UdpSettings.DEFAULT);
        this.fds = new FdBudget(machine.descriptors, Runnable::run);
        BurstLog log = new BurstLog(metrics, reactor::nowNs, () -> {});
        this.slots = new ConnectionSlots(reactor, fds, PLENTY, count -> false);
        this.ports = new TcpPorts(reactor, log, accessLog, slots, spills, settings);
        this.registry =
                new Registry(new Binder(), new LoopGuard(any -> false), new SilentObserver(), new SplittableRandom(1));
        loop.start();
    }

    /** A component serves behind the relay port from now on. */
    public void register(InetSocketAddress component) throws Exception {
        register(component, ComponentTraits.DEFAULT);
    }

    void register(InetSocketAddress component, ComponentTraits traits) throws Exception {
        RelayPort relayPort = new RelayPort(Protocol.TCP, address.getPort());
        Registration registration = new Registration(relayPort, component.getPort(), traits, ServiceTerms.UNSAID, null);
        Link link = new SilentLink(component.getAddress());
        assertEquals(Outcome.DONE, onLoop(() -> registry.register(link, registration)));
    }

    /** Serves those of the port's clients who ask for its name. */
    void register(InetSocketAddress component, Route route) throws Exception {
        RelayPort relayPort = new RelayPort(Protocol.TCP, address.getPort(), route);
        Registration registration =
                new Registration(relayPort, component.getPort(), ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null);
        Link link = new SilentLink(component.getAddress());
        assertEquals(
                Outcome.Kind.DONE,
                onLoop(() -> registry.register(link, registration)).kind());
    }

    /** This many bytes are taken from what may be spilled. */
    void takeSpills(int bytes) throws Exception {
        onLoop(() -> {
            spills.park(bytes);
            return true;
        });
    }

    /** How often this has happened. */
    long counted(Counter counter) throws Exception {
        return onLoop(() -> metrics.value(counter));
    }

    /** The components' status. */
    public List<Snapshot.ComponentStatus> components() throws Exception {
        return onLoop(() -> registry.walk().whole().services().get(0).components());
    }

    /** The relay port's. */
    public InetSocketAddress address() {
        return address;
    }

    /** Bytes of spill buffers in use now. */
    long spilled() throws Exception {
        return onLoop(spills::used);
    }

    /** Bytes that wait in pipes now. */
    long parked() throws Exception {
        return onLoop(spills::parked);
    }

    /** Bytes that were relayed without being copied. */
    long spliced() throws Exception {
        return onLoop(metrics::splicedBytes);
    }

    /** Descriptors that are free now. */
    int freeDescriptors() throws Exception {
        return onLoop(fds::free);
    }

    /** What the loop has contained. */
    List<Exception> faults() {
        return faults;
    }

    /** Slots taken now. */
    int taken() throws Exception {
        return onLoop(slots::taken);
    }

    /** Runs whenever a relay to the only component opens or closes. */
    void onActiveChanged(Runnable listener) throws Exception {
        onLoop(() -> {
            for (Component component : Objects.requireNonNull(service).components()) {
                component.onActiveChanged(listener);
            }
            return true;
        });
    }

    /** The loop has run what waited when this was called. */
    void turn() throws Exception {
        onLoop(() -> true);
    }

    /** The loop stands still from now on, until this has come down. */
    void hold(CountDownLatch until) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        reactor.execute(() -> {
            held.countDown();
            try {
                until.await();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        held.await();
    }

    /** Ends all that is open. */
    void cut() throws Exception {
        onLoop(() -> {
            ports.cut();
            return true;
        });
    }

    @Override
    public void close() {
        reactor.stop();
        try {
            loop.join(LIMIT_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> T onLoop(Callable<T> question) throws Exception {
        FutureTask<T> task = new FutureTask<>(question);
        reactor.execute(task);
        return task.get(LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    private void serve() {
        try {
            reactor.run();
        } catch (IOException fault) {
            throw new AssertionError("the loop has failed", fault);
        } finally {
            ports.close();
        }
    }

    private final class Binder implements PortBinder {
        @Override
        public Optional<String> bind(Service bound) {
            service = bound;
            try {
                ports.open(bound, () -> PortPhase.SERVING);
                return Optional.empty();
            } catch (IOException refused) {
                return Optional.of(refused.toString());
            }
        }

        @Override
        public void release(Service service) {
            throw new AssertionError("nobody leaves");
        }

        @Override
        public void onLeft(Component component) {
            throw new AssertionError("nobody leaves");
        }
    }
}
