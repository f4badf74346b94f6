package dev.lander.admin;

import dev.lander.text.Word;

/**
 * Something that happened to a relay port, a component or another Lander of the cluster.
 *
 * @param id one more than the event before it; the first is 1
 * @param timeMs milliseconds since 1970
 * @param event what happened
 * @param protocol empty when it is about a Lander
 * @param relayPort 0 when it is about a Lander
 * @param component its name, or the Lander's; empty when it is about the relay port
 * @param cause why, for people; may be empty
 */
record Event(long id, long timeMs, Word event, String protocol, int relayPort, String component, String cause) {}
