package dev.lander.options;

import dev.lander.cluster.ClusterSettings;
import dev.lander.text.AddressRange;
import dev.lander.text.DurationText;
import dev.lander.text.HostPort;
import dev.lander.text.PortRanges;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.event.Level;

/** How options' values are read. Whatever is refused is an IllegalArgumentException with a message for users. */
final class ValueParsers {
    private static final Set<String> ON = Set.of("true", "yes", "on", "1");
    private static final Set<String> OFF = Set.of("false", "no", "off", "0");

    /** An IPv6 address is in brackets, else nobody could tell where it ends. */
    private static final Pattern SOCKET_ADDRESS =
            Pattern.compile("(?:(?<v4>[^:\\[\\]]+):|\\[(?<v6>[^\\[\\]]+)]:)?(?<port>[0-9]{1,5})");

    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.?");

    /** In place of what Java could not read. */
    private static final char UNREADABLE = '\uFFFD';

    private static final String ALL_OF_A_NAME = "dns:";

    private static final String LOOPBACK = "127.0.0.1";

    private ValueParsers() {}

    static boolean flag(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (!ON.contains(word) && !OFF.contains(word)) {
            throw new IllegalArgumentException("'" + text + "' is neither true, yes, on or 1 nor false, no, off or 0");
        }
        return ON.contains(word);
    }

    /** Whether streams may be spliced. */
    static boolean splice(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (!word.equals("auto") && !word.equals("off")) {
            throw new IllegalArgumentException("'" + text + "' is neither auto nor off");
        }
        return word.equals("auto");
    }

    static int port(String text) {
        return number(0, PortRanges.MAX_PORT, "'" + text + "' is no port from 0 to " + PortRanges.MAX_PORT, text);
    }

    /** One or more. */
    static int count(String text) {
        return number(1, Integer.MAX_VALUE, "'" + text + "' is no whole number from 1 on", text);
    }

    /** Longer than zero. */
    static Duration positive(String text) {
        Duration duration = DurationText.parse(text);
        if (duration.isZero()) {
            throw new IllegalArgumentException("must be longer than 0");
        }
        return duration;
    }

    static List<AddressRange> ranges(String text) {
        return list(text, AddressRange::parse);
    }

    static List<String> names(String text) {
        return list(text, name -> {
            if (!HOST_NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is no name like lander.example.org");
            }
            return name;
        });
    }

    static InetAddress address(String text) {
        try {
            if (text.indexOf('/') < 0) {
                return AddressRange.parse(text).prefix();
            }
        } catch (IllegalArgumentException notAnAddress) {
            // as is a range
        }
        throw new IllegalArgumentException("'" + text + "' is no address like 127.0.0.1 or ::1");
    }

    static List<InetAddress> addresses(String text) {
        return list(text, one -> {
            InetAddress address = address(one);
            if (address.isAnyLocalAddress()) {
                throw new IllegalArgumentException("'" + one + "' stands for all addresses");
            }
            return address;
        });
    }

    static InetSocketAddress socketAddress(String text) {
        Matcher parts = SOCKET_ADDRESS.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group("port")) > PortRanges.MAX_PORT) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no port or address and port like 8080, 10.0.0.5:8080 or [::1]:8080");
        }
        String address = parts.group("v4") == null ? parts.group("v6") : parts.group("v4");
        return new InetSocketAddress(
                address(address == null ? LOOPBACK : address), Integer.parseInt(parts.group("port")));
    }

    /** Members of a cluster: a list, or one name that stands for all. */
    static List<HostPort> members(String text) {
        return text.startsWith(ALL_OF_A_NAME)
                ? List.of(member(text.substring(ALL_OF_A_NAME.length())))
                : list(text, ValueParsers::member);
    }

    static HostPort clusterBind(String text) {
        HostPort place = member(text);
        address(place.host());
        return place;
    }

    private static HostPort member(String text) {
        return HostPort.parse(text, ClusterSettings.DEFAULT_PORT);
    }

    static Path file(String text) {
        try {
            if (text.indexOf(UNREADABLE) < 0) {
                return Path.of(text);
            }
        } catch (InvalidPathException refused) {
            // nor can the system be asked for it
        }
        throw new IllegalArgumentException("'" + text + "' can't be read in this locale: LC_ALL=C.UTF-8 lets it be");
    }

    static Level level(String text) {
        for (Level level : Level.values()) {
            if (level.name().equalsIgnoreCase(text)) {
                return level;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is none of error, warn, info, debug and trace");
    }

    /** Parts between commas. */
    private static <T> List<T> list(String text, Function<String, T> parser) {
        return Stream.of(text.split(",", -1)).map(parser).toList();
    }

    private static int number(int least, int most, String refusal, String text) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // as is one out of range
        }
        throw new IllegalArgumentException(refusal);
    }
}
