package dev.lander.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place that a user names.
 *
 * @param host a name, or an address; one of IPv6 without brackets
 */
public record HostPort(String host, int port) {
    /** An IPv6 address is in brackets where a port follows it. */
    private static final Pattern FORM =
            Pattern.compile("(?:\\[(?<v6>[0-9A-Fa-f:.]+)]|(?<host>[^:\\[\\]]+))(?::(?<port>[0-9]{1,5}))?");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.?");

    /**
     * Parses {@code HOST[:PORT]}: {@code lb1}, {@code lb1.example.org:7988}, {@code 10.0.0.5}, {@code ::1},
     * {@code [::1]:7988}.
     *
     * @param otherwise the port where none is given
     * @throws IllegalArgumentException when it is none of these; the message quotes it
     */
    public static HostPort parse(String text, int otherwise) {
        if (isAddress(text)) {
            return new HostPort(text, otherwise);
        }
        Matcher parts = FORM.matcher(text);
        if (parts.matches()) {
            String port = parts.group("port");
            int number = port == null ? otherwise : Integer.parseInt(port);
            String v6 = parts.group("v6");
            String host = v6 == null ? parts.group("host") : v6;
            boolean isHost = v6 == null ? isAddress(host) || isName(host) : isAddress(host);
            if (isHost && number > 0 && number <= PortRanges.MAX_PORT) {
                return new HostPort(host, number);
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no host or host and port like lb1, lb1.example.org:7988, 10.0.0.5 or [::1]:7988");
    }

    private static boolean isAddress(String text) {
        try {
            AddressRange.parseAddress(text);
            return true;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    /** Not something like 10.0.0.256, which is a mistake and no name. */
    private static boolean isName(String text) {
        return NAME.matcher(text).matches() && !text.matches("[0-9.]+");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
