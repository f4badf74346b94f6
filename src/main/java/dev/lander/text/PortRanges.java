package dev.lander.text;

import java.util.BitSet;

/** A set of ports. */
public final class PortRanges {
    /** The highest port there is. */
    public static final int MAX_PORT = 65_535;

    /** Every port. */
    public static final PortRanges ALL = parse("1-" + MAX_PORT);

    private final BitSet ports = new BitSet(MAX_PORT + 1);
    private final String text;

    private PortRanges(String text) {
        this.text = text;
    }

    /**
     * Parses a list like {@code 8000-8999,9443}.
     *
     * @throws IllegalArgumentException when it is none; the message quotes the part that is wrong
     */
    public static PortRanges parse(String text) {
        PortRanges ranges = new PortRanges(text);
        for (String part : text.split(",", -1)) {
            int dash = part.indexOf('-');
            int first = parsePort(part, dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : parsePort(part, part.substring(dash + 1));
            if (last < first) {
                throw notARange(part);
            }
            ranges.ports.set(first, last + 1);
        }
        return ranges;
    }

    /** Whether the port is in the set. */
    public boolean contains(int port) {
        return ports.get(port);
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }

    private static int parsePort(String part, String digits) {
        if (!digits.strip().matches("[0-9]{1,5}")) {
            throw notARange(part);
        }
        int port = Integer.parseInt(digits.strip());
        if (port < 1 || port > MAX_PORT) {
            throw notARange(part);
        }
        return port;
    }

    private static IllegalArgumentException notARange(String part) {
        return new IllegalArgumentException("'" + part + "' is no port from 1 to 65535 or range like 8000-8999");
    }
}
