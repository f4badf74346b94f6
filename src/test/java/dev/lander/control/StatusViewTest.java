package dev.lander.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.Link;
import dev.lander.registry.LoopGuard;
import dev.lander.registry.Observer;
import dev.lander.registry.Outcome;
import dev.lander.registry.PortBinder;
import dev.lander.registry.Protocol;
import dev.lander.registry.Registration;
import dev.lander.registry.Registry;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.ServiceTerms;
import dev.lander.registry.State;
import dev.lander.sockets.Sockets;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StatusViewTest implements PortBinder, Observer, Link {
    private static final int COMPONENTS = 1_000;
    private static final long READING_NS = 2_000_000;

    private final Registry registry =
            new Registry(this, new LoopGuard(address -> false), this, new SplittableRandom(1));
    private final List<Exception> faults = new ArrayList<>();
    private final List<Long> answeredInTurn = new ArrayList<>();
    private long nowNs;
    private long turns;

    @Test
    void aLongStatusIsWrittenOverManyTurns() throws IOException {
        for (int i = 1; i <= COMPONENTS; i++) {
            RelayPort relayPort = new RelayPort(Protocol.TCP, 50_000 + i % 2);
            Registration registration = new Registration(relayPort, i, ComponentTraits.DEFAULT, ServiceTerms.UNSAID);
            assertEquals(Outcome.DONE, registry.register(this, registration));
        }
        // Each reading of the clock is 2 ms later than the last: a turn is long as soon as anybody asks.
        Reactor reactor =
                new Reactor(Sockets.ofSystem(), () -> nowNs += READING_NS, (owner, fault) -> faults.add(fault));
        StatusView view = new StatusView(reactor, registry);
        FaultHandler owner = fault -> faults.add(fault);
        reactor.measureTurns(ns -> turns++);
        reactor.execute(() -> {
            view.ask(0, owner, status -> {
                answeredInTurn.add(turns);
                throw new IllegalStateException("the first asker fails");
            });
            view.ask(0, owner, status -> {
                answeredInTurn.add(turns);
                reactor.stop();
            });
        });
        reactor.run();
        assertEquals(2, answeredInTurn.size());
        assertTrue(answeredInTurn.get(0) >= COMPONENTS / 100, answeredInTurn::toString);
        assertEquals(2, faults.size(), "the first asker's, told to the listener and to its owner");
    }

    @Override
    public Optional<String> bind(Service service) {
        return Optional.empty();
    }

    @Override
    public void release(Service service) {}

    @Override
    public InetAddress address() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public void onRegistered(Component component) {}

    @Override
    public void onAnswered(Component component) {}

    @Override
    public void onTakenOver(Component component) {}

    @Override
    public void onLeft(Component component) {}

    @Override
    public void onSlowStart(Component component) {}

    @Override
    public void onDraining(Component component) {}

    @Override
    public void onStateChanged(Component component, State before) {}

    @Override
    public void onBound(Service service) {}

    @Override
    public void onReleased(Service service) {}
}
