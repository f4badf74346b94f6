package dev.lander.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lander.registry.Snapshot;
import dev.lander.registry.StatusTree;
import java.io.IOException;

/** {@code /api/status}: the services of the control channel's status reply, field by field. */
final class StatusJson {
    private StatusJson() {}

    static byte[] write(Snapshot registered) {
        return Json.object(json -> StatusTree.write(registered, new Writer(json)));
    }

    private record Writer(JsonGenerator json) implements StatusTree.Writer<IOException> {
        @Override
        public void beginObject(int fields) throws IOException {
            json.writeStartObject();
        }

        @Override
        public void endObject() throws IOException {
            json.writeEndObject();
        }

        @Override
        public void beginArray(String name, int elements) throws IOException {
            json.writeArrayFieldStart(name);
        }

        @Override
        public void endArray() throws IOException {
            json.writeEndArray();
        }

        @Override
        public void text(String name, String value) throws IOException {
            json.writeStringField(name, value);
        }

        @Override
        public void number(String name, long value) throws IOException {
            json.writeNumberField(name, value);
        }
    }
}
