package dev.lander.cluster;

import java.net.InetSocketAddress;

/**
 * What happens among the members. Called on the loop's thread, a bounded number of bytes a turn; one call should hold
 * the loop up for far less than a turn, so messages are small.
 */
public interface MemberListener {
    /**
     * Another member is in the view. What it sends comes after this.
     *
     * @param name that of its machine, with the port where several may be on one
     * @param address where it listens for the others
     */
    void joined(MemberId member, String name, InetSocketAddress address);

    /** A message of a member's, multicast or to this one alone. */
    void received(MemberId member, byte[] message);

    /** It is no longer in the view: it has ended, or cannot be reached. It may join again under the same id. */
    void lost(MemberId member);

    /** Somebody is in the view who may know nothing of this one: the whole set is to be multicast. */
    void tellAll();
}
