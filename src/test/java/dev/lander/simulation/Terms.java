package dev.lander.simulation;

import dev.lander.registry.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What all components of a service ask for alike.
 *
 * @param relayPort where its clients come
 * @param responses declared answers to a datagram; less than 0 = none declared
 * @param affinity whether a UDP client stays with a component
 * @param perSecond new clients in a second; 0 = any number
 * @param perClient connections that a client may have; 0 = any number
 * @param udpTimeout how long a flow lives, as text; empty = as Lander says
 * @param answerTimeout how long an answer is awaited, as text; empty = as Lander says
 * @param refused an address whose clients are refused; empty = nobody is
 * @param greets whether components speak first
 * @param route which clients of a port that TCP services share it has
 * @param preamble what its clients send ahead of TLS; empty = nothing
 * @param sharesPort whether another service had the port before; then it is for TCP alone
 */
record Terms(
        int relayPort,
        String balance,
        int responses,
        boolean affinity,
        int perSecond,
        int perClient,
        String udpTimeout,
        String answerTimeout,
        String refused,
        boolean greets,
        Route route,
        String preamble,
        boolean sharesPort) {
    /** Longer than most components think, and than the network takes there and back. */
    private static final int LONG_MS = 400;

    private static final String[] BALANCES = {"roundrobin", "roundrobin", "leastconn", "random", "source"};

    static Terms draw(int relayPort, Swarm swarm, SplittableRandom random) {
        return new Terms(
                relayPort,
                BALANCES[random.nextInt(BALANCES.length)],
                random.nextInt(-1, 3),
                swarm.takes("affinity", 4, random),
                swarm.takes("max_new_per_second", 8, random) ? 1 + random.nextInt(20) : 0,
                swarm.takes("max_per_client", 8, random) ? 1 + random.nextInt(3) : 0,
                swarm.takes("udp_timeout", 4, random) ? 1 + random.nextInt(5) + "s" : "",
                swarm.takes("answer_timeout", 3, random) ? 100 + random.nextInt(2_000) + "ms" : "",
                swarm.takes("clients", 8, random) ? "10.0.0." + (2 + random.nextInt(12)) : "",
                swarm.takes("greets", 8, random),
                Route.EVERYBODY,
                "",
                false);
    }

    /** Another service of the same port, or this one, for these clients only. */
    Terms withRoute(Route wanted, boolean shares) {
        return with(wanted, preamble, greets, shares);
    }

    /** The same, whose clients ask for TLS as PostgreSQL's do: then nobody else can speak first. */
    Terms withPreamble() {
        return with(route, "postgres", false, sharesPort);
    }

    private Terms with(Route wanted, String ahead, boolean speaksFirst, boolean shares) {
        return new Terms(
                relayPort,
                balance,
                responses,
                affinity,
                perSecond,
                perClient,
                udpTimeout,
                answerTimeout,
                refused,
                speaksFirst,
                wanted,
                ahead,
                shares);
    }

    /** Whether answers that come within a moment, as those of most components, are in time. */
    boolean hasTimeForAnswers() {
        return answerTimeout.isEmpty() || Integer.parseInt(answerTimeout.replace("ms", "")) >= LONG_MS;
    }

    /** Which of the services that share a port it is, as fields. */
    List<Object> route(String protocol) {
        List<Object> fields = new ArrayList<>();
        if (protocol.equals("tcp")) {
            add(
                    fields,
                    "server_names",
                    route.serverNames(),
                    !route.serverNames().isEmpty());
            add(fields, "alpn", route.alpn(), !route.alpn().isEmpty());
        }
        return fields;
    }

    /** As fields of a register: names and values in turns. */
    List<Object> fields(String protocol) {
        List<Object> fields = route(protocol);
        add(fields, "balance", balance, !balance.equals("roundrobin"));
        if (protocol.equals("udp")) {
            add(fields, "responses", responses, responses >= 0);
            add(fields, "affinity", "client", affinity);
            add(fields, "udp_timeout", udpTimeout, !udpTimeout.isEmpty());
            add(fields, "answer_timeout", answerTimeout, !answerTimeout.isEmpty());
        }
        add(fields, "preamble", preamble, !preamble.isEmpty() && protocol.equals("tcp"));
        add(fields, "max_per_client", perClient, perClient > 0);
        add(fields, "clients", List.of("!" + refused, "0.0.0.0/0"), !refused.isEmpty());
        add(fields, "max_new_per_second", perSecond, perSecond > 0);
        return fields;
    }

    private static void add(List<Object> fields, String name, Object value, boolean wanted) {
        if (wanted) {
            fields.add(name);
            fields.add(value);
        }
    }
}
