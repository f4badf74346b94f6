package dev.lander.registry;

import dev.lander.text.AccessList;
import org.jspecify.annotations.Nullable;

/**
 * What a register asks of its service as a whole. The service's first registration decides; a later one must say the
 * same or leave it out.
 *
 * @param balance the policy; null = not said
 * @param affinity UDP only; null = not said
 * @param responses UDP: datagrams that answer one request, 0 to 255; null = not said
 * @param maxNewPerSecond connections, or on UDP datagrams, that begin in a second; null = not said
 * @param maxPerClient TCP connections, or on UDP ports with a flow, that a client address may have open; null = not
 *     said
 * @param udpTimeoutNs UDP: a flow without a datagram for this long is closed; null = not said
 * @param answerTimeoutNs UDP: how long a declared answer is awaited; null = not said
 * @param clients which addresses may be clients; null = not said
 * @param preamble what clients send ahead of TLS; null = not said
 */
public record ServiceTerms(
        @Nullable Balance balance,
        @Nullable Affinity affinity,
        @Nullable Integer responses,
        @Nullable Integer maxNewPerSecond,
        @Nullable Integer maxPerClient,
        @Nullable Long udpTimeoutNs,
        @Nullable Long answerTimeoutNs,
        @Nullable AccessList clients,
        @Nullable Preamble preamble) {
    /** What a register without optional fields means. */
    public static final ServiceTerms UNSAID = new ServiceTerms(null, null, null, null, null, null, null, null, null);
}
