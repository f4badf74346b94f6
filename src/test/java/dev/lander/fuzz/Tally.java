package dev.lander.fuzz;

import dev.lander.control.wire.Decoding.Result;
import dev.lander.fuzz.Oracle.Outcome;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What inputs have come to, by kind: shows how far they got into the code. */
final class Tally {
    /** Outcomes count as new by this many of their first results. */
    private static final int TOLD_APART_BY = 6;

    /** Behind this a message quotes the peer. */
    private static final String SENT = ", not ";

    private final Map<String, Long> kinds = new HashMap<>();
    private final Set<String> known = new HashSet<>();
    private long results;

    /** Counts the outcome; whether there was none like it yet. */
    boolean add(Outcome outcome) {
        results += outcome.results().size();
        kinds.merge("framing " + outcome.framing(), 1L, Long::sum);
        for (Result result : outcome.results()) {
            kinds.merge(kind(result), 1L, Long::sum);
        }
        String beginning = outcome.results().stream()
                .limit(TOLD_APART_BY)
                .map(Tally::kind)
                .collect(Collectors.joining("\n", outcome.framing() + "\n", ""));
        return known.add(beginning);
    }

    /** How often results of kinds that begin so have come. */
    long count(String beginning) {
        return kinds.entrySet().stream()
                .filter(kind -> kind.getKey().startsWith(beginning))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    long results() {
        return results;
    }

    /** How many outcomes are not like another. */
    int differentOutcomes() {
        return known.size();
    }

    /** A line for each kind. */
    String table() {
        return kinds.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(kind -> "%,12d  %s".formatted(kind.getValue(), kind.getKey()))
                .collect(Collectors.joining("\n"));
    }

    /** Without what the peer has sent. */
    private static String kind(Result result) {
        String name = result.kind().name().toLowerCase(Locale.ROOT);
        if (result.error() == 0) {
            return name;
        }
        String message = result.message();
        int sent = message.indexOf(SENT);
        return name + " " + result.error() + ": " + (sent < 0 ? message : message.substring(0, sent) + SENT + "...");
    }
}
