package dev.lander.admin;

import dev.lander.registry.RelayPort;
import java.util.List;

/** {@code /api/events}: the last events, the oldest first. */
final class EventsJson {
    private EventsJson() {}

    /** Those events whose id is greater. */
    static byte[] write(List<Event> events, long since) {
        return Json.object(json -> {
            json.writeArrayFieldStart("events");
            for (Event event : events) {
                if (event.id() <= since) {
                    continue;
                }
                json.writeStartObject();
                json.writeNumberField("id", event.id());
                json.writeNumberField("time", event.timeMs());
                json.writeStringField("event", event.event().word());
                RelayPort relayPort = event.relayPort();
                if (relayPort == null) {
                    json.writeStringField("protocol", "");
                    json.writeNumberField("relay_port", 0);
                } else {
                    Json.writeService(json, relayPort);
                }
                json.writeStringField("component", event.component());
                json.writeStringField("cause", event.cause());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
