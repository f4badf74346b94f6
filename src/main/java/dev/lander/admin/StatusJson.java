package dev.lander.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lander.registry.Snapshot;
import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;
import java.io.IOException;

/** {@code /api/status}: the services of the control channel's status reply, field by field. */
final class StatusJson {
    private StatusJson() {}

    static byte[] write(Snapshot registered) {
        return Json.object(json -> {
            json.writeArrayFieldStart("services");
            for (ServiceStatus service : registered.services()) {
                writeService(json, service);
            }
            json.writeEndArray();
        });
    }

    private static void writeService(JsonGenerator json, ServiceStatus service) throws IOException {
        json.writeStartObject();
        json.writeStringField("protocol", service.relayPort().protocol().wireName());
        json.writeNumberField("relay_port", service.relayPort().number());
        json.writeStringField("balance", service.balance().wireName());
        json.writeArrayFieldStart("components");
        for (ComponentStatus component : service.components()) {
            writeComponent(json, component);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeComponent(JsonGenerator json, ComponentStatus component) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", component.name());
        json.writeStringField("host", component.host());
        json.writeNumberField("port", component.port());
        json.writeStringField("state", component.state().wireName());
        json.writeNumberField("weight", component.weight());
        json.writeNumberField("active", component.active());
        json.writeNumberField("total", component.total());
        json.writeNumberField("bytes_in", component.bytesIn());
        json.writeNumberField("bytes_out", component.bytesOut());
        json.writeNumberField("failures", component.failures());
        json.writeEndObject();
    }
}
