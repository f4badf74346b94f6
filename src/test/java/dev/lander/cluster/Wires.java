package dev.lander.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way between several Landers of one process: what one sends reaches each other one in order, unless the two are
 * cut off from each other. From any thread.
 */
public final class Wires {
    private static final int FIRST_PORT = 7_988;

    /** Where news for one Lander goes. */
    @FunctionalInterface
    public interface Post {
        /** The task is to be run on the Lander's loop, after those that the same member has caused before. */
        void add(MemberId from, Runnable task);
    }

    private record Pair(MemberId one, MemberId other) {}

    private final List<End> ends = new ArrayList<>();
    private final Set<Pair> cut = new HashSet<>();
    private int made;

    /** One Lander's end of all its wires. */
    public final class End implements Members {
        private final MemberId self;
        private final String name;
        private final Post post;
        private @Nullable MemberListener listener;

        /** Those that this one has been told of and has not lost since. */
        private final Set<MemberId> seen = new HashSet<>();

        /** For how long all others have given no sign of life. */
        long silentNs = Long.MAX_VALUE;

        private End(MemberId self, String name, Post post) {
            this.self = self;
            this.name = name;
            this.post = post;
        }

        /** As {@link Cluster.Opening}: the listener hears what comes. */
        public Members open(MemberListener hears) {
            listener = hears;
            return this;
        }

        @Override
        public MemberId self() {
            return self;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public InetSocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), FIRST_PORT + (int) self.low());
        }

        @Override
        public long silentNs(MemberId member) {
            return silentNs;
        }

        @Override
        public void multicast(byte[] message) {
            synchronized (Wires.this) {
                others(this).forEach(other -> deliver(other, message));
            }
        }

        @Override
        public void send(MemberId to, byte[] message) {
            synchronized (Wires.this) {
                others(this).stream().filter(other -> other.self.equals(to)).forEach(other -> deliver(other, message));
            }
        }

        /** It can reach the others and be reached from now on. */
        public void join() {
            synchronized (Wires.this) {
                ends.add(this);
                view();
            }
        }

        /** It has ended: the others lose it, and it hears of nothing more. */
        public void leave() {
            synchronized (Wires.this) {
                ends.remove(this);
                view();
            }
        }

        /** The others may know nothing of it. */
        void tellAll() {
            post.add(self, () -> listener().tellAll());
        }

        private void deliver(End other, byte[] message) {
            other.post.add(self, () -> other.listener().received(self, message.clone()));
        }

        private MemberListener listener() {
            if (listener == null) {
                throw new IllegalStateException("nobody listens to " + name);
            }
            return listener;
        }
    }

    /** A new Lander's, which has not joined yet. */
    public synchronized End end(String name, Post post) {
        made++;
        return new End(new MemberId(0, made), name, post);
    }

    /** The two do not reach each other from now on, whatever they have in common with others. */
    synchronized void cut(End one, End other) {
        cut.add(new Pair(one.self, other.self));
        cut.add(new Pair(other.self, one.self));
        view();
    }

    /** All reach each other again. */
    synchronized void heal() {
        cut.clear();
        view();
    }

    private List<End> others(End one) {
        return ends.stream()
                .filter(other -> other != one && ends.contains(one))
                .filter(other -> !cut.contains(new Pair(one.self, other.self)))
                .toList();
    }

    /** Each is told which members it has lost and which it has gained, and then to tell all. */
    private void view() {
        for (End end : ends) {
            Set<MemberId> now = new HashSet<>();
            others(end).forEach(other -> now.add(other.self));
            for (MemberId gone : new ArrayList<>(end.seen)) {
                if (!now.contains(gone)) {
                    end.seen.remove(gone);
                    end.post.add(gone, () -> end.listener().lost(gone));
                }
            }
        }
        for (End end : ends) {
            for (End other : others(end)) {
                if (end.seen.add(other.self)) {
                    end.post.add(other.self, () -> {
                        end.listener().joined(other.self, other.name, other.address());
                        end.listener().tellAll();
                    });
                }
            }
        }
    }
}
