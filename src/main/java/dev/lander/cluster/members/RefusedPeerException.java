package dev.lander.cluster.members;

import java.io.IOException;

/** The other end of a connection may not be a member, or this end not one of its cluster; the message says why. */
final class RefusedPeerException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedPeerException(String why) {
        super(why);
    }
}
