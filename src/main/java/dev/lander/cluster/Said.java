package dev.lander.cluster;

import dev.lander.registry.Elsewhere;
import dev.lander.registry.Protocol;
import java.util.Map;

/** What other Landers say of a component, as its holds and their loads tell it. */
record Said(MemberId self, HoldTable table, Absent absent, Loads loads) {
    Elsewhere of(Identity identity) {
        boolean bad = false;
        boolean heard = false;
        boolean silent = false;
        boolean isLeft = true;
        for (Map.Entry<MemberId, Hold> entry : table.of(identity).entrySet()) {
            isLeft &= absent.isForLong(entry.getKey());
            if (!entry.getKey().equals(self)) {
                Hold hold = entry.getValue();
                bad |= hold.bad();
                heard |= hold.hearing() == Hearing.HEARD;
                silent |= hold.hearing() == Hearing.SILENT;
            }
        }
        boolean lastResort = isLeft && identity.relayPort().protocol() == Protocol.UDP;
        return new Elsewhere(
                bad, heard, silent && !heard, lastResort, loads.elsewhere(identity), loads.isKnown(identity));
    }
}
