package dev.lander.simulation.network;

import dev.lander.kernel.PipeCalls;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The pipes of one simulated process, as Linux has them: their room is counted in slots, a page or a part of one in
 * each; to a user who has as many pages as he may it gives two slots, and says so only to who asks for more; now and
 * then it lacks memory.
 */
public final class SimulatedPipes implements PipeCalls {
    private static final int EPERM = 1;
    private static final int ENOMEM = 12;
    private static final int EAGAIN = 11;
    private static final int EMFILE = 24;
    private static final int EPIPE = 32;
    private static final int ECONNRESET = 104;

    private static final int PAGE = 4_096;
    private static final int FIRST_SLOTS = 16;
    private static final int LEAST_SLOTS = 2;
    private static final int LACKS_MEMORY_ONE_IN = 100;

    /** One pipe, by its two ends. */
    private static final class Held {
        private final ByteQueue bytes = new ByteQueue();
        private int slots;
        private int openEnds = 2;
    }

    private final Descriptors descriptors;
    private final SplittableRandom random;

    /** Pipes of more slots than a small user's that there may be. */
    private final int allowed;

    private final Map<Integer, Held> ends = new HashMap<>();
    private final Map<String, Long> counts = new HashMap<>();
    private int lastDescriptor;

    /** The socket that a descriptor was last asked of. */
    private @Nullable TcpSocket asked;

    private int askedDescriptor;

    /** @param allowed large ones at a time */
    public SimulatedPipes(Descriptors descriptors, int allowed, SplittableRandom random) {
        this.descriptors = descriptors;
        this.allowed = allowed;
        this.random = random;
    }

    /** What has happened how often. */
    public Map<String, Long> counts() {
        return counts;
    }

    @Override
    public int descriptorOf(SocketChannel channel) {
        if (!channel.isOpen()) {
            throw new IllegalStateException("the descriptor of a closed channel may be another's");
        }
        asked = (TcpSocket) ((SimulatedSocketChannel) channel).descriptor();
        askedDescriptor = ++lastDescriptor;
        return askedDescriptor;
    }

    @Override
    public int pipe(int[] made) {
        try {
            descriptors.take();
        } catch (SocketException noMore) {
            return -EMFILE;
        }
        try {
            descriptors.take();
        } catch (SocketException noMore) {
            descriptors.giveBack();
            return -EMFILE;
        }
        Held pipe = new Held();
        pipe.slots = ends.size() < 2 * allowed ? FIRST_SLOTS : LEAST_SLOTS;
        made[0] = ++lastDescriptor;
        made[1] = ++lastDescriptor;
        ends.put(made[0], pipe);
        ends.put(made[1], pipe);
        return 0;
    }

    @Override
    public int setSize(int end, int bytes) {
        Held pipe = pipe(end);
        if (pipe.slots == LEAST_SLOTS) {
            count("pipe too small");
            return -EPERM;
        }
        pipe.slots = bytes / PAGE;
        return bytes;
    }

    @Override
    public int splice(int from, int to, int most) {
        TcpSocket socket = asked;
        asked = null;
        if (socket == null || (from != askedDescriptor && to != askedDescriptor)) {
            throw new IllegalStateException("no socket has this descriptor");
        }
        try {
            return from == askedDescriptor ? take(socket, pipe(to), most) : hand(pipe(from), socket, most);
        } catch (SocketException reset) {
            count("reset");
            return -ECONNRESET;
        } catch (IOException gone) {
            count("gone");
            return "Connection reset by peer".equals(gone.getMessage()) ? -ECONNRESET : -EPIPE;
        }
    }

    @Override
    public void close(int descriptor) {
        Held pipe = pipe(descriptor);
        ends.remove(descriptor);
        descriptors.giveBack();
        pipe.openEnds--;
        if (pipe.openEnds == 0 && !pipe.bytes.isEmpty()) {
            count("pipe closed with bytes in it");
        }
    }

    /** Each segment takes a slot of its own, however short. */
    private int take(TcpSocket source, Held pipe, int most) throws IOException {
        if (random.nextInt(LACKS_MEMORY_ONE_IN) == 0) {
            count("no memory");
            return -ENOMEM;
        }
        int room = Math.min(most, pipe.slots * random.nextInt(1, PAGE)) - pipe.bytes.size();
        if (room <= 0) {
            return -EAGAIN;
        }
        ByteBuffer taken = ByteBuffer.allocate(Math.min(room, source.available()));
        int count = source.read(taken);
        pipe.bytes.add(taken.flip(), taken.limit());
        count(count > 0 ? "moved" : "nothing to move");
        return count < 0 ? 0 : count > 0 ? count : -EAGAIN;
    }

    private int hand(Held pipe, TcpSocket sink, int most) throws IOException {
        int offered = Math.min(most, pipe.bytes.size());
        int count = sink.write(pipe.bytes.first(offered));
        pipe.bytes.skip(count);
        if (count < offered) {
            count("sink took less");
        }
        return count > 0 || offered == 0 ? count : -EAGAIN;
    }

    private Held pipe(int end) {
        Held pipe = ends.get(end);
        if (pipe == null) {
            throw new IllegalStateException("no pipe has this descriptor");
        }
        return pipe;
    }

    private void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }
}
