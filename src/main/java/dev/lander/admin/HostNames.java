package dev.lander.admin;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names by which the page may be asked for. Someone's web page can have its own name lead to this machine, and
 * would then be allowed by the browser to read the answers; what the browser sends as the host is that name.
 */
final class HostNames {
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-f:.]+(%[^\\]]*)?]");
    private static final Pattern PORT = Pattern.compile(":[0-9]*$");

    private final Set<String> known;

    /** Addresses, {@code localhost} and these. */
    HostNames(List<String> others) {
        this.known = others.stream().map(HostNames::plain).collect(Collectors.toSet());
    }

    /**
     * Whether the request's header names this page.
     *
     * @param header as it came, with a port or without
     */
    boolean include(String header) {
        String name = plain(PORT.matcher(header).replaceFirst(""));
        return name.equals("localhost")
                || known.contains(name)
                || ADDRESS.matcher(name).matches();
    }

    /** Names are the same in capitals, and with the dot of the root. */
    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
