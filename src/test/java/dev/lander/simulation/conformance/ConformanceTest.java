package dev.lander.simulation.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    void thereAreEnoughScripts() {
        assertTrue(scripts().count() >= 60);
        assertEquals(scripts().count(), scripts().map(Script::rule).distinct().count());
    }

    @Test
    void theDocumentSaysWhatTheScriptsShow() throws IOException {
        StringBuilder table = new StringBuilder();
        for (Script script : scripts().toList()) {
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

    private static List<String> trace(Script script, Stage stage) throws IOException {
        try (Play play = new Play(stage)) {
            script.actions().playOn(play);
            return List.copyOf(play.trace());
        }
    }
}
