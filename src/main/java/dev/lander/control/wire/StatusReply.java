package dev.lander.control.wire;

import dev.lander.listing.ClusterStatus;
import dev.lander.listing.ClusterTree;
import dev.lander.registry.Snapshot;
import dev.lander.registry.StatusTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;

/** The msgpack of a status reply, which is encoded in pieces: it may have megabytes. */
public final class StatusReply {
    /** Room for the status of some hundred components; a longer one gets more. */
    private static final int STATUS_BYTES = 64 * 1024;

    private final MessageBufferPacker packer = CommandCodec.packer(STATUS_BYTES);
    private final StatusTree<IOException> tree;
    private boolean whole;

    /**
     * The services are not encoded yet.
     *
     * @param cluster null = there is none
     */
    public StatusReply(Snapshot snapshot, @Nullable ClusterStatus cluster) {
        try {
            packer.packMapHeader(cluster == null ? 2 : 3);
            packer.packString("error").packInt(ErrorCode.OK.number());
            MsgpackTree out = new MsgpackTree(packer);
            if (cluster != null) {
                ClusterTree.write(cluster, out);
            }
            tree = StatusTree.begin(snapshot, out);
        } catch (IOException e) {
            throw new UncheckedIOException("packing to memory failed", e);
        }
    }

    /** Encodes a number of pieces, each about as long as a component; whether it is whole now. */
    public boolean encode(int pieces) {
        try {
            for (int i = 0; i < pieces && !whole; i++) {
                whole = !tree.writeNext();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("packing to memory failed", e);
        }
        return whole;
    }

    /** The reply, when it is whole. */
    public ByteBuffer bytes() {
        assert whole : "a part of a status is taken for the whole";
        return ByteBuffer.wrap(packer.toByteArray());
    }
}
