package dev.lander.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lander.registry.RelayPort;
import dev.lander.registry.RouteTree;
import dev.lander.text.TreeWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** JSON documents, written from top to bottom. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** Writes what is in a document. */
    @FunctionalInterface
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private Json() {}

    /** An object with these fields, in UTF-8. */
    static byte[] object(Fields fields) {
        return document(json -> {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        });
    }

    /** An array of these elements, in UTF-8. */
    static byte[] array(Fields elements) {
        return document(json -> {
            json.writeStartArray();
            elements.write(json);
            json.writeEndArray();
        });
    }

    private static byte[] document(Fields content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            content.write(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // memory does not fail so
        }
        return bytes.toByteArray();
    }

    /** Writes what a service is known by. */
    static void writeService(JsonGenerator json, RelayPort relayPort) throws IOException {
        json.writeStringField("protocol", relayPort.protocol().word());
        json.writeNumberField("relay_port", relayPort.number());
        RouteTree.write(relayPort.route(), new Tree(json));
    }

    /** A tree as JSON. */
    record Tree(JsonGenerator json) implements TreeWriter<IOException> {
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
        public void flag(String name) throws IOException {
            json.writeBooleanField(name, true);
        }

        @Override
        public void texts(String name, List<String> values) throws IOException {
            json.writeArrayFieldStart(name);
            for (String value : values) {
                json.writeString(value);
            }
            json.writeEndArray();
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
