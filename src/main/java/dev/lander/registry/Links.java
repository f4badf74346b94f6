package dev.lander.registry;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each link has registered, within its limits. */
final class Links {
    private final Map<Link, Holdings> holdings = new HashMap<>();
    private final Quota quota = new Quota();

    /**
     * Which limit keeps the link from one more registration, or an empty text.
     *
     * @param known has the registration now; null = nobody
     */
    String limitReached(Link link, @Nullable Link known) {
        return quota.limitReached(link, componentsOf(link).size(), known);
    }

    /** The link has the component from now on. */
    void add(Link link, Component component) {
        holdings.computeIfAbsent(link, absent -> new Holdings()).add(component);
        quota.count(link);
    }

    /** The link has the component no more. */
    void remove(Link link, Component component) {
        quota.uncount(link);
        Holdings ofLink = holdings.get(link);
        if (ofLink != null) {
            ofLink.remove(component);
            if (ofLink.isEmpty()) {
                holdings.remove(link);
            }
        }
    }

    /** In the order of registration; a live view. */
    Collection<Component> componentsOf(Link link) {
        Holdings ofLink = holdings.get(link);
        return ofLink == null ? List.of() : ofLink.components();
    }

    /** The link's reports for a relay port and an address; null when it has nothing there. */
    @Nullable
    Reports reports(Link link, RelayPort relayPort, InetAddress host) {
        Holdings ofLink = holdings.get(link);
        return ofLink == null ? null : ofLink.at(relayPort, host);
    }
}
