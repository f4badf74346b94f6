package dev.lander.listing;

import dev.lander.registry.RouteTree;
import dev.lander.text.TreeWriter;

/** The tree that the control channel's {@code relays} and {@code /api/relays} both show, said once for both. */
public final class RelayTree {
    private RelayTree() {}

    /** How many fields {@link #write} writes. */
    public static int fields(RelayPage page) {
        return page.next() == 0 ? 1 : 2;
    }

    /** Writes the field {@code relays}, and {@code next} unless it is the last page. */
    public static <E extends Exception> void write(RelayPage page, TreeWriter<E> out) throws E {
        out.beginArray("relays", page.relays().size());
        for (OpenRelay relay : page.relays()) {
            write(relay, out);
        }
        out.endArray();
        if (page.next() != 0) {
            out.number("next", page.next());
        }
    }

    private static <E extends Exception> void write(OpenRelay relay, TreeWriter<E> out) throws E {
        Progress progress = relay.progress();
        out.beginObject(10 + RouteTree.fields(relay.relayPort().route()));
        out.text("protocol", relay.relayPort().protocol().word());
        out.number("relay_port", relay.relayPort().number());
        RouteTree.write(relay.relayPort().route(), out);
        out.text("client", relay.client());
        out.text("component", relay.component());
        out.number("age_ms", relay.ageMs());
        out.number("bytes_in", progress.bytesIn());
        out.number("bytes_out", progress.bytesOut());
        out.text("phase", progress.phase().word());
        out.text("waits_for", progress.waitsFor().word());
        out.number("spilled", progress.spilled());
        out.endObject();
    }
}
