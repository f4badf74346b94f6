package dev.lander.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.listing.ClusterView;
import dev.lander.listing.Snapshots;
import dev.lander.reactor.FaultHandler;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Protocol;
import dev.lander.registry.Registry;
import dev.lander.registry.RelayPort;
import dev.lander.sockets.Sockets;
import dev.lander.testing.RegisteredComponents;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StatusViewTest {
    private static final int COMPONENTS = 1_000;
    private static final long READING_NS = 2_000_000;

    private final List<Exception> faults = new ArrayList<>();
    private final List<Long> answeredInTurn = new ArrayList<>();
    private long nowNs;
    private long turns;

    @Test
    void aLongStatusIsWrittenOverManyTurns() throws IOException {
        RegisteredComponents components = new RegisteredComponents();
        for (int i = 1; i <= COMPONENTS; i++) {
            components.add(new RelayPort(Protocol.TCP, 50_000 + i % 2), i);
        }
        // Each reading of the clock is 2 ms later than the last: a turn is long as soon as anybody asks.
        Reactor reactor =
                new Reactor(Sockets.ofSystem(), () -> nowNs += READING_NS, (owner, fault) -> faults.add(fault));
        Registry registry = components.registry();
        StatusView view = new StatusView(reactor, registry, new Snapshots(reactor, registry), ClusterView.NONE);
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
}
