package dev.lander;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.Await;
import dev.lander.testing.LanderProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated
class HeapIT {
    private static final Pattern COLLECTED =
            Pattern.compile("Pause Full \\(System.gc\\(\\)\\) .*\\((?<megabytes>\\d+)M\\)");
    private static final int MOST_MB = 64;

    /** As on a large machine, without any flag of a user's. */
    @Test
    void aHeapThatTheJvmHasMadeLargeIsSmallSoonAfterTheStart(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("gc.log");
        String options = "-XX:+UseG1GC -XX:InitialHeapSize=512m -Xlog:gc:file=" + log;
        try (LanderProcess lander = LanderProcess.start(Map.of("JAVA_TOOL_OPTIONS", options))) {
            Matcher[] collected = new Matcher[1];
            Await.until("the heap was collected", () -> {
                collected[0] = COLLECTED.matcher(Files.readString(log));
                return collected[0].find();
            });
            assertTrue(Integer.parseInt(collected[0].group("megabytes")) <= MOST_MB, collected[0].group());
            assertTrue(lander.process().log().stream().noneMatch(line -> line.contains("Exception")));
        }
    }
}
