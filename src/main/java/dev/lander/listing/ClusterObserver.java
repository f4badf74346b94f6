package dev.lander.listing;

import dev.lander.registry.RelayPort;
import org.jspecify.annotations.Nullable;

/** Hears of what happens in a cluster that an operator would want to know; must not throw. */
@FunctionalInterface
public interface ClusterObserver {
    /**
     * It has happened.
     *
     * @param relayPort whose service it is about; null = it is about a member
     * @param subject the member's or component's name
     * @param cause why, for people; may be empty
     */
    void onClusterEvent(ClusterEvent event, @Nullable RelayPort relayPort, String subject, String cause);
}
