package dev.lander.registry;

import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;
import dev.lander.text.TreeWriter;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The tree that the control channel's {@code status} and {@code /api/status} both show, said once for both. It is
 * written in pieces: there may be tens of thousands of components.
 *
 * @param <E> what the writer throws
 */
public final class StatusTree<E extends Exception> {
    private final Iterator<ServiceStatus> services;
    private final TreeWriter<E> out;

    /** Of the service that is being written; null = its end has been written. */
    private @Nullable Iterator<ComponentStatus> components;

    private StatusTree(Snapshot snapshot, TreeWriter<E> out) throws E {
        this.services = snapshot.services().iterator();
        this.out = out;
        out.beginArray("services", snapshot.services().size());
    }

    /** Begins the field {@code services}. */
    public static <E extends Exception> StatusTree<E> begin(Snapshot snapshot, TreeWriter<E> out) throws E {
        return new StatusTree<>(snapshot, out);
    }

    /** Writes the field {@code services}. */
    public static <E extends Exception> void write(Snapshot snapshot, TreeWriter<E> out) throws E {
        StatusTree<E> tree = new StatusTree<>(snapshot, out);
        while (tree.writeNext()) {
            // the next piece
        }
    }

    /** Writes the next component, or the beginning or end of a service; false when that was the last piece. */
    public boolean writeNext() throws E {
        if (components == null) {
            if (!services.hasNext()) {
                out.endArray();
                return false;
            }
            components = begin(services.next());
        } else if (components.hasNext()) {
            write(components.next(), out);
        } else {
            out.endArray();
            out.endObject();
            components = null;
        }
        return true;
    }

    private Iterator<ComponentStatus> begin(ServiceStatus service) throws E {
        boolean hasLost = !service.termsLost().isEmpty();
        out.beginObject(4 + RouteTree.fields(service.relayPort().route()) + (hasLost ? 1 : 0));
        out.text("protocol", service.relayPort().protocol().word());
        out.number("relay_port", service.relayPort().number());
        RouteTree.write(service.relayPort().route(), out);
        out.text("balance", service.balance().word());
        if (hasLost) {
            out.text("terms_lost", service.termsLost());
        }
        out.beginArray("components", service.components().size());
        return service.components().iterator();
    }

    private static <E extends Exception> void write(ComponentStatus component, TreeWriter<E> out) throws E {
        boolean hasPriority = component.priority() > 0;
        Holders holders = component.holders();
        long orphanSinceMs = holders == null ? 0 : holders.orphanSinceMs();
        out.beginObject(10
                + (hasPriority ? 1 : 0)
                + (component.full() ? 1 : 0)
                + (component.held() ? 1 : 0)
                + (holders == null ? 0 : 1)
                + (orphanSinceMs > 0 ? 1 : 0));
        out.text("name", component.name());
        out.text("host", component.host());
        out.number("port", component.port());
        out.text("state", component.state().word());
        if (component.full()) {
            out.flag("full");
        }
        if (component.held()) {
            out.text("drained_by", "operator");
        }
        out.number("weight", component.weight());
        if (hasPriority) {
            out.number("priority", component.priority());
        }
        out.number("active", component.active());
        out.number("total", component.total());
        out.number("bytes_in", component.bytesIn());
        out.number("bytes_out", component.bytesOut());
        out.number("failures", component.failures());
        if (holders != null) {
            out.texts("registered_with", holders.members());
        }
        if (orphanSinceMs > 0) {
            out.number("orphan_since", orphanSinceMs);
        }
        out.endObject();
    }
}
