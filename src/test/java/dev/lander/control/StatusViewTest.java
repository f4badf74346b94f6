package dev.lander.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StatusViewTest {
    private static final int COMPONENTS = 1_000;
    private static final int PORT = 50_000;
    private static final long READING_NS = 2_000_000;

    private final RegisteredComponents components = new RegisteredComponents();
    private final Registry registry = components.registry();
    private final List<Exception> faults = new ArrayList<>();
    private final List<Object> failed = new ArrayList<>();
    private final List<Long> answeredInTurn = new ArrayList<>();
    private Reactor reactor;
    private long nowNs;
    private long turns;

    @BeforeEach
    void setUp() throws IOException {
        for (int i = 1; i <= COMPONENTS; i++) {
            components.add(new RelayPort(Protocol.TCP, PORT + i % 2), i);
        }
        // Each reading of the clock is 2 ms later than the last: a turn is long as soon as anybody asks.
        reactor = new Reactor(Sockets.ofSystem(), () -> nowNs += READING_NS, (owner, fault) -> {
            failed.add(owner);
            faults.add(fault);
        });
    }

    private StatusView view(ClusterView cluster) {
        return new StatusView(reactor, registry, new Snapshots(reactor, registry), cluster);
    }

    @Test
    void aLongStatusIsWrittenOverManyTurns() throws IOException {
        StatusView view = view(ClusterView.NONE);
        FaultHandler owner = faults::add;
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

    @Test
    void aStatusThatFailsFailsForAllItsAskersAndTheNextComes() throws IOException {
        int[] views = {0};
        StatusView view = view(() -> {
            views[0]++;
            if (views[0] == 2) {
                throw new IllegalStateException("the second status fails");
            }
            return ClusterView.NONE.status();
        });
        FaultHandler worse = fault -> {
            throw new IllegalStateException("and so does the end of one who has asked for it");
        };
        FaultHandler owner = faults::add;
        reactor.execute(() -> {
            view.ask(0, owner, status -> {});
            view.ask(0, worse, status -> fail("it has failed"));
            view.ask(0, owner, status -> fail("it has failed"));
            view.ask(PORT, owner, status -> reactor.stop());
        });
        reactor.run();
        assertEquals(List.of(view, worse, worse, owner), failed, "each is named, the one whose end has failed twice");
    }
}
