package dev.lander.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Runs, one after the other: counts what they reach, and tells of one that fails all that is needed to repeat it. */
final class Runs implements AutoCloseable {
    private static final String LINE_END = "\n";

    private final Reached reached = new Reached();
    private final Logger log = (Logger) LoggerFactory.getLogger("dev.lander");
    private final @Nullable Level usual = log.getLevel();
    private final boolean printed;
    private final Function<Cast, List<Invariant>> whatHolds;
    private final Path tokenFile;
    private double seconds;
    private int parts;

    /**
     * None yet.
     *
     * @param printed whether all that happens is printed, with Lander's own log
     */
    Runs(boolean printed) throws IOException {
        this(printed, Invariants::all);
    }

    /** None yet, of which other invariants are to hold. */
    Runs(boolean printed, Function<Cast, List<Invariant>> whatHolds) throws IOException {
        this.printed = printed;
        this.whatHolds = whatHolds;
        this.tokenFile = Files.createTempFile("token", "");
        if (!printed) {
            log.setLevel(Level.OFF);
        }
    }

    /** What all of them have reached. */
    Reached reached() {
        return reached;
    }

    /** How many parts the last one's scenario has. */
    int parts() {
        return parts;
    }

    /** Seconds that have passed in all of them. */
    double seconds() {
        return seconds;
    }

    /**
     * One run.
     *
     * @return a digest of all that happened
     * @throws AssertionError when an invariant is broken; the message says which, when, after what, and how to repeat
     *     it
     */
    String run(Simulation.Plan plan) {
        Trace trace = new Trace(printed);
        Simulation simulation = null;
        try {
            simulation = new Simulation(plan, trace, reached, tokenFile, whatHolds);
            if (printed) {
                tellParts(plan, simulation);
            }
            parts = simulation.parts().size();
            String hash = simulation.run();
            seconds += simulation.seconds();
            if (printed) {
                System.out.println("trace " + hash);
            }
            return hash;
        } catch (IOException | RuntimeException | Error broken) {
            String at = simulation == null ? "" : String.format(" at %.6f s", simulation.seconds());
            String last = trace.last().stream().collect(Collectors.joining(LINE_END));
            throw new AssertionError(
                    "seed " + plan.seed() + at + ": " + broken + LINE_END + last + LINE_END + "repeat: "
                            + command(plan),
                    broken);
        }
    }

    private static void tellParts(Simulation.Plan plan, Simulation simulation) {
        for (int i = 0; i < simulation.parts().size(); i++) {
            if (!plan.without().get(i)) {
                System.out.println("part " + i + ": " + simulation.parts().get(i));
            }
        }
    }

    /** How a run is repeated. */
    static String command(Simulation.Plan plan) {
        String without = plan.without().stream().mapToObj(String::valueOf).collect(Collectors.joining(","));
        String length = plan.servedNs() == Scenario.SERVED_NS ? "" : " SERVED=" + plan.servedNs() / World.MS;
        return "make simulate SEED=" + plan.seed() + (without.isEmpty() ? "" : " WITHOUT=" + without) + length;
    }

    @Override
    public void close() throws IOException {
        log.setLevel(usual);
        Files.deleteIfExists(tokenFile);
    }
}
