package dev.lander.admin;

import dev.lander.registry.RelayPort;
import dev.lander.text.Word;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a relay port, a component or another Lander of the cluster.
 *
 * @param id one more than the event before it; the first is 1
 * @param timeMs milliseconds since 1970
 * @param event what happened
 * @param relayPort null when it is about a Lander
 * @param component its name, or the Lander's; empty when it is about the relay port
 * @param cause why, for people; may be empty
 */
record Event(long id, long timeMs, Word event, @Nullable RelayPort relayPort, String component, String cause) {}
