package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * No knot of more than three classes. A knot is a set of classes each of which reaches all others of it, so that none
 * can be understood or changed without them; nested classes count with their outermost one.
 */
@AnalyzeClasses(packages = "dev.lander", importOptions = ImportOption.DoNotIncludeTests.class)
final class ClassKnotsTest {
    private static final int MOST = 3;

    /** The only knots of three that there may be, each a thing with its parts. */
    private static final Set<String> TRIOS = Set.of(
            "reactor: Deadline DeadlineHandler Deadlines",
            "registry: Component Link Service",
            "relay.tcp: Direction TcpRelay TcpSide");

    /** Those that are larger, to be untied: only ever take one away. */
    private static final Set<String> TO_BE_UNTIED = Set.of();

    private ClassKnotsTest() {}

    @ArchTest
    static void noKnotIsLargerThanThree(JavaClasses imported) {
        assertEquals(Set.of(), knots(imported, MOST + 1, TO_BE_UNTIED));
    }

    @ArchTest
    static void everyTrioIsNamedHere(JavaClasses imported) {
        Set<String> trios = knots(imported, MOST, TO_BE_UNTIED);
        assertEquals(new TreeSet<>(TRIOS), trios);
    }

    /** The knots of at least this size, but for those that are known. */
    private static Set<String> knots(JavaClasses imported, int least, Set<String> known) {
        Map<String, Set<String>> uses = new TreeMap<>();
        for (JavaClass one : imported) {
            String outer = outermost(one);
            Set<String> used = uses.computeIfAbsent(outer, name -> new TreeSet<>());
            for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass();
                if (target.getPackageName().startsWith("dev.lander")) {
                    used.add(outermost(target));
                }
            }
        }
        Map<String, Set<String>> reached = new TreeMap<>();
        uses.keySet().forEach(one -> reached.put(one, reachedFrom(one, uses)));
        Set<String> knots = new TreeSet<>();
        reached.forEach((one, others) -> {
            Set<String> knot = new TreeSet<>(others);
            knot.removeIf(other -> !reached.getOrDefault(other, Set.of()).contains(one));
            if (knot.size() >= least) {
                knots.add(shown(knot));
            }
        });
        knots.removeAll(known);
        return knots;
    }

    private static Set<String> reachedFrom(String start, Map<String, Set<String>> uses) {
        Set<String> reached = new LinkedHashSet<>();
        Deque<String> left = new ArrayDeque<>(uses.getOrDefault(start, Set.of()));
        while (!left.isEmpty()) {
            String next = left.remove();
            if (reached.add(next)) {
                left.addAll(uses.getOrDefault(next, Set.of()));
            }
        }
        return reached;
    }

    private static String outermost(JavaClass one) {
        return one.getEnclosingClass()
                .map(ClassKnotsTest::outermost)
                .orElse(one.getBaseComponentType().getName());
    }

    /** As in {@code registry: Component Service}. */
    private static String shown(Collection<String> knot) {
        String first = knot.iterator().next();
        String room = first.substring(0, first.lastIndexOf('.')).replaceFirst("dev\\.lander\\.?", "");
        return room + ": "
                + knot.stream()
                        .map(name -> name.substring(name.lastIndexOf('.') + 1))
                        .collect(Collectors.joining(" "));
    }
}
