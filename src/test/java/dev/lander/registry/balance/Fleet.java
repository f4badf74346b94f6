package dev.lander.registry.balance;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Many Landers with the same components, of which some fail all the time: how evenly clients are spread, and how many
 * move though their component has not failed, by {@link SourceHash} as it is and by two other ways to hash.
 */
final class Fleet {
    /** In each step this part fails, and those of the step before come back. */
    private static final int FAILING_PART = 100;

    /** Points of each component on the ring. */
    private static final int RING_POINTS = 100;

    /** As many are compared by the other two: a ring of a million points takes a second. */
    private static final int FEW_LANDERS = 3;

    /** What a policy has done to clients, in parts of one. */
    record Result(String policy, double busiest, double idlest, double moved, double disagreeing) {
        /** A row of the table. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-22s %14.2f %14.2f %14.2f %% %14.2f %%",
                    policy,
                    busiest,
                    idlest,
                    100 * moved,
                    100 * disagreeing);
        }
    }

    static final String HEADER = String.format(
            "%-22s %14s %14s %16s %16s", "", "busiest/mean", "idlest/mean", "moved in a step", "Landers disagree");

    private record Machine(int number, String identity) implements Candidate {
        @Override
        public int weight() {
            return 1;
        }

        @Override
        public int load() {
            return 0;
        }
    }

    /** Chooses among those that joined. */
    private interface Chooser {
        void join(Machine machine);

        void leave(Machine machine);

        Machine choose(InetAddress client);

        /** Adds up which part of all clients, or of the table, is each one's, by its number. */
        void addShares(double[] shares);
    }

    private final int landers;
    private final int steps;
    private final List<Machine> machines = new ArrayList<>();
    private final List<InetAddress> clients = new ArrayList<>();
    private final long seed;

    Fleet(int landers, int components, int clients, int steps, long seed) throws UnknownHostException {
        this.landers = landers;
        this.steps = steps;
        this.seed = seed;
        for (int i = 0; i < components; i++) {
            machines.add(new Machine(i, "10." + (i >> 16) + "." + (i >> 8 & 0xff) + "." + (i & 0xff) + ":8080"));
        }
        Random random = new Random(seed);
        for (int i = 0; i < clients; i++) {
            this.clients.add(InetAddress.getByAddress(
                    ByteBuffer.allocate(Integer.BYTES).putInt(random.nextInt()).array()));
        }
    }

    Result maglev() {
        return run("Maglev (source)", Maglev::new, landers);
    }

    Result modulo() {
        return run("modulo", Modulo::new, Math.min(landers, FEW_LANDERS));
    }

    Result ring() {
        return run("ring, " + RING_POINTS + " points each", Ring::new, Math.min(landers, FEW_LANDERS));
    }

    private Result run(String policy, Supplier<Chooser> chooser, int compared) {
        Random random = new Random(seed);
        Chooser first = chooser.get();
        join(first, random);
        Machine[] before = choices(first);
        double[] shares = new double[machines.size()];
        first.addShares(shares);
        double moved = 0;
        Set<Machine> failed = Set.of();
        for (int step = 0; step < steps; step++) {
            List<Machine> present = new ArrayList<>(machines);
            present.removeAll(failed);
            Collections.shuffle(present, random);
            Set<Machine> failing = new HashSet<>(present.subList(0, machines.size() / FAILING_PART));
            failing.forEach(first::leave);
            failed.forEach(first::join);
            Machine[] after = choices(first);
            moved += (double) movedOthers(before, after, failing) / clients.size() / steps;
            before = after;
            failed = failing;
        }
        return new Result(
                policy,
                Arrays.stream(shares).max().orElseThrow() * shares.length,
                Arrays.stream(shares).min().orElseThrow() * shares.length,
                moved,
                disagreeing(before, failed, chooser, random, compared));
    }

    /** Clients whose component has not failed, and who got another. */
    private static int movedOthers(Machine[] before, Machine[] after, Set<Machine> failing) {
        int moved = 0;
        for (int i = 0; i < before.length; i++) {
            moved += before[i].number() != after[i].number() && !failing.contains(before[i]) ? 1 : 0;
        }
        return moved;
    }

    /** The most clients that any other Lander sends elsewhere, though it has the same components. */
    private double disagreeing(
            Machine[] asFirst, Set<Machine> failed, Supplier<Chooser> chooser, Random random, int compared) {
        int most = 0;
        for (int i = 1; i < compared; i++) {
            Chooser other = chooser.get();
            join(other, random); // in another order, as they register when they like
            failed.forEach(other::leave);
            Machine[] choices = choices(other);
            int differing = 0;
            for (int k = 0; k < choices.length; k++) {
                differing += choices[k].number() == asFirst[k].number() ? 0 : 1;
            }
            most = Math.max(most, differing);
        }
        return (double) most / clients.size();
    }

    private void join(Chooser chooser, Random random) {
        List<Machine> order = new ArrayList<>(machines);
        Collections.shuffle(order, random);
        order.forEach(chooser::join);
    }

    private Machine[] choices(Chooser chooser) {
        return clients.stream().map(chooser::choose).toArray(Machine[]::new);
    }

    private static final class Maglev implements Chooser {
        private final SourceHash<Machine> policy = new SourceHash<>();
        private final Set<Machine> present = new HashSet<>();

        @Override
        public void join(Machine machine) {
            policy.join(machine);
            present.add(machine);
        }

        @Override
        public void leave(Machine machine) {
            policy.leave(machine);
            present.remove(machine);
        }

        @Override
        public Machine choose(InetAddress client) {
            Machine chosen = policy.choose(client, any -> true);
            if (chosen == null) {
                throw new AssertionError("nobody is left");
            }
            return chosen;
        }

        @Override
        public void addShares(double[] shares) {
            List<Machine> sorted = new ArrayList<>(present);
            sorted.sort(Comparator.comparing(Machine::identity));
            int[] table = SlotTable.fill(sorted);
            for (int one : table) {
                shares[sorted.get(one).number()] += 1.0 / table.length;
            }
        }
    }

    /** The client's hash modulo the number of components, which are in order. */
    private static final class Modulo implements Chooser {
        private final List<Machine> present = new ArrayList<>();
        private boolean sorted;

        @Override
        public void join(Machine machine) {
            present.add(machine);
            sorted = false;
        }

        @Override
        public void leave(Machine machine) {
            present.remove(machine);
        }

        @Override
        public Machine choose(InetAddress client) {
            if (!sorted) {
                present.sort(Comparator.comparing(Machine::identity));
                sorted = true;
            }
            return present.get((int) Long.remainderUnsigned(Hash.of(client), present.size()));
        }

        @Override
        public void addShares(double[] shares) {
            present.forEach(one -> shares[one.number()] += 1.0 / present.size());
        }
    }

    /** The component whose point comes next behind the client's. */
    private static final class Ring implements Chooser {
        private record Point(long place, Machine machine) {}

        private final List<Machine> present = new ArrayList<>();
        private List<Point> points = List.of();

        @Override
        public void join(Machine machine) {
            present.add(machine);
            points = List.of();
        }

        @Override
        public void leave(Machine machine) {
            present.remove(machine);
            points = List.of();
        }

        @Override
        public Machine choose(InetAddress client) {
            place();
            int found = Collections.binarySearch(
                    points, new Point(Hash.of(client), present.get(0)), Comparator.comparingLong(Point::place));
            int next = found < 0 ? -found - 1 : found;
            return points.get(next < points.size() ? next : 0).machine();
        }

        @Override
        public void addShares(double[] shares) {
            place();
            double circle = Math.pow(2, Long.SIZE);
            for (int i = 0; i < points.size(); i++) {
                Point before = points.get(i > 0 ? i - 1 : points.size() - 1);
                long arc = points.get(i).place() - before.place();
                shares[points.get(i).machine().number()] += (arc < 0 ? arc + circle : arc) / circle;
            }
        }

        private void place() {
            if (points.isEmpty()) {
                points = new ArrayList<>(present.size() * RING_POINTS);
                for (Machine one : present) {
                    for (int i = 0; i < RING_POINTS; i++) {
                        points.add(new Point(Hash.of(one.identity() + "#" + i), one));
                    }
                }
                points.sort(Comparator.comparingLong(Point::place));
            }
        }
    }
}
