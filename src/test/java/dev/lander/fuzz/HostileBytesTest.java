package dev.lander.fuzz;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.fuzz.Seeds.Seed;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer sends to the control channel does no harm, whatever it is. {@code make fuzz} tries more of it. */
class HostileBytesTest {
    private static final long INPUTS = Long.getLong("lander.fuzz.inputs", 20_000);

    /** Always the same without the property: a build should not fail by luck. */
    private static final long SEED = Long.getLong("lander.fuzz.seed", 1);

    private static final List<String> ALL_KINDS = List.of(
            "framing BARE",
            "framing LENGTH_PREFIXED",
            "framing UNDECIDED",
            "register",
            "unregister",
            "healthcheck",
            "drain",
            "status",
            "refused 1: ",
            "refused 2: ",
            "refused 6: ",
            "broken 1: the first message must be a msgpack map",
            "broken 1: not msgpack",
            "broken 1: a message has more than");

    @Test
    void whatAnnouncesMuchAllocatesLittle() {
        Oracle oracle = new Oracle();
        for (Seed bomb : Nonsense.bombs()) {
            assertDoesNotThrow(() -> oracle.checkBomb(bomb.bytes), bomb.name);
        }
    }

    @Test
    @Timeout(value = 7, unit = TimeUnit.DAYS) // for as many inputs as anybody asks for; one that hangs is found sooner
    void noInputDoesHarm() throws Exception {
        Fuzzing fuzzing = new Fuzzing(INPUTS, SEED);
        fuzzing.run();
        System.out.println(fuzzing.report());
        for (String kind : ALL_KINDS) {
            assertTrue(fuzzing.tally().count(kind) > 0, () -> "nothing came to this: " + kind);
        }
    }
}
