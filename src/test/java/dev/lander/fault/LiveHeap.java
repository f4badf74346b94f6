package dev.lander.fault;

import dev.lander.testing.LanderProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is alive on a process's heap, as {@code jcmd} counts it after a full collection. */
final class LiveHeap {
    private static final Pattern TOTAL = Pattern.compile("Total +\\d+ +(?<bytes>\\d+)");

    private LiveHeap() {}

    static long bytes(LanderProcess lander) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process process = new ProcessBuilder(
                        jcmd, Long.toString(lander.process().pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String histogram = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Matcher total = TOTAL.matcher(histogram);
        if (!total.find()) {
            throw new AssertionError("no total in: " + histogram);
        }
        return Long.parseLong(total.group("bytes"));
    }
}
