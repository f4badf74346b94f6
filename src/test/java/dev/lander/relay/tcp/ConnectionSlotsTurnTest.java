package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.reactor.Reactor;
import dev.lander.sockets.FdBudget;
import dev.lander.testing.RunningReactor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who goes on when slots become free, turn by turn: ports ask in the turn after the one that let them go on. */
final class ConnectionSlotsTurnTest {
    private static final int LIMIT = 6;
    private static final int SCARCE = 200;

    /** Accepts one client when it may. */
    private final class Port implements Runnable {
        private final String name;

        Port(String name) {
            this.name = name;
        }

        /** Whether it has accepted. */
        boolean ask() {
            boolean may = slots.request(this);
            if (may) {
                slots.take();
                served.add(name);
            }
            return may;
        }

        @Override
        public void run() {
            goingOn.add(this);
        }
    }

    private final List<Port> goingOn = new ArrayList<>();
    private final List<String> served = new ArrayList<>();
    private final RunningReactor loop = new RunningReactor();
    private ConnectionSlots slots = slots(100_000);

    ConnectionSlotsTurnTest() throws IOException {}

    @BeforeEach
    void start() {
        loop.start();
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    @Test
    void slotsThatBecomeFreeInEveryTurnAreTaken() {
        List<Port> ports = List.of(new Port("a"), new Port("b"), new Port("c"));
        loop.inLoop(() -> {
            fill();
            ports.forEach(Port::ask); // in vain
        });
        for (int turn = 0; turn < LIMIT; turn++) {
            loop.inLoop(() -> {
                slots.giveBack(); // a relay ends ahead of the accept
                List<Port> ready = List.copyOf(goingOn);
                goingOn.clear();
                for (Port port : ready) {
                    while (port.ask()) {
                        // all that there is room for
                    }
                }
            });
        }
        // The first end lets a port go on in the next turn.
        assertTrue(served.size() >= LIMIT - 1, "slots stay free: " + served);
    }

    @Test
    void slotGivenBackAtOnceIsForTheNextPort() {
        Port first = new Port("a");
        Port second = new Port("b");
        Runnable inSecondTurn = second::ask;
        Runnable inFirstTurn = () -> {
            first.ask();
            slots.giveBack(); // its client was reset
            first.ask();
            loop.reactor().afterSelect(inSecondTurn);
        };
        loop.inLoop(() -> {
            fill();
            first.ask();
            second.ask();
            slots.giveBack();
            loop.reactor().afterSelect(inFirstTurn);
        });
        loop.inLoop(() -> {});
        loop.inLoop(() -> {});
        assertEquals(List.of("a", "b"), served);
    }

    @Test
    void portThatComesLaterDoesNotOvertakeOneThatWaits() {
        Port first = new Port("a");
        Port later = new Port("b");
        loop.inLoop(() -> {
            fill();
            first.ask();
            slots.giveBack();
            later.ask();
        });
        loop.inLoop(() -> goingOn.get(0).ask());
        assertEquals(List.of("a"), served);
    }

    @Test
    void portThatWaitedAndClosedHoldsUpNobody() {
        slots = slots(SCARCE); // descriptors come back a turn later
        Port leaving = new Port("a");
        Port next = new Port("b");
        loop.inLoop(() -> {
            fill();
            leaving.ask();
            slots.giveBack();
            slots.take();
            slots.giveBack();
            slots.forget(leaving);
        });
        loop.inLoop(next::ask);
        assertEquals(List.of("b"), served);
    }

    private ConnectionSlots slots(int descriptors) {
        Reactor reactor = loop.reactor();
        return new ConnectionSlots(reactor, new FdBudget(descriptors, Runnable::run), LIMIT, count -> false);
    }

    private void fill() {
        for (int i = 0; i < LIMIT; i++) {
            slots.take();
        }
    }
}
