package dev.lander.listing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Snapshot;
import dev.lander.testing.Await;
import dev.lander.testing.RegisteredComponents;
import dev.lander.testing.RunningReactor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SnapshotsTest {
    private static final int MANY = 16_000;
    private static final int PORTS = 100;

    private final RegisteredComponents components = new RegisteredComponents();
    private final List<Answer> answers = new ArrayList<>();
    private RunningReactor running;
    private Snapshots snapshots;

    /** Of the loop, since it began. */
    private int turns;

    /** An answer, and the turn in which it came. */
    private record Answer(Snapshot snapshot, int turn) {
        int components() {
            return snapshot.services().stream()
                    .mapToInt(service -> service.components().size())
                    .sum();
        }
    }

    @BeforeEach
    void start() throws IOException {
        running = new RunningReactor();
        running.reactor().measureTurns(ns -> turns++);
        snapshots = new Snapshots(running.reactor(), components.registry());
    }

    @AfterEach
    void end() {
        running.close();
    }

    @Test
    void noTurnLooksAtMoreThanItsShareHoweverManyThereAreAndAsk() {
        register(MANY);
        running.start();
        running.inLoop(() -> {
            turns = 0;
            for (int asker = 0; asker < 3; asker++) {
                ask(0);
            }
        });
        Await.until("all are answered", () -> answers.size() == 3);
        assertEquals(MANY, answers.get(0).components());
        // The clock stands still, so nothing but the number of components bounds a turn.
        int turnsOfOne = MANY / Snapshots.A_TURN;
        assertTrue(answers.get(0).turn() >= turnsOfOne, answers.get(0).turn() + " turns");
        assertTrue(answers.get(1).turn() >= 2 * turnsOfOne, answers.get(1).turn() + " turns");
    }

    @Test
    void whoeverAsksWhileOneIsTakenSharesTheNext() {
        register(MANY);
        running.start();
        running.inLoop(() -> {
            ask(0);
            components.add(new RelayPort(Protocol.TCP, 1_000), 9);
            ask(0);
            ask(0);
        });
        Await.until("all are answered", () -> answers.size() == 3);
        assertEquals(MANY, answers.get(0).components());
        assertEquals(MANY + 1, answers.get(1).components());
        assertSame(answers.get(1).snapshot(), answers.get(2).snapshot());
    }

    @Test
    void aShortOneIsThereAtOnce() {
        register(10);
        running.start();
        running.inLoop(() -> {
            for (int i = 1; i <= 5; i++) {
                ask(0);
                assertEquals(i, answers.size());
            }
        });
        assertEquals(List.of(), running.faults());
        assertEquals(5, answers.size());
    }

    @Test
    void thatOfOnePortHasItsServicesAlone() {
        register(PORTS);
        running.start();
        running.inLoop(() -> ask(20_001));
        assertEquals(1, answers.get(0).components());
        running.inLoop(() -> ask(19_999));
        assertEquals(0, answers.get(1).components());
    }

    @Test
    void anAskerThatFailsEndsAloneAndMayAskAgain() {
        register(10);
        List<Exception> told = new ArrayList<>();
        running.start();
        running.inLoop(() -> snapshots.ask(0, new Snapshots.Asker() {
            @Override
            public void onSnapshot(Snapshot snapshot) {
                ask(0);
                throw new IllegalStateException("injected");
            }

            @Override
            public void onFault(Exception defect) {
                told.add(defect);
            }
        }));
        Await.until("the second is answered", () -> answers.size() == 1);
        assertEquals(told, running.faults());
        assertEquals(1, told.size());
    }

    private void register(int many) {
        for (int i = 0; i < many; i++) {
            components.add(new RelayPort(Protocol.TCP, 20_000 + i % PORTS), 1_024 + i);
        }
    }

    private void ask(int relayPort) {
        snapshots.ask(relayPort, new Snapshots.Asker() {
            @Override
            public void onSnapshot(Snapshot snapshot) {
                answers.add(new Answer(snapshot, turns));
            }

            @Override
            public void onFault(Exception defect) {
                throw new AssertionError(defect);
            }
        });
    }
}
