package dev.lander.listing;

import org.jspecify.annotations.Nullable;

/** Knows the cluster. Only for the reactor's thread. */
@FunctionalInterface
public interface ClusterView {
    /** That of a Lander which is in none. */
    ClusterView NONE = () -> null;

    /** What is there to show; null = there is no cluster. */
    @Nullable
    ClusterStatus status();
}
