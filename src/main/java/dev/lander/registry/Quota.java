package dev.lander.registry;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many registrations one control connection, and one peer's address, may have. */
final class Quota {
    static final int MAX_PER_LINK = 2_048;

    /** Over all control connections from there. */
    static final int MAX_PER_ADDRESS = 16_384;

    private final Map<InetAddress, Integer> perAddress = new HashMap<>();

    /**
     * Which limit keeps the link from one more registration, or an empty text.
     *
     * @param registered those that it has
     * @param known has the registration now; null = nobody
     */
    String limitReached(Link link, int registered, @Nullable Link known) {
        boolean counted =
                known != null && !known.isOfOthers() && known.address().equals(link.address());
        if (registered >= MAX_PER_LINK) {
            return "this connection has " + MAX_PER_LINK + " registrations, and that is the limit";
        } else if (!counted && perAddress.getOrDefault(link.address(), 0) >= MAX_PER_ADDRESS) {
            return "this address has " + MAX_PER_ADDRESS + " registrations, and that is the limit";
        }
        return "";
    }

    /** The link has one more. */
    void count(Link link) {
        if (link.isOfOthers()) {
            return;
        }
        perAddress.merge(link.address(), 1, Integer::sum);
    }

    /** The link has one less. */
    void uncount(Link link) {
        if (link.isOfOthers()) {
            return;
        }
        perAddress.computeIfPresent(link.address(), (address, count) -> count == 1 ? null : count - 1);
    }
}
