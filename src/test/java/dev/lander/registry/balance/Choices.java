package dev.lander.registry.balance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** What the policies' tests have in common. */
final class Choices {
    static final Predicate<Server> ANYBODY = server -> true;
    static final Predicate<Server> NOBODY = server -> false;
    static final InetAddress CLIENT = client(0);

    private Choices() {}

    static InetAddress client(int address) {
        try {
            return InetAddress.getByAddress(
                    new byte[] {(byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address
                    });
        } catch (UnknownHostException cannotBe) {
            throw new AssertionError(cannotBe);
        }
    }

    static List<Server> joined(BalancingPolicy<Server> policy, int... weights) {
        List<Server> servers = new ArrayList<>();
        for (int weight : weights) {
            Server server = new Server(String.valueOf((char) ('A' + servers.size())), weight);
            servers.add(server);
            policy.join(server);
        }
        return servers;
    }

    static List<Server> manyJoined(BalancingPolicy<Server> policy, int count) {
        List<Server> servers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            servers.add(Server.number(i));
            policy.join(servers.get(i));
        }
        return servers;
    }

    /** There must be somebody. */
    static Server next(BalancingPolicy<Server> policy) {
        return Objects.requireNonNull(policy.choose(CLIENT, ANYBODY));
    }

    /** The next choices, joined into one text. */
    static String sequence(BalancingPolicy<Server> policy, int choices) {
        StringBuilder sequence = new StringBuilder();
        for (int i = 0; i < choices; i++) {
            sequence.append(next(policy));
        }
        return sequence.toString();
    }

    static Map<Server, Integer> counts(BalancingPolicy<Server> policy, int choices) {
        Map<Server, Integer> counts = new HashMap<>();
        for (int i = 0; i < choices; i++) {
            counts.merge(next(policy), 1, Integer::sum);
        }
        return counts;
    }

    /** Fails if the run, repeated, leaves garbage. */
    static void assertAllocatesNothing(Runnable run) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        run.run();
        run.run();
        long before = threads.getThreadAllocatedBytes(thread);
        run.run();
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertTrue(allocated < 10_000, allocated + " bytes");
    }
}
