package dev.lander.cluster.members;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;

/**
 * The first bytes of a connection between members. Each end says which protocol it speaks and a number that it has
 * never said before; then the one that has connected proves that it has the key, and then the other. The proofs cover
 * what makes this connection another than all others (the certificates of both ends, the numbers), so that nobody
 * between the two can pass them on. Only a proof that is right is answered by one: who asks at random learns nothing to
 * try keys on.
 */
final class Proof {
    /** "LNDR". */
    private static final int MAGIC = 0x4c4e4452;

    private static final int NONCE_LENGTH = 32;
    private static final int SEAL_LENGTH = 32;
    private static final byte[] BY_CONNECTOR = {'c'};
    private static final byte[] BY_ACCEPTOR = {'a'};
    private static final int RIGHT = 1;
    private static final int WRONG = 0;

    private final SecureRandom random = new SecureRandom();
    private final ClusterKey key;
    private final String version;

    /**
     * Proofs by this key.
     *
     * @param version what both ends must speak, in at most 255 characters of ASCII
     */
    Proof(ClusterKey key, String version) {
        this.key = key;
        this.version = version;
    }

    /**
     * For the end that has connected.
     *
     * @param binding what both ends know of this connection and no other has
     * @throws RefusedPeerException when the two don't belong to one cluster
     */
    void connect(DataInputStream in, DataOutputStream out, byte[] binding) throws IOException {
        byte[] own = greet(out);
        byte[] theirs = greeting(in);
        out.write(key.seal(BY_CONNECTOR, own, theirs, binding));
        out.flush();
        if (in.readByte() != RIGHT) {
            throw new RefusedPeerException("it refuses this Lander's key: " + ClusterKey.OPTION + " differs");
        }
        byte[] seal = next(in, SEAL_LENGTH);
        if (!MessageDigest.isEqual(seal, key.seal(BY_ACCEPTOR, own, theirs, binding))) {
            throw wrongKey();
        }
    }

    /**
     * For the end that has accepted.
     *
     * @param binding what both ends know of this connection and no other has
     * @throws RefusedPeerException when the two don't belong to one cluster
     */
    void accept(DataInputStream in, DataOutputStream out, byte[] binding) throws IOException {
        byte[] own = greet(out);
        byte[] theirs = greeting(in);
        byte[] seal = next(in, SEAL_LENGTH);
        if (!MessageDigest.isEqual(seal, key.seal(BY_CONNECTOR, theirs, own, binding))) {
            out.write(WRONG);
            out.flush();
            throw wrongKey();
        }
        out.write(RIGHT);
        out.write(key.seal(BY_ACCEPTOR, theirs, own, binding));
        out.flush();
    }

    /** Says what this end speaks; returns the number of it. */
    private byte[] greet(DataOutputStream out) throws IOException {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        out.writeInt(MAGIC);
        out.writeByte(version.length());
        out.write(version.getBytes(StandardCharsets.US_ASCII));
        out.write(nonce);
        out.flush();
        return nonce;
    }

    /** The number of the other end, which speaks the same. */
    private byte[] greeting(DataInputStream in) throws IOException {
        if (in.readInt() != MAGIC) {
            throw new RefusedPeerException(
                    "it speaks another protocol: is it a Lander, and has only one of both --cluster-plain?");
        }
        byte[] spoken = next(in, in.readUnsignedByte());
        String theirs = new String(spoken, StandardCharsets.US_ASCII);
        if (!theirs.equals(version)) {
            throw new RefusedPeerException(
                    "it is of another version: " + printable(theirs) + ", this one is " + version);
        }
        return next(in, NONCE_LENGTH);
    }

    /** Who goes away too early, as he is too busy, has said nothing wrong. */
    private static byte[] next(DataInputStream in, int length) throws IOException {
        byte[] all = new byte[length];
        in.readFully(all);
        return all;
    }

    private static RefusedPeerException wrongKey() {
        return new RefusedPeerException("it has another key: " + ClusterKey.OPTION + " differs");
    }

    private static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
