package dev.lander.relay.tcp;

import dev.lander.kernel.Pipe;
import dev.lander.kernel.PipeCalls;
import dev.lander.kernel.PipeSource;
import dev.lander.metrics.Metrics;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.DeadlineHandler;
import dev.lander.reactor.Reactor;
import dev.lander.sockets.FdBudget;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the loop's {@link Splice}s their pipes, as far as descriptors and memory go round; without one, a direction
 * copies. What is needed is loaded when the first direction asks, aside from the loop, as it takes long.
 */
final class Splices implements DeadlineHandler {
    /** As many of this size as Linux allows an ordinary user by default. */
    private static final int MOST = 64;

    /** All pipes take at most this part of the descriptors. */
    private static final int PIPES_PART = 16;

    /** Empty ones that wait for their next use. */
    private static final int MOST_IDLE = 16;

    /** And none while no more than this part of them is free. */
    private static final int FREE_PART = 4;

    /** Pipes that nobody has used for this long are closed, and what the system refused is tried again. */
    private static final Duration REST = Duration.ofSeconds(10);

    /** So many moves in a row cost little more than more of them would, with up to this many streams. */
    private static final int MOST_IN_A_ROW = 8;

    /** Moves of all streams together in a turn, unless there are more streams than that. */
    private static final int MOST_IN_A_TURN = 64;

    private static final Logger LOG = LoggerFactory.getLogger(Splices.class);

    private final Reactor reactor;
    private final FdBudget fds;
    private final SpillBuffers spills;
    private final Metrics metrics;
    private final Deadline rest;
    private final int limit;
    private final ArrayDeque<Pipe> idle = new ArrayDeque<>(MOST_IDLE);

    /** In bytes: two reads in a row of this much are a stream. */
    private final int large;

    /** From where {@link #calls} are loaded; null when there is nothing to load any more. */
    private @Nullable PipeSource source;

    /** Null until it is loaded, or for ever. */
    private @Nullable PipeCalls calls;

    /** Pipes that are open, the idle ones among them. */
    private final List<Pipe> open = new ArrayList<>();

    /** How many there may be; fewer than {@link #limit} when the system has refused one. */
    private int most;

    /** Whether a pipe was used since {@link #rest} was started. */
    private boolean used;

    /** When the turn began in which the loop's streams were last counted. */
    private long turnNs;

    /** Streams that have moved bytes in this turn so far. */
    private int streams;

    /** And in the turn before. */
    private int streamsBefore;

    /** @param wanted whether directions may splice at all */
    Splices(Reactor reactor, FdBudget fds, SpillBuffers spills, Metrics metrics, boolean wanted) {
        this.reactor = reactor;
        this.fds = fds;
        this.spills = spills;
        this.metrics = metrics;
        this.rest = reactor.deadlines(REST).create(this);
        this.limit = Math.min(MOST, fds.total() / PIPES_PART / Pipe.DESCRIPTORS);
        this.most = limit;
        this.source = wanted ? reactor.sockets().pipes().orElse(null) : null;
        this.large = source == null ? Integer.MAX_VALUE : source.large();
    }

    /** In bytes: two reads in a row of this much are a stream. */
    int large() {
        return large;
    }

    /** For a direction to which {@link #large} has come. */
    Splice begin() {
        return new Splice(this);
    }

    /** An empty pipe, to be given back; null when it is better to copy now, or not to be had. */
    @Nullable
    Pipe borrow() {
        PipeSource unloaded = source;
        if (unloaded != null) {
            source = null;
            unloaded.loader().execute(() -> load(unloaded));
        }
        if (calls == null || spills.isShort() || !spills.mayPark(Pipe.CAPACITY)) {
            return null;
        }
        if (fds.free() <= fds.total() / FREE_PART) {
            closeIdle();
            return null;
        }
        used = true;
        Pipe pipe = idle.pollLast();
        return pipe == null ? open() : pipe;
    }

    /**
     * How many moves in a row one direction may make in this turn, called once by each. What a stream has sent goes on
     * together then, and so do the acknowledgements: with eight streams half the cost. The same for all, so that none
     * gets more than another, and bounded for all together.
     */
    int movesInARow() {
        if (turnNs != reactor.nowNs()) {
            turnNs = reactor.nowNs();
            streamsBefore = streams;
            streams = 0;
        }
        streams++;
        return Math.max(1, Math.min(MOST_IN_A_ROW, MOST_IN_A_TURN / Math.max(streams, streamsBefore)));
    }

    /** Closes all pipes, when the loop has ended. */
    void close() {
        open.forEach(Pipe::close);
        open.clear();
    }

    /** Takes back a pipe. One with bytes in it has no further use: they would come out ahead of another relay's. */
    void giveBack(Pipe pipe) {
        if (pipe.held() > 0 || idle.size() == MOST_IDLE) {
            close(pipe);
            return;
        }
        idle.addLast(pipe);
        if (!rest.isStarted()) {
            rest.start();
        }
    }

    /** Bytes wait in a pipe, and count as spilled. */
    void park(int bytes) {
        spills.park(bytes);
    }

    /** This many bytes wait no more. */
    void unpark(int bytes) {
        spills.unpark(bytes);
    }

    /** Counts bytes that were moved without being copied. */
    void count(int bytes) {
        metrics.countSpliced(bytes);
    }

    @Override
    public void onDeadline(Deadline due) {
        most = limit;
        if (used) {
            used = false;
            rest.start();
        } else {
            closeIdle();
        }
    }

    @Override
    public void onFault(Exception defect) {
        closeIdle();
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "pipes=" + open.size();
    }

    /** Aside from the loop. */
    private void load(PipeSource unloaded) {
        try {
            PipeCalls loaded = unloaded.calls().get();
            reactor.execute(() -> calls = loaded);
        } catch (LinkageError missing) {
            LOG.info("streams are copied, since splice is not to be had here: {}", missing.getMessage());
        }
    }

    private @Nullable Pipe open() {
        PipeCalls loaded = calls;
        if (loaded == null || open.size() >= most) {
            return null;
        }
        Pipe pipe = Pipe.open(loaded);
        if (pipe == null) {
            most = open.size();
            rest.start();
            return null;
        }
        open.add(pipe);
        fds.hold(Pipe.DESCRIPTORS);
        return pipe;
    }

    private void closeIdle() {
        while (!idle.isEmpty()) {
            close(idle.removeLast());
        }
    }

    private void close(Pipe pipe) {
        pipe.close();
        open.remove(pipe);
        fds.release(Pipe.DESCRIPTORS);
    }
}
