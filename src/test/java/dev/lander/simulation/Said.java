package dev.lander.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * A command on its way to Lander.
 *
 * @param protocol empty = it has none
 * @param port 0 = it has none
 * @param relayPort 0 = it has none
 * @param more further fields: names and values in turns
 */
record Said(String cmd, String protocol, int port, int relayPort, List<Object> more) {
    static Said of(String cmd, String protocol, int port, int relayPort, Object... more) {
        return new Said(cmd, protocol, port, relayPort, List.of(more));
    }

    /** All fields: names and values in turns. */
    List<Object> fields() {
        List<Object> fields = new ArrayList<>(List.of("cmd", cmd));
        if (!protocol.isEmpty()) {
            fields.addAll(List.of("protocol", protocol));
        }
        if (cmd.equals("healthcheck")) {
            fields.addAll(List.of("port", relayPort));
        } else {
            if (port != 0) {
                fields.addAll(List.of("port", port));
            }
            if (relayPort != 0) {
                fields.addAll(List.of("relay_port", relayPort));
            }
        }
        fields.addAll(more);
        return fields;
    }

    /** What it is about, as {@code tcp/5000}. */
    String service() {
        return protocol + "/" + relayPort;
    }

    boolean has(String field, Object value) {
        for (int i = 0; i + 1 < more.size(); i += 2) {
            if (more.get(i).equals(field) && more.get(i + 1).equals(value)) {
                return true;
            }
        }
        return false;
    }

    boolean has(String field) {
        for (int i = 0; i + 1 < more.size(); i += 2) {
            if (more.get(i).equals(field)) {
                return true;
            }
        }
        return false;
    }
}
