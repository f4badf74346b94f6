package dev.lander.listing;

import dev.lander.listing.MemberStatus.Refused;
import dev.lander.text.TreeWriter;

/** The members as the control channel's {@code status} and {@code /api/status} both show them, said once for both. */
public final class ClusterTree {
    private ClusterTree() {}

    /** Writes the field {@code members}. */
    public static <E extends Exception> void write(ClusterStatus cluster, TreeWriter<E> out) throws E {
        out.beginArray("members", cluster.members().size());
        for (MemberStatus member : cluster.members()) {
            write(member, out);
        }
        out.endArray();
    }

    private static <E extends Exception> void write(MemberStatus member, TreeWriter<E> out) throws E {
        out.beginObject(7);
        out.text("id", member.id());
        out.text("name", member.name());
        out.text("address", member.address());
        out.number("since", member.sinceMs());
        out.number("heard", member.heardMs());
        out.number("holds", member.holds());
        out.beginArray("refused", member.refused().size());
        for (Refused refused : member.refused()) {
            out.beginObject(2);
            out.text("service", refused.service());
            out.text("why", refused.why());
            out.endObject();
        }
        out.endArray();
        out.endObject();
    }
}
