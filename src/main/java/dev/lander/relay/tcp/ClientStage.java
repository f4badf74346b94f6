package dev.lander.relay.tcp;

import dev.lander.listing.Progress;
import dev.lander.registry.Component;
import org.jspecify.annotations.Nullable;

/** What is being done with a client, to be shown. */
interface ClientStage {
    /** The component that serves it, or is tried; null = none was found yet. */
    @Nullable
    Component component();

    /** How far it has come. */
    Progress progress();
}
