package dev.lander.text;

import java.util.List;

/**
 * Where a tree goes that is shown in several formats, field by field.
 *
 * @param <E> when it can't be written
 */
public interface TreeWriter<E extends Exception> {
    /** An element of an array: an object with this many fields. */
    void beginObject(int fields) throws E;

    void endObject() throws E;

    /** A field that is an array of this many objects. */
    void beginArray(String name, int elements) throws E;

    void endArray() throws E;

    void text(String name, String value) throws E;

    /** A field that is an array of texts. */
    void texts(String name, List<String> values) throws E;

    void number(String name, long value) throws E;

    /** A field that is true. */
    void flag(String name) throws E;
}
