package dev.lander.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.sockets.Channels;
import dev.lander.sockets.Sockets;
import dev.lander.testing.Await;
import dev.lander.testing.RunningReactor;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReactorTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<Closeable> opened = new ArrayList<>();
    private RunningReactor loop;
    private Reactor reactor;

    @BeforeEach
    void open() throws IOException {
        loop = new RunningReactor();
        reactor = loop.reactor();
    }

    @AfterEach
    void close() throws IOException {
        loop.close();
        for (Closeable channel : opened) {
            channel.close();
        }
    }

    @Test
    void aReadyChannelsHandlerIsCalledUntilNothingIsLeft() throws IOException {
        Source source = readable("read", 3);
        loop.start();
        Await.until("all was read", () -> source.calls() == 3);
        source.write(1);
        Await.until("the rest was read", () -> source.calls() == 4);
        assertEquals(List.of("read", "read", "read", "read"), events);
        assertEquals(List.of(), loop.faults());
    }

    @Test
    void aLoopThatPollsSeesNewsAndWaitsWhenNoneHasComeForThatLong() throws IOException {
        reactor.busyPoll(SECOND);
        Source source = readable("read", 1);
        loop.start();
        Await.until("the byte was read", () -> source.calls() == 1);
        loop.inLoop(() -> events.add("told"));
        assertEquals(List.of("read", "told"), events);
        int reads = loop.clockReads();
        Await.until("it polls", () -> loop.clockReads() > reads + 1_000);
        loop.clock().advance(SECOND);
        AtomicInteger last = new AtomicInteger();
        Await.until("it waits", () -> loop.clockReads() == last.getAndSet(loop.clockReads()));
        source.write(1);
        Await.until("the next byte was read", () -> source.calls() == 2);
    }

    @Test
    void whatWasPolledIsNotWaitedForOnceMore() throws IOException {
        reactor.busyPoll(SECOND);
        loop.start();
        Duration late = lateAfterPolling();
        for (int again = 0; again < 4 && late.compareTo(SECOND.dividedBy(2)) >= 0; again++) {
            late = lateAfterPolling(); // a slow machine is not late each time
        }
        assertTrue(late.compareTo(SECOND.dividedBy(2)) < 0, "late by " + late);
    }

    private Duration lateAfterPolling() {
        AtomicInteger fired = new AtomicInteger();
        loop.inLoop(
                () -> reactor.deadlines(SECOND).create(fired::incrementAndGet).start());
        int reads = loop.clockReads();
        Await.until("it polls", () -> loop.clockReads() > reads + 1_000);
        long beganNs = System.nanoTime();
        loop.clock().advance(SECOND);
        Await.until("the deadline", () -> fired.get() == 1);
        return Duration.ofNanos(System.nanoTime() - beganNs);
    }

    @Test
    void aKeyThatWasHandedOverIsReadyForItsNewHandler() throws IOException {
        Source source = readable("before", 1);
        loop.start();
        Await.until("the first byte was read", () -> source.calls() == 1);
        loop.inLoop(() -> reactor.handOver(Objects.requireNonNull(source.key), new Source(source.pipe, "after")));
        source.write(1);
        Await.until("the second byte was read", () -> events.size() == 2);
        assertEquals(List.of("before", "after"), events);
    }

    @Test
    void aHandlersExceptionEndsThatHandlerAlone() throws IOException {
        IOException broken = new IOException("broken");
        IllegalStateException defect = new IllegalStateException("defect");
        Source first = readable("first", 1);
        first.thrown = broken;
        Source second = readable("second", 1);
        second.thrown = defect;
        Source third = readable("third", 2);
        loop.start();
        Await.until("the third has read", () -> third.calls() == 2);
        Await.until("both were told", () -> loop.faults().size() == 2);
        assertSame(broken, first.fault);
        assertSame(defect, second.fault);
        assertTrue(loop.faults().containsAll(List.of(broken, defect)));
        assertEquals(1, first.calls());
        assertNull(third.fault);
    }

    @Test
    void whatAHandlerThrowsWhileItClosesIsContainedToo() throws IOException {
        IllegalStateException first = new IllegalStateException("first");
        IllegalStateException second = new IllegalStateException("second");
        Source source = readable("source", 1);
        source.thrown = first;
        source.thrownOnFault = second;
        loop.start();
        Await.until("both were told", () -> loop.faults().size() == 2);
        assertEquals(List.of(first, second), loop.faults());
        loop.inLoop(() -> events.add("still turning"));
        assertEquals(List.of("source", "still turning"), events);
    }

    @Test
    void anExceptionInATaskOrDeadlineIsContained() {
        IllegalStateException ofTask = new IllegalStateException("task");
        IllegalStateException ofDeadline = new IllegalStateException("deadline");
        IllegalStateException ofTurnEnd = new IllegalStateException("turn end");
        IllegalStateException ofBurstEnd = new IllegalStateException("burst end");
        IllegalStateException ofSelect = new IllegalStateException("after select");
        loop.start();
        loop.inLoop(() -> {
            reactor.deadlines(SECOND).create(throwing(ofDeadline)).start();
            reactor.deadlines(SECOND).create(() -> events.add("next deadline")).start();
            reactor.atTurnEnd(throwing(ofTurnEnd));
            reactor.atBurstEnd(throwing(ofBurstEnd));
            reactor.afterSelect(throwing(ofSelect));
            throw ofTask;
        });
        loop.advance(SECOND);
        assertEquals(List.of(ofTask, ofTurnEnd, ofBurstEnd, ofSelect, ofDeadline), loop.faults());
        assertEquals(List.of("next deadline"), events);
    }

    @Test
    void aDefectInPutOffWorkEndsItsOwner() {
        loop.start();
        loop.inLoop(() -> {
            reactor.afterSelect(new Owner("after select"), throwing(new IllegalStateException("1")));
            reactor.atTurnEnd(new Owner("turn end"), throwing(new IllegalStateException("2")));
        });
        loop.inLoop(() -> {});
        assertEquals(List.of("turn end ends by 2", "after select ends by 1"), events);
    }

    @Test
    void aDefectInADeadlineEndsItsHandlerAlone() {
        loop.start();
        loop.inLoop(() -> {
            reactor.deadlines(SECOND).create(new Owner("first")).start();
            reactor.deadlines(SECOND).create(() -> events.add("second")).start();
        });
        loop.advance(SECOND);
        assertEquals(List.of("first ends by defect of first", "second"), events);
        assertEquals(1, loop.faults().size());
    }

    @Test
    void manyDeadlinesThatAreDueTogetherLetReadySocketsThrough() throws IOException {
        assertEquals(Timetable.FIRED_PER_TURN, mostFiredInATurn(Duration.ZERO));
    }

    @Test
    void longWorkAtDeadlinesLetsReadySocketsThroughSooner() throws IOException {
        assertEquals(Timetable.FIRED_PER_LONG_TURN, mostFiredInATurn(Duration.ofNanos(200_000)));
    }

    /** Of many deadlines that are due together, each with work of this length, while a socket is always ready. */
    private int mostFiredInATurn(Duration work) throws IOException {
        int due = 10 * Timetable.FIRED_PER_TURN;
        AtomicInteger fired = new AtomicInteger();
        List<Integer> firedBefore = new ArrayList<>();
        Source source = readable("ready", 1);
        source.onReady = () -> {
            firedBefore.add(fired.get());
            source.writeAgain();
        };
        loop.start();
        loop.inLoop(() -> {
            for (int i = 0; i < due; i++) {
                Deadlines list = i % 2 == 0 ? reactor.deadlines(SECOND) : reactor.ownDeadlines(SECOND);
                list.create(() -> {
                            fired.incrementAndGet();
                            loop.clock().advance(work);
                        })
                        .start();
            }
        });
        loop.clock().advance(SECOND);
        reactor.wakeup();
        Await.until("all have happened", () -> fired.get() == due);
        loop.inLoop(() -> {});
        int most = 0;
        for (int i = 1; i < firedBefore.size(); i++) {
            most = Math.max(most, firedBefore.get(i) - firedBefore.get(i - 1));
        }
        return most;
    }

    @Test
    void anErrorEndsTheLoop() {
        Error fatal = new StackOverflowError("fatal");
        loop.start();
        reactor.execute(() -> {
            throw fatal;
        });
        assertSame(fatal, loop.awaitEnd());
        assertEquals(List.of(), loop.faults());
    }

    @Test
    void tasksOfOtherThreadsRunInTheirOrderOnTheLoopsThread() throws InterruptedException {
        loop.start();
        int threads = 4;
        int tasks = 500;
        List<List<Integer>> seen = new ArrayList<>();
        AtomicInteger elsewhere = new AtomicInteger();
        CountDownLatch allRun = new CountDownLatch(threads * tasks);
        for (int thread = 0; thread < threads; thread++) {
            List<Integer> order = new CopyOnWriteArrayList<>();
            seen.add(order);
            new Thread(() -> {
                        for (int task = 0; task < tasks; task++) {
                            int number = task;
                            reactor.execute(() -> {
                                order.add(number);
                                if (!Thread.currentThread().getName().equals("reactor")) {
                                    elsewhere.incrementAndGet();
                                }
                                allRun.countDown();
                            });
                        }
                    })
                    .start();
        }
        assertTrue(allRun.await(10, TimeUnit.SECONDS));
        List<Integer> expected = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
            expected.add(task);
        }
        for (List<Integer> order : seen) {
            assertEquals(expected, order);
        }
        assertEquals(0, elsewhere.get());
    }

    @Test
    void aTaskThatAsksForATaskDoesNotHoldUpTheTurn() {
        loop.start();
        loop.inLoop(() -> reactor.execute(new Runnable() {
            @Override
            public void run() {
                reactor.execute(this);
            }
        }));
        loop.inLoop(() -> events.add("its turn"));
        assertEquals(List.of("its turn"), events);
    }

    @Test
    void aHandlerWhoseChannelWasClosedEarlierInTheTurnIsNotCalled() throws IOException {
        Source first = readable("ready", 1);
        Source second = readable("ready", 1);
        first.closesOnReady = second;
        second.closesOnReady = first;
        loop.start();
        Await.until("one was called", () -> !events.isEmpty());
        loop.inLoop(() -> {});
        assertEquals(List.of("ready"), events);
        assertEquals(List.of(), loop.faults());
    }

    @Test
    void aTurnCallsHandlersThenWhatWaitedForTheSelectThenTasksThenDeadlinesThenItsEnd() throws IOException {
        reactor.atTurnEnd(() -> events.add("end 1"));
        reactor.deadlines(SECOND).create(() -> events.add("deadline")).start();
        reactor.execute(() -> {
            events.add("task");
            reactor.atTurnEnd(() -> events.add("end 2"));
        });
        reactor.afterSelect(() -> events.add("after select"));
        readable("handler", 1);
        loop.clock().advance(SECOND);
        loop.start();
        Await.until("the turn has ended", () -> events.contains("end 2"));
        assertEquals(List.of("handler", "after select", "task", "deadline", "end 1", "end 2"), events);
    }

    @Test
    void whatIsAskedForAtATurnsEndWaitsForTheNextTurnsEnd() {
        loop.start();
        loop.inLoop(() -> reactor.atTurnEnd(() -> {
            events.add("first end");
            reactor.atTurnEnd(() -> events.add("second end"));
            reactor.execute(() -> events.add("next turn"));
        }));
        loop.inLoop(() -> {});
        assertEquals(List.of("first end", "next turn", "second end"), events);
    }

    @Test
    void aBurstEndsBehindTheReadyHandlersOfItsClassAndBeforeThoseOfAnother() throws IOException {
        Runnable putOff = () -> events.add("put off");
        for (int i = 0; i < 3; i++) {
            readable("ready", 1).onReady = () -> reactor.atBurstEnd(putOff);
        }
        readable(new OtherSource(Pipe.open(), "another"), 1);
        readable(new OtherSource(Pipe.open(), "another"), 1).onReady = () -> reactor.atBurstEnd(putOff);
        reactor.afterSelect(() -> events.add("after select"));
        loop.start(); // Linux tells of them in the order in which they became ready
        Await.until("all were called", () -> events.size() == 8);
        assertEquals(
                List.of("ready", "ready", "ready", "put off", "another", "another", "put off", "after select"), events);
    }

    @Test
    void aBurstThatNoHandlerBeganEndsWithItsTurn() throws IOException {
        Source source = readable("next turn", 1);
        loop.start();
        Await.until("the loop waits for news", () -> source.calls() == 1);
        loop.inLoop(atBurstEnd("put off by a task", source));
        Await.until("two turns have ended", () -> source.calls() == 2);
        loop.inLoop(() -> reactor.afterSelect(atBurstEnd("after a select", source)));
        Await.until("two turns have ended", () -> source.calls() == 3);
        loop.inLoop(() -> reactor.atTurnEnd(atBurstEnd("at a turn's end", source)));
        Await.until("two turns have ended", () -> source.calls() == 4);
        Deadline deadline = reactor.deadlines(SECOND).create(atBurstEnd("by a deadline", source));
        loop.inLoop(deadline::start);
        loop.advance(SECOND);
        Await.until("two turns have ended", () -> source.calls() == 5);
        List<String> expected = new ArrayList<>(List.of("next turn"));
        for (String event : List.of("put off by a task", "after a select", "at a turn's end", "by a deadline")) {
            expected.addAll(List.of(event, "next turn"));
        }
        assertEquals(expected, events);
    }

    @Test
    void whatWaitsForABurstsEndMakesWayForAnother() throws IOException {
        Runnable first = () -> events.add("first");
        Runnable second = () -> events.add("second");
        Runnable both = () -> {
            reactor.atBurstEnd(first);
            reactor.atBurstEnd(second);
            reactor.atBurstEnd(second);
        };
        readable("ready", 1).onReady = both;
        loop.start();
        Await.until("the burst has ended", () -> events.size() == 3);
        loop.inLoop(both);
        Await.until("the turn has ended", () -> events.size() == 5);
        loop.inLoop(() -> {});
        assertEquals(List.of("ready", "first", "second", "first", "second"), events);
    }

    @Test
    void whatIsAskedForAtABurstsEndIsNotForgotten() {
        loop.start();
        reactor.execute(() -> reactor.atBurstEnd(() -> reactor.atBurstEnd(() -> events.add("second"))));
        Await.until("the second has run, with nothing else to do", () -> events.equals(List.of("second")));
    }

    @Test
    void afterTheSelectThePortOfAListenerThatATaskClosedIsFree() throws IOException {
        ServerSocketChannel listener = listener();
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        loop.start();
        loop.inLoop(() -> closeAndRebind(listener, address));
        Await.until("it was tried", () -> !events.isEmpty());
        assertEquals(List.of("bound"), events);
    }

    @Test
    void afterTheSelectThePortOfAListenerThatAHandlerClosedIsFree() throws IOException {
        ServerSocketChannel listener = listener();
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        Source source = readable("ready", 1);
        source.onReady = () -> closeAndRebind(listener, address);
        loop.start();
        Await.until("it was tried", () -> events.size() == 2);
        assertEquals(List.of("ready", "bound"), events);
    }

    @Test
    void afterTheSelectThePortOfAListenerThatWasClosedAtTheTurnsEndIsFree() throws IOException {
        ServerSocketChannel listener = listener();
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        Source source = readable("ready", 1);
        source.onReady = () -> {
            reactor.afterSelect(() -> events.add(rebind(address)));
            reactor.atTurnEnd(() -> Channels.close(listener));
        };
        loop.start();
        Await.until("it was tried", () -> events.size() == 2);
        assertEquals(List.of("ready", "bound"), events);
    }

    @Test
    void anIdleLoopTakesNoTurns() throws IOException {
        readable("read", 1);
        reactor.deadlines(Duration.ofHours(1)).create(() -> {}).start();
        loop.start();
        Await.until("the byte was read", () -> events.size() == 1);
        loop.inLoop(() -> {});
        int before = loop.clockReads();
        long endNs = System.nanoTime() + 300_000_000L;
        Await.until("a while is over", () -> System.nanoTime() > endNs);
        // The last task's wake-up may have come just after its turn.
        assertTrue(loop.clockReads() - before <= 1, "turns: " + (loop.clockReads() - before));
    }

    @Test
    void theLoopWakesForADeadlineByItself() throws IOException {
        long startNs = System.nanoTime();
        Reactor real = new Reactor(Sockets.ofSystem(), System::nanoTime, (source, fault) -> events.add("fault"));
        long[] tookNs = new long[1];
        real.deadlines(Duration.ofMillis(50))
                .create(() -> {
                    tookNs[0] = System.nanoTime() - startNs;
                    real.stop();
                })
                .start();
        real.run();
        assertTrue(tookNs[0] >= 50_000_000L, "took " + tookNs[0] + " ns");
        assertEquals(List.of(), events);
    }

    @Test
    void aTurnHasOneTime() throws IOException {
        List<Long> times = new CopyOnWriteArrayList<>();
        Runnable look = () -> {
            times.add(reactor.nowNs());
            loop.clock().advance(SECOND);
        };
        readable("first", 1).onReady = look;
        readable("second", 1).onReady = look;
        reactor.execute(look);
        reactor.atTurnEnd(look);
        loop.start();
        Await.until("the turn has ended", () -> times.size() == 4);
        assertEquals(1, new HashSet<>(times).size(), times::toString);
    }

    @Test
    void withoutDeadlinesTimePassesByTheClock() throws IOException {
        TurnsByScript turns = new TurnsByScript();
        turns.jumpTo(1).jumpTo(3_600).run();
        assertEquals(3_600, turns.loopSeconds());
    }

    @Test
    void withDeadlinesTimePassesByTheClockToo() throws IOException {
        TurnsByScript turns = new TurnsByScript();
        turns.deadline(5);
        turns.jumpTo(0.2).jumpTo(0.4).passTo(4.999).passTo(5).passTo(8).run();
        assertEquals(List.of("5 s at 5.0"), events);
        assertEquals(8, turns.loopSeconds());
    }

    @Test
    void aStallMakesNoDeadlineDueBeforeItsTime() throws IOException {
        TurnsByScript turns = new TurnsByScript();
        turns.deadline(5);
        turns.deadline(7);
        turns.deadline(30);
        // Of the 35 s, the first select was to take one; the others are the process's own absence.
        turns.jumpTo(35);
        turns.passTo(38.999).passTo(39).passTo(40.999).passTo(41).passTo(63.999).passTo(64);
        turns.run();
        assertEquals(List.of("5 s at 39.0", "7 s at 41.0", "30 s at 64.0"), events);
        assertEquals(30, turns.loopSeconds());
    }

    @Test
    void aStallBetweenTurnsWithoutAPauseDoesNotCountAtAll() throws IOException {
        TurnsByScript turns = new TurnsByScript();
        turns.deadline(5);
        turns.reactor.atTurnEnd(() -> events.add("end of turn"));
        turns.jumpTo(10).passTo(14.999).passTo(15).run();
        assertEquals(List.of("end of turn", "5 s at 15.0"), events);
    }

    @Test
    void aDeadlineThatIsStartedAfterAStallHasItsWholeLength() throws IOException {
        TurnsByScript turns = new TurnsByScript();
        turns.deadline(2);
        turns.reactor
                .deadlines(Duration.ofSeconds(1))
                .create(() -> turns.deadline(5))
                .start();
        turns.jumpTo(601).passTo(602).passTo(605.999).passTo(606).run();
        assertEquals(List.of("2 s at 602.0", "5 s at 606.0"), events);
    }

    @Test
    void aLittleLatenessIsNoStall() throws IOException {
        TurnsByScript turns = new TurnsByScript();
        turns.deadline(5);
        turns.deadline(6);
        turns.passTo(4).jumpTo(6).run();
        assertEquals(List.of("5 s at 6.0", "6 s at 6.0"), events);
    }

    @Test
    void moreLatenessIsAStall() throws IOException {
        TurnsByScript turns = new TurnsByScript();
        turns.deadline(5);
        turns.deadline(6);
        turns.passTo(4).jumpTo(6.001).passTo(7).passTo(7.001).run();
        assertEquals(List.of("5 s at 6.001", "6 s at 7.001"), events);
    }

    @Test
    void stoppingClosesWhatIsRegistered() throws IOException {
        ServerSocketChannel listener = listener();
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        Source source = readable("read", 1);
        loop.start();
        Await.until("the byte was read", () -> events.size() == 1);
        loop.close();
        assertFalse(source.pipe.source().isOpen());
        assertFalse(listener.isOpen());
        assertEquals("bound", rebind(address));
        assertNull(loop.awaitEnd());
    }

    /** Puts something off, and lets the next turn have a ready handler. */
    private Runnable atBurstEnd(String event, Source next) {
        return () -> {
            reactor.atBurstEnd(() -> events.add(event));
            try {
                next.write(1);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        };
    }

    private static Runnable throwing(RuntimeException exception) {
        return () -> {
            throw exception;
        };
    }

    private ServerSocketChannel listener() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        opened.add(listener);
        listener.configureBlocking(false);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        reactor.register(listener, SelectionKey.OP_ACCEPT, new ReadyHandler() {
            @Override
            public void onReady(int readyOps) {
                events.add("accepts");
            }

            @Override
            public void onFault(Exception fault) {
                events.add("fault");
            }
        });
        return listener;
    }

    private void closeAndRebind(ServerSocketChannel listener, InetSocketAddress address) {
        Channels.close(listener);
        reactor.afterSelect(() -> events.add(rebind(address)));
    }

    private static String rebind(InetSocketAddress address) {
        try (ServerSocketChannel successor = ServerSocketChannel.open()) {
            successor.bind(address);
            return "bound";
        } catch (IOException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    /** A registered channel with this many bytes to read. */
    private Source readable(String event, int bytes) throws IOException {
        return readable(new Source(Pipe.open(), event), bytes);
    }

    private Source readable(Source source, int bytes) throws IOException {
        opened.add(source.pipe.sink());
        opened.add(source.pipe.source());
        source.pipe.source().configureBlocking(false);
        source.write(bytes);
        source.key = reactor.register(source.pipe.source(), SelectionKey.OP_READ, source);
        reactor.wakeup();
        return source;
    }

    /** Fails whenever it is called, and tells how it ends. */
    private final class Owner implements DeadlineHandler {
        private final String name;

        Owner(String name) {
            this.name = name;
        }

        @Override
        public void onDeadline(Deadline due) {
            throw new IllegalStateException("defect of " + name);
        }

        @Override
        public void onFault(Exception fault) {
            events.add(name + " ends by " + fault.getMessage());
        }
    }

    /** A reactor on the test's own thread, of which each turn begins at a given time. */
    private final class TurnsByScript {
        private static final double NS_PER_S = 1e9;

        private final List<Double> script = new ArrayList<>();
        private final Reactor reactor =
                new Reactor(Sockets.ofSystem(), this::readClock, (source, fault) -> events.add("fault"));
        private int reads;
        private long clockNs;

        TurnsByScript() throws IOException {}

        /** Begins now, and tells by the clock when it fires. */
        void deadline(long seconds) {
            reactor.deadlines(Duration.ofSeconds(seconds))
                    .create(() -> events.add(seconds + " s at " + clockNs / NS_PER_S))
                    .start();
        }

        /** The next turn begins then. */
        TurnsByScript jumpTo(double seconds) {
            script.add(seconds);
            return this;
        }

        /** Turns once a second until then. */
        TurnsByScript passTo(double seconds) {
            for (double next = last() + 1; next < seconds; next++) {
                script.add(next);
            }
            return jumpTo(seconds);
        }

        void run() throws IOException {
            reactor.run();
        }

        long loopSeconds() {
            return Duration.ofNanos(reactor.nowNs()).toSeconds();
        }

        private double last() {
            return script.isEmpty() ? 0 : script.get(script.size() - 1);
        }

        /** The first two reads are the constructor's and the beginning's; the others are the turns'. */
        private long readClock() {
            int turn = reads - 2;
            reads++;
            if (turn >= 0) {
                clockNs = Math.round(script.get(turn) * NS_PER_S);
            }
            if (turn == script.size() - 1) {
                reactor.stop();
            } else if (turn >= -1) {
                reactor.wakeup(); // the next select returns at once, however long it was to take
            }
            return clockNs;
        }
    }

    /** Reads one byte each time that it is called. */
    private class Source implements ReadyHandler {
        private final Pipe pipe;
        private final String event;
        private final AtomicInteger calls = new AtomicInteger();
        private Runnable onReady = () -> {};
        private @Nullable SelectionKey key;
        private @Nullable Source closesOnReady;
        private @Nullable Exception thrown;
        private @Nullable RuntimeException thrownOnFault;
        private volatile @Nullable Exception fault;

        Source(Pipe pipe, String event) {
            this.pipe = pipe;
            this.event = event;
        }

        int calls() {
            return calls.get();
        }

        void write(int bytes) throws IOException {
            pipe.sink().write(ByteBuffer.allocate(bytes));
        }

        /** So that the next turn announces it once more. */
        void writeAgain() {
            try {
                write(1);
            } catch (IOException closed) {
                throw new UncheckedIOException(closed);
            }
        }

        @Override
        public void onReady(int readyOps) throws IOException {
            assertEquals(SelectionKey.OP_READ, readyOps);
            events.add(event);
            calls.incrementAndGet();
            pipe.source().read(ByteBuffer.allocate(1));
            onReady.run();
            if (closesOnReady != null) {
                closesOnReady.pipe.source().close();
            }
            if (thrown instanceof IOException broken) {
                throw broken;
            } else if (thrown instanceof RuntimeException defect) {
                throw defect;
            }
        }

        @Override
        public void onFault(Exception contained) {
            fault = contained;
            Channels.close(pipe.source());
            if (thrownOnFault != null) {
                throw thrownOnFault;
            }
        }
    }

    /** The same, but work of another kind. */
    private final class OtherSource extends Source {
        OtherSource(Pipe pipe, String event) {
            super(pipe, event);
        }
    }
}
