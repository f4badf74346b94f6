package dev.lander.simulation;

import java.util.List;

/** All invariants that look from outside; clients and components check what they get themselves. */
final class Invariants {
    private Invariants() {}

    static List<Invariant> all(Cast cast) {
        return List.of(
                new NoDefects(cast),
                new BytesArrive(cast),
                new DatagramsArrive(cast),
                new TurnsAreFair(cast),
                new BackupsWait(cast),
                new NamesLead(cast),
                new RegistrationsMatch(cast),
                new PortsFollow(cast),
                new StallsSilenceNobody(cast),
                new NothingLeaks(cast),
                new DrainsReachZero(cast),
                new EachIsCountedOnce(cast),
                new TurnsAreBounded(cast),
                new LimitsHold(cast),
                new PaceIsKept(cast),
                new DeadlinesHold(cast),
                new ViewsAreWhole(cast),
                new EndsInTime(cast));
    }
}
