package dev.lander.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ChildProcess;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Clients that come at a steady rate until they are told to end. */
public final class Clients {
    private final ChildProcess process;

    Clients(ChildProcess process) {
        this.process = process;
    }

    /** Lets the last of them be answered. */
    public Outcome end() throws Exception {
        process.signal("TERM");
        assertEquals(0, process.exitStatus(ClusterLab.LONG), process::toString);
        return new Outcome(process.output());
    }

    /**
     * What they met.
     *
     * @param lines as clients.py and datagrams.py print it
     */
    public record Outcome(Collection<String> lines) {
        /** How many came. */
        public int asked() {
            return Integer.parseInt(only("asked "));
        }

        /** The longest that one waited. */
        public int slowestMs() {
            return Integer.parseInt(only("slowest "));
        }

        /** How many were not answered, or otherwise than they should. */
        public int failed() {
            return (int)
                    lines.stream().filter(line -> line.startsWith("failed")).count();
        }

        /** Datagrams: how often a socket's next answer came from another component. */
        public int moves() {
            return Integer.parseInt(only("moves "));
        }

        /** The names of the components that have answered. */
        public Set<String> answered() {
            return new TreeSet<>(Set.of(only("answered ").split(" ", -1)));
        }

        /** Sees that each was answered, and that there were as many as make the walk worth something. */
        public Outcome assertNoneFailed(int atLeast) {
            assertTrue(asked() >= atLeast, this::toString);
            assertEquals(0, failed(), this::toString);
            return this;
        }

        private String only(String word) {
            return lines.stream()
                    .filter(line -> line.startsWith(word))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(word + "is missing: " + this))
                    .substring(word.length());
        }

        @Override
        public String toString() {
            return String.join("\n", lines);
        }
    }
}
