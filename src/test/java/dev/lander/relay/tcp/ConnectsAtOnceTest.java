package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.reactor.Deadline;
import dev.lander.reactor.Deadlines;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.LoopGuard;
import dev.lander.registry.Outcome;
import dev.lander.registry.PortBinder;
import dev.lander.registry.Protocol;
import dev.lander.registry.Registration;
import dev.lander.registry.Registry;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.ServiceTerms;
import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.Network;
import dev.lander.simulation.network.SimulatedProvider;
import dev.lander.simulation.network.Timeline;
import dev.lander.sockets.FdBudget;
import dev.lander.sockets.Sockets;
import dev.lander.testing.SilentLink;
import dev.lander.testing.SilentObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A system on which a connection to the same machine stands, or is refused, when connect returns: Linux tells later.
 */
final class ConnectsAtOnceTest {
    private static final int PLENTY = 1_000;
    private static final int PORT = 9_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Timeline timeline = new Timeline();
    private final Host host = new Network(timeline, new SplittableRandom(1)).addHost("lander", PLENTY);
    private final SimulatedProvider provider = new SimulatedProvider(host);
    private final Reactor reactor;
    private final Component component;

    ConnectsAtOnceTest() throws IOException {
        host.connectAtOnce(true);
        reactor = new Reactor(new Sockets(provider, null, List::of), timeline::nowNs, (source, fault) -> {
            throw new AssertionError(fault);
        });
        component = register();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void connectionThatStandsAtOnceIsTaken(boolean eager) throws IOException {
        try (ServerSocketChannel listener = listen()) {
            Dial dial = dial();
            assertEquals(Dial.State.CONNECTED, dial.begin(eager));
            assertEquals(listener.getLocalAddress(), dial.channel().getRemoteAddress());
            dial.hangUp();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusalAtOnceIsTheComponents(boolean eager) {
        Dial dial = dial();
        assertEquals(Dial.State.FAILED, dial.begin(eager));
        assertEquals("Connection refused", dial.fault().getMessage());
    }

    @Test
    void probeThatConnectsAtOnceHasReachedTheComponent() throws IOException {
        for (int i = 0; i < 3; i++) {
            component.onConnectFailed();
        }
        assertTrue(component.isUnreachable());
        Deadlines timeouts = reactor.deadlines(TIMEOUT);
        ProbeDescriptors descriptors = new ProbeDescriptors(new FdBudget(PLENTY, Runnable::run));
        TcpProbe probe = new TcpProbe(new TcpKnock.Means(reactor, timeouts, descriptors), component);
        Deadline pauseIsOver = timeouts.create(probe);
        listen();
        int before = host.descriptors().open();
        probe.onDeadline(pauseIsOver);
        assertFalse(component.isUnreachable());
        assertEquals(before, host.descriptors().open(), "it has hung up");
    }

    private Dial dial() {
        return new Dial(reactor, reactor.deadlines(TIMEOUT), component, new Dial.Caller() {
            @Override
            public void onDialled(Dial dial) {
                throw new AssertionError("the result was known when begin returned");
            }

            @Override
            public void onFault(Exception defect) {
                throw new AssertionError(defect);
            }
        });
    }

    private ServerSocketChannel listen() throws IOException {
        ServerSocketChannel listener = provider.openServerSocketChannel();
        listener.bind(new InetSocketAddress(host.address(), PORT), PLENTY);
        return listener;
    }

    private Component register() {
        Components registered = new Components();
        Registry registry =
                new Registry(registered, new LoopGuard(any -> false), new SilentObserver(), new SplittableRandom(1));
        RelayPort relayPort = new RelayPort(Protocol.TCP, PORT + 1);
        Registration registration =
                new Registration(relayPort, PORT, ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null);
        assertEquals(Outcome.DONE, registry.register(new SilentLink(host.address()), registration));
        return registered.service.orElseThrow().components().iterator().next();
    }

    /** Binds nothing. */
    private static final class Components implements PortBinder {
        private Optional<Service> service = Optional.empty();

        @Override
        public Optional<String> bind(Service bound) {
            service = Optional.of(bound);
            return Optional.empty();
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
