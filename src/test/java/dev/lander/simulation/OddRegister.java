package dev.lander.simulation;

import java.util.List;
import java.util.SplittableRandom;

/**
 * A register with one field too many, or of the wrong kind.
 *
 * @param protocol that it is for
 * @param field its name, right or wrong
 * @param value what it holds
 */
record OddRegister(String protocol, String field, Object value) {
    private static final List<OddRegister> REFUSED = List.of(
            new OddRegister("udp", "proxy_protocol", "v1"),
            new OddRegister("tcp", "proxy_protocol", "v2-each"),
            new OddRegister("tcp", "proxy_protocol", 2),
            new OddRegister("tcp", "name", ""),
            new OddRegister("tcp", "host", "no address"),
            new OddRegister("tcp", "host", "0.0.0.0"),
            new OddRegister("tcp", "host", 7),
            new OddRegister("tcp", "backup", "yes"),
            new OddRegister("tcp", "backup", 2),
            new OddRegister("tcp", "weight", "much"),
            new OddRegister("tcp", "weight", List.of("1")),
            new OddRegister("tcp", "max_duration", "soon"),
            new OddRegister("tcp", "max_duration", 5),
            new OddRegister("tcp", "clients", "10.0.0.0/8"),
            new OddRegister("tcp", "clients", List.of()),
            new OddRegister("tcp", "clients", List.of("everybody")),
            new OddRegister("tcp", "server_names", List.of("no name")),
            new OddRegister("udp", "server_names", List.of("a.example")),
            new OddRegister("udp", "alpn", List.of("h2")),
            new OddRegister("tcp", "preamble", "postgres"),
            new OddRegister("tcp", "protocol", 6));

    /** One that is refused whatever is registered. */
    static OddRegister draw(SplittableRandom random) {
        return REFUSED.get(random.nextInt(REFUSED.size()));
    }

    /** As it is sent. */
    Said said(int port, int relayPort) {
        return field.equals("protocol")
                ? Said.of("register", "", port, relayPort, field, value)
                : Said.of("register", protocol, port, relayPort, field, value);
    }
}
