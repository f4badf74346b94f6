package dev.lander.registry;

import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;

/** The tree that the control channel's {@code status} and {@code /api/status} both show, said once for both. */
public final class StatusTree {
    /**
     * Where the tree goes, field by field.
     *
     * @param <E> when it can't be written
     */
    public interface Writer<E extends Exception> {
        /** An element of an array: an object with this many fields. */
        void beginObject(int fields) throws E;

        void endObject() throws E;

        /** A field that is an array of this many objects. */
        void beginArray(String name, int elements) throws E;

        void endArray() throws E;

        void text(String name, String value) throws E;

        void number(String name, long value) throws E;
    }

    private StatusTree() {}

    /** Writes the field {@code services}. */
    public static <E extends Exception> void write(Snapshot snapshot, Writer<E> out) throws E {
        out.beginArray("services", snapshot.services().size());
        for (ServiceStatus service : snapshot.services()) {
            write(service, out);
        }
        out.endArray();
    }

    private static <E extends Exception> void write(ServiceStatus service, Writer<E> out) throws E {
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

    private static <E extends Exception> void write(ComponentStatus component, Writer<E> out) throws E {
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
