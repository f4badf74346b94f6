package dev.lander.simulation.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ChildProcess;
import dev.lander.testing.JavaProgram;
import dev.lander.testing.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** The simulated network behaves as the real one: each script comes to the same on both. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class ConformanceTest {
    @TestFactory
    Stream<DynamicTest> theSimulatedNetworkBehavesAsTheRealOne() {
        return scripts()
                .map(script -> DynamicTest.dynamicTest(script.rule(), () -> {
                    List<String> real = trace(script, Stage.real());
                    assertEquals(real, trace(script, Stage.simulated()), script.rule());
                }));
    }

    @Test
    void bothAreTheSameWhenALimitIsReached() throws Exception {
        try (ChildProcess real = ChildProcess.startLimited(200, aside("limits"))) {
            assertSame(LimitScripts.all(), real);
        }
    }

    @Test
    void bothAreTheSameWhenARouterBarsTheWay() throws Exception {
        try (NetworkNamespace machine = NetworkNamespace.create();
                NetworkNamespace router = NetworkNamespace.create()) {
            machine.join("v0", router, "v1");
            machine.run("ip addr add 10.9.0.1/24 dev v0");
            router.run("ip addr add 10.9.0.9/24 dev v1");
            router.run("sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0");
            machine.run("ip route add default via 10.9.0.9");
            router.run("ip route add unreachable " + Stage.NO_HOST);
            router.run("ip route add prohibit " + Stage.PROHIBITED);
            assertSame(BarredScripts.all(), machine.start(aside("barred").toArray(String[]::new)));
        }
    }

    @Test
    void thereAreEnoughScripts() {
        assertTrue(allScripts().count() >= 60);
        assertEquals(
                allScripts().count(), allScripts().map(Script::rule).distinct().count());
    }

    @Test
    void theDocumentSaysWhatTheScriptsShow() throws IOException {
        StringBuilder table = new StringBuilder();
        for (Script script : allScripts().toList()) {
            table.append("| ")
                    .append(script.rule())
                    .append(" | ")
                    .append(String.join("; ", trace(script, Stage.simulated())))
                    .append(" |\n");
        }
        Path document = Path.of("docs", "nio.md");
        String text = Files.readString(document);
        if (!text.contains(table)) {
            Path wanted = Path.of("target", "nio-table.md");
            Files.writeString(wanted, table);
            assertTrue(false, document + " does not have the table that the scripts give: " + wanted);
        }
    }

    private static Stream<Script> scripts() {
        return Stream.of(TcpScripts.all(), EndScripts.all(), UdpScripts.all(), SelectorScripts.all())
                .flatMap(List::stream);
    }

    /** All, those that are played in a process of their own among them. */
    private static Stream<Script> allScripts() {
        return Stream.of(scripts(), LimitScripts.all().stream(), BarredScripts.all().stream())
                .flatMap(group -> group);
    }

    /** A process that plays a group of scripts on the real network, with this Java. */
    private static List<String> aside(String group) {
        return JavaProgram.command(PlayAside.class, group);
    }

    private static void assertSame(List<Script> scripts, ChildProcess real) throws Exception {
        int status = real.exitStatus();
        assertEquals(0, status, real::toString);
        List<String> wanted = PlayAside.lines(scripts, Stage.simulated());
        assertEquals(String.join("\n", wanted), String.join("\n", real.output()));
    }

    private static List<String> trace(Script script, Stage stage) throws IOException {
        try (Play play = new Play(stage)) {
            script.actions().playOn(play);
            return List.copyOf(play.trace());
        }
    }
}
