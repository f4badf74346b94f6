package dev.lander.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What a run favours: some features it never has, some as often as is usual, some nearly always. An even mix of all in
 * each run hides what needs much of a few and nothing of the rest ("Swarm testing", Groce and others, 2012).
 */
final class Swarm {
    private enum Favour {
        NEVER,
        USUAL,
        MUCH
    }

    /** How much more often something happens of which there is much. */
    private static final int MUCH = 3;

    private final long seed;
    private final Map<String, Favour> favours = new HashMap<>();

    /** Of a run with this chance. */
    Swarm(SplittableRandom random) {
        this.seed = random.nextLong();
    }

    /**
     * Whether the feature is there, this time.
     *
     * @param oneIn how often it usually is: one time in this many
     */
    boolean takes(String feature, int oneIn, SplittableRandom random) {
        int dice = random.nextInt(oneIn * MUCH);
        return switch (favours.computeIfAbsent(feature, this::draw)) {
            case NEVER -> false;
            case USUAL -> dice < MUCH;
            case MUCH -> dice < MUCH * MUCH;
        };
    }

    /** By the feature's name alone, so that a new feature changes nothing of the others. */
    private Favour draw(String feature) {
        int dice = new SplittableRandom(seed ^ feature.hashCode() * 0x9e3779b97f4a7c15L).nextInt(8);
        return dice < 2 ? Favour.NEVER : dice < 5 ? Favour.USUAL : Favour.MUCH;
    }
}
