package dev.lander.control.wire;

import dev.lander.text.TreeWriter;
import java.io.IOException;
import java.util.List;
import org.msgpack.core.MessagePacker;

/** A tree as msgpack, which says ahead how much there is and marks no end. */
record MsgpackTree(MessagePacker packer) implements TreeWriter<IOException> {
    @Override
    public void beginObject(int fields) throws IOException {
        packer.packMapHeader(fields);
    }

    @Override
    public void endObject() {}

    @Override
    public void beginArray(String name, int elements) throws IOException {
        packer.packString(name).packArrayHeader(elements);
    }

    @Override
    public void endArray() {}

    @Override
    public void text(String name, String value) throws IOException {
        packer.packString(name).packString(value);
    }

    @Override
    public void number(String name, long value) throws IOException {
        packer.packString(name).packLong(value);
    }

    @Override
    public void flag(String name) throws IOException {
        packer.packString(name).packBoolean(true);
    }

    @Override
    public void texts(String name, List<String> values) throws IOException {
        packer.packString(name).packArrayHeader(values.size());
        for (String value : values) {
            packer.packString(value);
        }
    }
}
