package dev.lander.options;

import dev.lander.text.Alike;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Reads the command line's words, and the environment's. picocli finds the words' places and writes the help; it is
 * asked without annotations, which would take a fifth of the time to start.
 */
public final class ArgumentParser {
    private static final String ENVIRONMENT_PREFIX = "LANDER_";
    private static final String HELP = "--help";
    private static final String VERSION = "--version";
    private static final int USAGE_WIDTH = 100;

    private final CommandLine parser = new CommandLine(command());
    private final Map<String, String> environment;

    /**
     * A parser.
     *
     * @param environment where options are looked up that the command line does not have
     */
    public ArgumentParser(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * What the words ask for.
     *
     * @param options null = nothing but to print the text
     * @param printed what the user asked to see; empty = nothing
     */
    public record Request(@Nullable Options options, String printed) {}

    /**
     * Reads a command line.
     *
     * @throws BadArgument when it can't be understood
     */
    public Request parse(String... commandLine) throws BadArgument {
        ParseResult parsed;
        try {
            List<String> words = OptionFiles.expand(List.of(commandLine));
            parsed = parser.parseArgs(words.toArray(String[]::new));
        } catch (ParameterException refused) {
            throw new BadArgument(complaint(refused));
        }
        if (parsed.hasMatchedOption(HELP)) {
            return new Request(null, help());
        } else if (parsed.hasMatchedOption(VERSION)) {
            return new Request(null, version());
        }
        return new Request(OptionTable.options(values(parsed)), "");
    }

    /** All options, for users. */
    public String help() {
        return parser.getUsageMessage();
    }

    private Values values(ParseResult parsed) {
        Map<String, Values.Written> written = new HashMap<>();
        String port = parsed.matchedPositionalValue(0, null);
        if (port != null) {
            written.put(OptionTable.PORT.name(), new Values.Written(OptionTable.PORT.name(), port));
        }
        for (Option<?> option : OptionTable.ALL) {
            String name = option.name();
            String variable = variable(name);
            String set = environment.getOrDefault(variable, ""); // an empty variable is as if unset
            if (parsed.hasMatchedOption(name)) {
                written.put(
                        name, new Values.Written(name, String.valueOf(parsed.<Object>matchedOptionValue(name, ""))));
            } else if (!set.isEmpty()) {
                String origin = name + ", set by " + variable;
                written.put(name, new Values.Written(origin, set));
            }
        }
        return new Values(written);
    }

    private static String variable(String option) {
        return ENVIRONMENT_PREFIX
                + option.substring("--".length()).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** In one line, with the name of what is wrong. */
    private static String complaint(ParameterException refused) {
        if (refused instanceof UnmatchedArgumentException unmatched) {
            return unmatched.getUnmatched().stream()
                    .filter(word -> word.startsWith("-"))
                    .findFirst()
                    .map(word -> word + ": there is no such option" + suggestion(word))
                    .orElse(unmatched.getUnmatched().get(0) + ": PORT has been given already");
        } else if (refused instanceof OverwrittenOptionException twice) {
            return ((OptionSpec) twice.getOverwritten()).longestName() + " is given twice";
        } else if (refused instanceof CommandLine.MissingParameterException missing) {
            return missing.getMissing().get(0) instanceof OptionSpec option
                    ? option.longestName() + " " + option.paramLabel() + ": its value is missing"
                    : "PORT is missing";
        }
        return String.valueOf(refused.getMessage());
    }

    private static String suggestion(String word) {
        List<String> names = OptionTable.ALL.stream().map(Option::name).toList();
        String name = word.split("=", 2)[0];
        return Alike.nearest(name, names).map(one -> "; is it " + one + "?").orElse("");
    }

    private static CommandSpec command() {
        CommandSpec command = CommandSpec.create().name("java -jar lander.jar");
        command.usageMessage()
                .description("A TCP and UDP load balancer whose components register themselves.")
                .sortOptions(false)
                .width(USAGE_WIDTH)
                .abbreviateSynopsis(true)
                .footer(
                        "",
                        "A duration D is 50us, 250ms, 5s, 10m or 1h. @FILE reads options from a file. Each option can"
                                + " also be set by an environment variable, --idle-timeout by LANDER_IDLE_TIMEOUT; the"
                                + " command line wins.");
        command.parser().expandAtFiles(false);
        command.addPositional(PositionalParamSpec.builder()
                .index("0")
                .paramLabel(OptionTable.PORT.label())
                .type(String.class)
                .description(OptionTable.PORT.help())
                .build());
        OptionTable.ALL.forEach(option -> command.addOption(spec(option)));
        command.addOption(informing(VERSION, "print the version and exit")
                .versionHelp(true)
                .build());
        command.addOption(
                informing(HELP, "print this help and exit").usageHelp(true).build());
        return command;
    }

    /** Values stay text, so that what is wrong with one is told by us, and after what is wrong with the words. */
    private static OptionSpec spec(Option<?> option) {
        if (option.isFlag()) {
            OptionSpec.Builder flag = informing(option.name(), option.help());
            return flag.converters(text -> text).build();
        }
        return OptionSpec.builder(option.name())
                .arity("1")
                .type(String.class)
                .paramLabel(option.label())
                .description(option.help())
                .build();
    }

    private static OptionSpec.Builder informing(String name, String meaning) {
        return OptionSpec.builder(name).arity("0").type(boolean.class).description(meaning);
    }

    /** That which the build has written into the jar. */
    private static String version() {
        String version = ArgumentParser.class.getPackage().getImplementationVersion();
        return "lander " + Objects.requireNonNullElse(version, "(not from a jar)") + System.lineSeparator();
    }
}
