package dev.lander.kernel;

import dev.lander.sockets.Sockets;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * The system's calls for pipes, which wait until all is moved that was asked for, and remember the moves: so a stream
 * always has another move to make, however small the system's buffers are.
 */
public final class PatientPipes implements PipeCalls {
    private static final int EAGAIN = 11;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);

    private final PipeCalls system = new LinuxPipeCalls();
    private final Map<Integer, Boolean> pipeEnds = new ConcurrentHashMap<>();
    private final List<Move> moves = new CopyOnWriteArrayList<>();
    private final IntSupplier turn;
    private volatile boolean waits;

    /** Bytes that were taken from a socket by its descriptor, in this turn of the loop. */
    public record Move(int turn, int source, int bytes) {}

    /** @param turn the loop's present one */
    public PatientPipes(IntSupplier turn) {
        this.turn = turn;
    }

    /** Sockets that splice by these calls. */
    public Sockets sockets() {
        return Sockets.withPipes(PipeSource.of(() -> this));
    }

    /** Waits from now on, and forgets what was moved before. */
    public void beginToWait() {
        moves.clear();
        waits = true;
    }

    /** What was taken since it waits, in its order. */
    public List<Move> moves() {
        return moves;
    }

    @Override
    public int descriptorOf(SocketChannel channel) {
        return system.descriptorOf(channel);
    }

    @Override
    public int pipe(int[] ends) {
        int result = system.pipe(ends);
        if (result == 0) {
            pipeEnds.put(ends[0], true);
            pipeEnds.put(ends[1], true);
        }
        return result;
    }

    @Override
    public int setSize(int end, int bytes) {
        return system.setSize(end, bytes);
    }

    @Override
    public int splice(int from, int to, int most) {
        int result = waits ? moveAll(from, to, most) : system.splice(from, to, most);
        if (waits && result > 0 && !pipeEnds.containsKey(from)) {
            moves.add(new Move(turn.getAsInt(), from, result));
        }
        return result;
    }

    /** Waits for the first byte, too: the sender may not have had its turn yet. */
    private int moveAll(int from, int to, int most) {
        long untilNs = System.nanoTime() + PATIENCE_NS;
        int moved = 0;
        while (true) {
            int result = system.splice(from, to, most - moved);
            moved += Math.max(0, result);
            boolean isOver = result == 0 || (result < 0 && result != -EAGAIN);
            if (moved == most || isOver || System.nanoTime() > untilNs) {
                return moved > 0 ? moved : result;
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close(int descriptor) {
        pipeEnds.remove(descriptor);
        system.close(descriptor);
    }
}
