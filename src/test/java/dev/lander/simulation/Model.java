package dev.lander.simulation;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What Lander should say and have, worked out naively from what its control peers have said and were told: sets of
 * texts, no sockets, no time.
 */
final class Model {
    /** A control connection as its peer knows it. */
    static final class Line {
        private final String host;
        private final ArrayDeque<Said> unanswered = new ArrayDeque<>();

        /** What commands are to be answered by that nobody else may say. */
        private final IdentityHashMap<Said, Set<Integer>> expected = new IdentityHashMap<>();

        /** What it has said before Lander had taken the token that it carries; by identity. */
        private final Set<Said> untimely = Collections.newSetFromMap(new IdentityHashMap<>());

        /** What it has registered, as {@code tcp/5000 10.0.0.3:9000}. */
        private final Set<String> has = new TreeSet<>();

        /** Another connection may have taken something of it over. */
        private boolean shaken;

        Line(String host) {
            this.host = host;
        }

        private boolean isOperators() {
            return host.startsWith("127.");
        }
    }

    private final Cast cast;
    private final Map<String, Line> owners = new TreeMap<>();
    private final Set<String> draining = new TreeSet<>();

    /** What an operator has drained, until one undrains it: no register lifts it. */
    private final Set<String> held = new TreeSet<>();

    private final Set<String> bad = new TreeSet<>();

    /** Commands that are not answered yet, by what they are about. */
    private final Map<String, Integer> pending = new HashMap<>();

    /** Of these nobody can say whether a drain or a register came first. */
    private final Set<String> vague = new TreeSet<>();

    /** Registered by connections that ended without the reply. */
    private final Set<String> unsettled = new TreeSet<>();

    Model(Cast cast) {
        this.cast = cast;
    }

    /** The peer says it, and will be answered in its turn. */
    void said(Line line, Said what) {
        line.unanswered.add(what);
        if (!cast.tokenHolds()) {
            line.untimely.add(what);
        }
        String key = key(line, what);
        pending.merge(what.cmd() + " " + key, 1, Integer::sum);
        Line owner = owners.get(key);
        if (what.cmd().equals("register") && owner != null && owner != line) {
            owner.shaken = true;
        }
    }

    /** The command is to be answered by one of these. */
    void expect(Line line, Said what, Set<Integer> errors) {
        line.expected.put(what, errors);
    }

    /** The next of its commands was answered; which. */
    Said replied(Line line, int error) {
        Said what = line.unanswered.remove();
        settle(line, what);
        boolean isUntimely = line.untimely.remove(what);
        Set<Integer> expected = line.expected.remove(what);
        Set<Integer> allowed = expected == null ? allowed(line, what, isUntimely) : expected;
        if (!allowed.contains(error)) {
            throw cast.world()
                    .violated(
                            "model",
                            "each command gets the reply that it should: " + what + " of " + line.host + " got " + error
                                    + ", not one of " + allowed);
        }
        if (error == 0) {
            change(line, what);
        }
        return what;
    }

    boolean isAnswered(Line line) {
        return line.unanswered.isEmpty();
    }

    boolean has(Line line, String key) {
        return line.has.contains(key);
    }

    /** The connection is no more. */
    void ended(Line line) {
        for (Said what : line.unanswered) {
            settle(line, what);
            vague.add(key(line, what));
            if (what.cmd().equals("register")) {
                unsettled.add(key(line, what));
            }
        }
        line.unanswered.clear();
        for (String key : line.has) {
            owners.remove(key, line);
        }
        line.has.clear();
    }

    /**
     * Whether Lander may have it registered, or not, whatever was said later: somebody has gone ahead of the reply, and
     * when Lander has stood still, or was cut off, it may hear the one behind first.
     */
    boolean isUnsettled(String key) {
        return unsettled.contains(key) && (cast.stalls() > 0 || cast.setting().partitions());
    }

    /** All that is registered. */
    SortedSet<String> registered() {
        return new TreeSet<>(owners.keySet());
    }

    /** The state that a registration should be in as far as its peer has a say in it; empty = any. */
    String state(String key) {
        if (vague.contains(key)) {
            return "";
        }
        return draining.contains(key) || held.contains(key) ? "draining" : bad.contains(key) ? "bad" : "good";
    }

    private Set<Integer> allowed(Line line, Said what, boolean isUntimely) {
        boolean has = line.has.contains(key(line, what));
        return switch (what.cmd()) {
            case "register" -> allowedForRegister(line, what, has, isUntimely);
            case "undrain" -> Set.of(0, 4);
            case "unregister", "drain" -> what.has("host") ? Set.of(0, 4, 10) : owned(line, has);
            case "healthcheck" -> owned(line, line.has.stream().anyMatch(one -> one.startsWith(what.service() + " ")));
            default -> Set.of(0);
        };
    }

    private static Set<Integer> owned(Line line, boolean has) {
        if (line.shaken) {
            return Set.of(0, 4);
        }
        return has ? Set.of(0) : Set.of(4);
    }

    private Set<Integer> allowedForRegister(Line line, Said what, boolean has, boolean isUntimely) {
        Set<Integer> allowed = new TreeSet<>();
        if (line.shaken) {
            allowed.add(0);
        }
        allowed.add(has ? 3 : 0);
        if (cast.setting().hasToken() && (isUntimely || !what.has("token", cast.token()))) {
            allowed.add(10); // it is not taken yet, or was changed meanwhile
        }
        if (cast.isEndAsked()) {
            allowed.add(7);
        }
        if (cast.setting().descriptors() < 2_000 || cast.isLanderTroubled()) {
            allowed.add(8);
        }
        allowed.add(12); // somebody who disagrees may have come first
        return allowed;
    }

    private void change(Line line, Said what) {
        String key = key(line, what);
        switch (what.cmd()) {
            case "register" -> {
                Line before = owners.put(key, line);
                line.shaken |= isUnsettled(key);
                if (before != null && before != line) {
                    before.has.remove(key);
                }
                line.has.add(key);
                draining.remove(key);
                bad.remove(key);
                if (pending.containsKey("drain " + key)) {
                    vague.add(key);
                }
            }
            case "unregister" -> {
                owners.remove(key, line);
                line.has.remove(key);
            }
            case "drain" -> {
                if (what.has("host") && line.isOperators()) {
                    held.add(key);
                    if (pending.containsKey("undrain " + key)) {
                        vague.add(key);
                    }
                } else {
                    drained(key);
                }
            }
            case "undrain" -> {
                held.remove(key);
                if (pending.containsKey("drain " + key)) {
                    vague.add(key);
                }
            }
            case "healthcheck" -> reported(line, what);
            default -> {
                // it changes nothing
            }
        }
    }

    private void drained(String key) {
        draining.add(key);
        if (!owners.containsKey(key) || pending.containsKey("register " + key)) {
            vague.add(key);
        }
    }

    private void settle(Line line, Said what) {
        pending.computeIfPresent(what.cmd() + " " + key(line, what), (key, count) -> count == 1 ? null : count - 1);
    }

    private void reported(Line line, Said what) {
        for (String one : line.has) {
            if (one.startsWith(what.service() + " ")) {
                if (what.has("state", "good")) {
                    bad.remove(one);
                } else {
                    bad.add(one);
                }
            }
        }
    }

    private static String key(Line line, Said what) {
        String host = line.host;
        for (int i = 0; i + 1 < what.more().size(); i += 2) {
            if (what.more().get(i).equals("host")) {
                host = what.more().get(i + 1).toString();
            }
        }
        return what.service() + " " + host + ":" + what.port();
    }
}
