package dev.lander.listing;

import java.util.List;

/**
 * One Lander of a cluster.
 *
 * @param id of this run of it
 * @param name its machine's, with the port where that is not the usual one; with the address as well, where others have
 *     the same
 * @param address where it listens for the others
 * @param sinceMs when it was reached first, or the start of the one that shows it, in milliseconds since 1970
 * @param heardMs when it has sent something last, if only its sign of life of every other second, in milliseconds since
 *     1970; 0 for the one that shows it
 * @param holds registrations that are its own
 * @param refused those of the Lander that shows it which this one can't serve
 */
public record MemberStatus(
        String id, String name, String address, long sinceMs, long heardMs, int holds, List<Refused> refused) {
    /**
     * A service that a Lander can't serve.
     *
     * @param service as in logs
     * @param why the system's words
     */
    public record Refused(String service, String why) {}
}
