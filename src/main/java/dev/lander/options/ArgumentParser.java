package dev.lander.options;

import dev.lander.text.AddressRange;
import dev.lander.text.DurationText;
import dev.lander.text.PortRanges;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the command line's words, and the environment's, become {@link Arguments}. */
public final class ArgumentParser {
    private static final int MAX_PORT = 65_535;
    private static final String ENVIRONMENT_PREFIX = "LANDER_";

    /** An IPv6 address is in brackets, else nobody could tell where it ends. */
    private static final Pattern SOCKET_ADDRESS =
            Pattern.compile("(?:(?<v4>[^:\\[\\]]+):|\\[(?<v6>[^\\[\\]]+)]:)?(?<port>[0-9]{1,5})");

    private static final String LOOPBACK = "127.0.0.1";

    private ArgumentParser() {}

    /**
     * A parser that fills in the arguments.
     *
     * @param environment where options are looked up that the command line does not have
     */
    public static CommandLine of(Arguments arguments, Map<String, String> environment) {
        CommandLine parser = new CommandLine(arguments)
                .registerConverter(Duration.class, checked(DurationText::parse))
                .registerConverter(InetAddress.class, ArgumentParser::parseAddress)
                .registerConverter(InetSocketAddress.class, ArgumentParser::parseSocketAddress)
                .registerConverter(AddressRange.class, checked(AddressRange::parse))
                .registerConverter(PortRanges.class, checked(PortRanges::parse));
        return parser.setDefaultValueProvider(argument -> {
            if (!(argument instanceof CommandLine.Model.OptionSpec option)
                    || option.usageHelp()
                    || option.versionHelp()) {
                return null;
            }
            String name = option.longestName().substring("--".length());
            return environment.get(ENVIRONMENT_PREFIX + name.replace('-', '_').toUpperCase(Locale.ROOT));
        });
    }

    /**
     * Refuses a file of options that can't be read: the parser would take its name for the port.
     *
     * @throws TypeConversionException naming the file
     */
    public static void checkFiles(String[] commandLine) {
        for (String argument : commandLine) {
            boolean isFile = argument.startsWith("@") && !argument.startsWith("@@");
            Arguments.check(
                    !isFile || Files.isReadable(Path.of(argument.substring(1))),
                    argument + ": no such file, or not readable");
        }
    }

    private static InetAddress parseAddress(String text) {
        try {
            if (text.indexOf('/') < 0) {
                return AddressRange.parse(text).prefix();
            }
        } catch (IllegalArgumentException notAnAddress) {
            // as is a range
        }
        throw new TypeConversionException("'" + text + "' is no address like 127.0.0.1 or ::1");
    }

    private static InetSocketAddress parseSocketAddress(String text) {
        Matcher parts = SOCKET_ADDRESS.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group("port")) > MAX_PORT) {
            throw new TypeConversionException(
                    "'" + text + "' is no port or address and port like 8080, 10.0.0.5:8080 or [::1]:8080");
        }
        String address = parts.group("v4") == null ? parts.group("v6") : parts.group("v4");
        return new InetSocketAddress(
                parseAddress(address == null ? LOOPBACK : address), Integer.parseInt(parts.group("port")));
    }

    /** A converter whose refusals reach the user as they are. */
    private static <T> ITypeConverter<T> checked(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException refused) {
                throw new TypeConversionException(Objects.requireNonNullElse(refused.getMessage(), text));
            }
        };
    }

    /** The version that the build has written into the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Arguments.class.getPackage().getImplementationVersion();
            return new String[] {"lander " + Objects.requireNonNullElse(version, "(not from a jar)")};
        }
    }
}
