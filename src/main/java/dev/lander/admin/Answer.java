package dev.lander.admin;

import java.nio.charset.StandardCharsets;

/**
 * What a client gets.
 *
 * @param status the HTTP status
 * @param type the content type
 * @param body owned by the answer, and never changed
 * @param tag tells versions of something that may be cached apart; empty = it may not be stored
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, String type, byte[] body, String tag) {
    static final String JSON = "application/json";

    /** Text for people. */
    static Answer text(int status, String text) {
        return new Answer(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8), "");
    }

    /** What changes from one moment to the next. */
    static Answer fresh(String type, byte[] body) {
        return new Answer(200, type, body, "");
    }
}
