package dev.lander.simulation;

import dev.lander.registry.Balance;
import dev.lander.registry.Service;
import java.util.List;

/**
 * As long as nobody comes, goes or fails, components of one weight and tier get as many clients or datagrams, give or
 * take one.
 */
final class TurnsAreFair extends ChoiceWindows {
    TurnsAreFair(Cast cast) {
        super(cast, "round robin gives N/k give or take one over every window without changes");
    }

    @Override
    boolean watches(Service service) {
        return service.balance() == Balance.ROUNDROBIN;
    }

    /** Whether nobody can be full, which may change between two looks. */
    @Override
    boolean areComparable(List<Share> shares) {
        return shares.size() > 1 && shares.stream().noneMatch(Share::isLimited);
    }

    /** Whether those of a tier have one weight. */
    @Override
    boolean areAlike(List<Share> shares) {
        for (int i = 1; i < shares.size(); i++) {
            Share one = shares.get(i - 1);
            Share other = shares.get(i);
            if (one.tier() == other.tier() && one.component.weight() != other.component.weight()) {
                return false;
            }
        }
        return true;
    }

    @Override
    void compare(Service service, List<Share> shares) {
        int tier = -1;
        long least = 0;
        long most = 0;
        for (int i = 0; i < shares.size(); i++) {
            Share share = shares.get(i);
            if (!share.component.isInRotation()) {
                continue;
            }
            long chosen = share.chosen();
            boolean first = share.tier() != tier;
            tier = share.tier();
            least = first ? chosen : Math.min(least, chosen);
            most = first ? chosen : Math.max(most, chosen);
            if (most - least > 1) {
                check(false, service.relayPort() + " has given from " + least + " to " + most);
            }
        }
    }
}
