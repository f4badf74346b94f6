package dev.lander.registry;

import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;
import dev.lander.text.TreeWriter;

/** The tree that the control channel's {@code status} and {@code /api/status} both show, said once for both. */
public final class StatusTree {
    private StatusTree() {}

    /** Writes the field {@code services}. */
    public static <E extends Exception> void write(Snapshot snapshot, TreeWriter<E> out) throws E {
        out.beginArray("services", snapshot.services().size());
        for (ServiceStatus service : snapshot.services()) {
            write(service, out);
        }
        out.endArray();
    }

    private static <E extends Exception> void write(ServiceStatus service, TreeWriter<E> out) throws E {
        out.beginObject(4);
        out.text("protocol", service.relayPort().protocol().word());
        out.number("relay_port", service.relayPort().number());
        out.text("balance", service.balance().word());
        out.beginArray("components", service.components().size());
        for (ComponentStatus component : service.components()) {
            write(component, out);
        }
        out.endArray();
        out.endObject();
    }

    private static <E extends Exception> void write(ComponentStatus component, TreeWriter<E> out) throws E {
        boolean hasPriority = component.priority() > 0;
        out.beginObject(hasPriority ? 11 : 10);
        out.text("name", component.name());
        out.text("host", component.host());
        out.number("port", component.port());
        out.text("state", component.state().word());
        out.number("weight", component.weight());
        if (hasPriority) {
            out.number("priority", component.priority());
        }
        out.number("active", component.active());
        out.number("total", component.total());
        out.number("bytes_in", component.bytesIn());
        out.number("bytes_out", component.bytesOut());
        out.number("failures", component.failures());
        out.endObject();
    }
}
