package dev.lander.simulation;

import dev.lander.registry.Service;
import java.util.List;

/** A component of a worse tier serves nobody as long as one of a better tier may have any number of clients. */
final class BackupsWait extends ChoiceWindows {
    BackupsWait(Cast cast) {
        super(cast, "a backup is chosen only while nobody of a better tier is in rotation and has room");
    }

    @Override
    boolean watches(Service service) {
        return true;
    }

    @Override
    boolean areComparable(List<Share> shares) {
        return !shares.isEmpty()
                && shares.get(0).tier() != shares.get(shares.size() - 1).tier();
    }

    @Override
    boolean areAlike(List<Share> shares) {
        return true;
    }

    @Override
    void compare(Service service, List<Share> shares) {
        int best = Integer.MAX_VALUE;
        for (int i = 0; i < shares.size(); i++) {
            Share share = shares.get(i);
            // A client that the better ones have failed may have waited until there was room at this one.
            boolean waitedFor = share.isLimited();
            if (share.tier() > best && share.chosen() > 0 && !waitedFor) {
                check(false, service.relayPort() + " has given " + share.component.identity() + " a turn");
            }
            if (share.component.isInRotation() && !share.isLimited()) {
                best = Math.min(best, share.tier());
            }
        }
    }
}
