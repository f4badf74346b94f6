package dev.lander.relay.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.metrics.Metrics;
import dev.lander.reactor.Reactor;
import dev.lander.sockets.FdBudget;
import dev.lander.sockets.Sockets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class SplicesTest {
    private static final int MOST_IN_A_ROW = 8;
    private static final int MOST_IN_A_TURN = 64;

    private long nowNs;

    @Test
    void fewStreamsMakeEightMovesInARow() throws IOException {
        assertEquals(List.of(8, 8), movesOfTurns(2, 2).get(1));
        assertEquals(List.of(8, 8, 8, 8, 8, 8, 8, 8), movesOfTurns(8, 8).get(1));
    }

    @Test
    void manyStreamsMakeTheSameNumberEachAndNotManyInATurn() throws IOException {
        for (int streams = MOST_IN_A_ROW; streams <= MOST_IN_A_TURN; streams++) {
            List<Integer> moves = movesOfTurns(streams, streams).get(1);
            assertEquals(1, moves.stream().distinct().count(), () -> "not the same: " + moves);
            int sum = moves.stream().mapToInt(Integer::intValue).sum();
            assertTrue(sum <= MOST_IN_A_TURN, sum + " of " + streams);
        }
        assertEquals(1, movesOfTurns(200, 200).get(1).get(0));
    }

    @Test
    void whoJoinsManyOrIsLeftAloneMovesAsMuchAsIsGoodThen() throws IOException {
        List<List<Integer>> moves = movesOfTurns(1, 32, 32, 1, 1);
        assertEquals(2, moves.get(1).get(31), "the last of 32 that come at once");
        assertEquals(2, moves.get(2).get(0));
        assertEquals(2, moves.get(3).get(0), "there were 32 a moment ago");
        assertEquals(MOST_IN_A_ROW, moves.get(4).get(0));
    }

    /** What each stream may move, in turns with so many streams. */
    private List<List<Integer>> movesOfTurns(int... streams) throws IOException {
        Reactor reactor = new Reactor(Sockets.ofSystem(), () -> nowNs, (source, fault) -> {});
        FdBudget fds = new FdBudget(100_000, reactor::afterSelect);
        Splices splices = new Splices(reactor, fds, new SpillBuffers(1 << 20), new Metrics(), true);
        List<List<Integer>> moves = new ArrayList<>();
        turn(reactor, splices, streams, moves);
        reactor.run();
        return moves;
    }

    private void turn(Reactor reactor, Splices splices, int[] streams, List<List<Integer>> moves) {
        nowNs++;
        reactor.execute(() -> {
            int count = streams[moves.size()];
            moves.add(IntStream.range(0, count)
                    .mapToObj(i -> splices.movesInARow())
                    .toList());
            if (moves.size() == streams.length) {
                reactor.stop();
            } else {
                turn(reactor, splices, streams, moves);
            }
        });
    }
}
