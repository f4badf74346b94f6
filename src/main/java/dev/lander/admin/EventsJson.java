package dev.lander.admin;

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
                json.writeStringField("protocol", event.protocol());
                json.writeNumberField("relay_port", event.relayPort());
                json.writeStringField("component", event.component());
                json.writeStringField("cause", event.cause());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
