package dev.lander.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lander.registry.ComponentTraits;
import dev.lander.registry.ProxyProtocol;
import dev.lander.registry.ServiceTerms;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds of one component together mean. */
@Timeout(30)
class VerdictTest {
    private static final long NEVER = 0;

    /** Each in both orders: the other one's drain, the latest one's. */
    @ParameterizedTest
    @CsvSource({"11, 12, 12", "13, 12, 13", "13, 0, 13", "0, 12, 12"})
    void theGreatestDrainStampHoldsUnlessARegistrationIsLater(long ofEarlier, long ofLatest, long holds) {
        Hold earlier = hold(1, 1, ofEarlier);
        Hold latest = hold(2, 10, ofLatest);
        for (List<Hold> all : List.of(List.of(earlier, latest), List.of(latest, earlier))) {
            Verdict verdict = Verdict.of(all);
            Stamp drained = Objects.requireNonNull(verdict.drained());
            assertEquals(holds, drained.time(), all::toString);
            assertEquals(10, verdict.traits().weight(), all::toString);
        }
    }

    @Test
    void aRegistrationThatIsLaterThanEveryDrainEndsIt() {
        Hold earlier = hold(1, 1, 5);
        Hold latest = hold(2, 10, NEVER);
        for (List<Hold> all : List.of(List.of(earlier, latest), List.of(latest, earlier))) {
            assertNull(Verdict.of(all).drained(), all::toString);
            assertFalse(Verdict.of(all).isDraining(), all::toString);
        }
    }

    @Test
    void ofDrainsAtTheSameTimeThatOfTheGreaterMemberHolds() {
        Hold one = hold(1, 1, 5);
        Hold other = hold(2, 1, 5);
        assertEquals(Verdict.of(List.of(one, other)), Verdict.of(List.of(other, one)));
        assertEquals(other.drained(), Verdict.of(List.of(one, other)).drained());
    }

    /** Its weight is when it registered. */
    private static Hold hold(long member, int registered, long drained) {
        MemberId by = new MemberId(0, member);
        ComponentTraits traits = new ComponentTraits(null, registered, 0, ProxyProtocol.NONE, 0, 0, 0, 0, 0);
        return new Hold(
                new Stamp(registered, by),
                traits,
                ServiceTerms.UNSAID,
                drained == NEVER ? null : new Stamp(drained, by),
                false,
                Hearing.UNCHECKED);
    }
}
