package dev.lander.simulation;

import dev.lander.control.wire.ErrorCode;
import dev.lander.metrics.Counter;
import dev.lander.metrics.Metrics;
import dev.lander.registry.RegistryEvent;
import dev.lander.registry.State;
import dev.lander.relay.RelayEnd;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How often each counter, end word, error code, event word and change of state of Lander's was reached. */
final class Reached {
    private final Map<String, Long> counts = new LinkedHashMap<>();

    /** None was. */
    Reached() {
        Stream.of(
                        Arrays.stream(Counter.values()).map(Reached::name),
                        Arrays.stream(RelayEnd.values()).map(end -> "end " + end.word()),
                        Arrays.stream(ErrorCode.values()).map(code -> "error " + code.number()),
                        Splicing.EVENTS.stream().map(what -> "splice: " + what),
                        Arrays.stream(RegistryEvent.values()).map(event -> "event " + event.word()),
                        Arrays.stream(State.values()).flatMap(before -> Arrays.stream(State.values())
                                .filter(after -> after != before)
                                .map(after -> "state " + before.word() + " to " + after.word())))
                .flatMap(names -> names)
                .forEach(name -> counts.put(name, 0L));
    }

    void onError(int code) {
        add("error " + code, 1);
    }

    void onEnd(RelayEnd end) {
        add("end " + end.word(), 1);
    }

    void onEvent(RegistryEvent event) {
        add("event " + event.word(), 1);
    }

    void onStateChanged(State before, State after) {
        add("state " + before.word() + " to " + after.word(), 1);
    }

    /** What has happened to pipes, and how often. */
    void onPipes(Map<String, Long> events) {
        events.forEach((what, times) -> add("splice: " + what, times));
    }

    void onRunEnded(Metrics metrics) {
        for (Counter counter : Counter.values()) {
            add(name(counter), metrics.value(counter));
        }
    }

    /** What was never reached, though it could be. */
    List<String> missing() {
        return counts.entrySet().stream()
                .filter(one -> one.getValue() == 0 && !OutOfReach.contains(one.getKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** What {@link OutOfReach} is wrong about. */
    List<String> surprising() {
        return OutOfReach.reasons().keySet().stream()
                .filter(name -> counts.getOrDefault(name, 1L) > 0)
                .sorted()
                .toList();
    }

    /** All with how often. */
    Map<String, Long> counts() {
        return counts;
    }

    private void add(String name, long times) {
        if (times > 0) {
            counts.merge(name, times, Long::sum);
        }
    }

    private static String name(Counter counter) {
        return "counter " + counter.family() + "/" + counter.cause();
    }
}
