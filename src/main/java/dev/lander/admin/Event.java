package dev.lander.admin;

import dev.lander.registry.RegistryEvent;

/**
 * Something that happened to a relay port or component.
 *
 * @param id one more than the event before it; the first is 1
 * @param timeMs milliseconds since 1970
 * @param event what happened
 * @param component its name; empty when it is about the relay port
 * @param cause why, for people; may be empty
 */
record Event(
        long id, long timeMs, RegistryEvent event, String protocol, int relayPort, String component, String cause) {}
