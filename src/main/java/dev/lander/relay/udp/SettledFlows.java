package dev.lander.relay.udp;

import org.jspecify.annotations.Nullable;

/**
 * The flows of an upstream that owe no answer, the longest settled or passed over first. The list's nodes are the flows
 * themselves, as they come and go with every datagram; a flow has one upstream for ever, so it is in no other list.
 */
final class SettledFlows {
    private @Nullable UdpFlow first;
    private @Nullable UdpFlow last;

    @Nullable
    UdpFlow first() {
        return first;
    }

    /** Another becomes the first, if there is one. */
    void passOver(UdpFlow flow) {
        remove(flow);
        add(flow);
    }

    boolean contains(UdpFlow flow) {
        return flow.listed;
    }

    /** Adds it behind the others; one that is in the list already keeps its place. */
    void add(UdpFlow flow) {
        if (flow.listed) {
            return;
        }
        flow.listed = true;
        flow.before = last;
        if (last == null) {
            first = flow;
        } else {
            last.after = flow;
        }
        last = flow;
    }

    /** Takes it out; one that is not in the list is left alone. */
    void remove(UdpFlow flow) {
        if (!flow.listed) {
            return;
        }
        UdpFlow before = flow.before;
        UdpFlow after = flow.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        flow.before = null;
        flow.after = null;
        flow.listed = false;
    }
}
