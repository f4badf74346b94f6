package dev.lander.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether the mutants that {@link MutantHunt} runs are still of this Lander. */
final class MutantsTest {
    private static final int LEAST = 20;

    @Test
    void eachMutantAppliesOnce() throws IOException {
        List<Mutant> mutants = Mutant.all();
        assertTrue(mutants.size() >= LEAST, mutants.size() + " mutants");
        for (Mutant mutant : mutants) {
            assertEquals(1, mutant.places(), "times that the text of " + mutant.name() + " stands in " + mutant.file());
        }
    }
}
