package dev.lander.control.wire;

import static dev.lander.control.wire.CommandFields.Field.ALPN;
import static dev.lander.control.wire.CommandFields.Field.SERVER_NAMES;

import dev.lander.control.wire.CommandFields.Field;
import dev.lander.registry.Protocol;
import dev.lander.registry.Route;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads which clients of a relay port a service serves: {@code server_names} and {@code alpn}. */
final class RouteReader {
    /** Each service has its own, and there may be thousands of services. */
    private static final int MAX_NAMES = 64;

    private static final int MAX_PROTOCOLS = 8;

    /** As TLS has it, RFC 6066 and RFC 7301. */
    private static final int LONGEST_NAME = 255;

    /** A label as it is on the wire, RFC 1123, and with the underscore that some zones have. */
    private static final String LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";

    private static final Pattern NAME = Pattern.compile("(?:\\*\\.)?" + LABEL + "(?:\\." + LABEL + ")*");

    /** Printable, and nothing that would make a label of a metric or a line of a log ambiguous. */
    private static final Pattern PROTOCOL = Pattern.compile("[\\x21-\\x7e&&[^,\"\\\\]]{1,255}");

    private static final String NAMES = "names like shop.example.com, *.example.org or xn--bcher-kva.example";
    private static final String PROTOCOLS = "names of protocols like h2 or http/1.1";

    private final CommandFields fields;

    RouteReader(CommandFields fields) {
        this.fields = fields;
    }

    /** The route; {@link Route#EVERYBODY} when none was sent. */
    Route read() throws Refusal {
        List<String> names = fields.textsIfSent(SERVER_NAMES, MAX_NAMES, NAMES);
        List<String> protocols = fields.textsIfSent(ALPN, MAX_PROTOCOLS, PROTOCOLS);
        if (names == null && protocols == null) {
            return Route.EVERYBODY;
        }
        check(SERVER_NAMES, names, NAME, NAMES);
        check(ALPN, protocols, PROTOCOL, PROTOCOLS);
        return Route.of(names == null ? List.of() : names, protocols == null ? List.of() : protocols);
    }

    private static void check(Field field, @Nullable List<String> texts, Pattern pattern, String allowed)
            throws Refusal {
        for (String text : texts == null ? List.<String>of() : texts) {
            if (text.length() > LONGEST_NAME || !pattern.matcher(text).matches()) {
                throw CommandFields.refusalOf(field, text, allowed);
            }
        }
    }

    /** The refusal of a route on UDP, which has no first message. */
    void checkProtocol(Route route, Protocol protocol) throws Refusal {
        if (protocol == Protocol.UDP && !route.isEverybody()) {
            Field field = route.serverNames().isEmpty() ? ALPN : SERVER_NAMES;
            throw new Refusal(ErrorCode.INVALID_REQUEST, field.word() + " is for TCP, not for UDP");
        }
    }
}
