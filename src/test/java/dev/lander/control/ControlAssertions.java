package dev.lander.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ControlPeer;
import java.io.EOFException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.msgpack.value.Value;

/** What many control tests state. */
final class ControlAssertions {
    private ControlAssertions() {}

    /** The reply has this code and a message that says so. */
    static void assertRefused(int code, String said, Map<String, Value> reply) {
        assertEquals(code, ControlPeer.error(reply), () -> "the reply was " + reply);
        String message = ControlPeer.field(reply, "message").asStringValue().asString();
        assertTrue(message.contains(said), () -> "no \"" + said + "\" in \"" + message + "\"");
        assertEquals(2, reply.size(), () -> "the reply was " + reply);
    }

    /** The reply is a plain 0. */
    static void assertDone(Map<String, Value> reply) {
        assertEquals(0, ControlPeer.error(reply), () -> "the reply was " + reply);
        assertEquals(1, reply.size(), () -> "the reply was " + reply);
    }

    /** The connection is served, and Lander has sent nothing that was not read. */
    static void assertNothingPushed(ControlPeer peer) throws IOException {
        peer.send("cmd", "status", "relay_port", 1);
        Map<String, Value> next = peer.read();
        assertFalse(next.containsKey("cmd"), () -> "was sent " + next);
        assertEquals(0, ControlPeer.error(next));
    }

    /** Lander has closed the connection without another word. */
    static void assertClosed(ControlPeer peer) {
        assertThrows(EOFException.class, peer::read);
    }

    /** The next message is Lander's own, with exactly these fields. */
    static void assertPushed(ControlPeer peer, Object... namesAndValues) throws IOException {
        Map<String, Object> expected = ControlPeer.message(namesAndValues);
        Map<String, Object> pushed = new LinkedHashMap<>();
        peer.push()
                .forEach((name, value) -> pushed.put(
                        name,
                        value.isIntegerValue()
                                ? value.asIntegerValue().asInt()
                                : value.asStringValue().asString()));
        assertEquals(expected, pushed);
    }

    /** The next message is a health check. */
    static void assertChecked(ControlPeer peer, String protocol, int relayPort, String state) throws IOException {
        assertPushed(peer, "cmd", "healthcheck", "protocol", protocol, "port", relayPort, "state", state);
    }
}
