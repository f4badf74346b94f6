package dev.lander.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.testing.JavaProgram;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether the simulation finds out when Lander is broken on purpose. Run by {@code make simulate-mutants} alone, as
 * each mutant may take as many seeds as is asked for.
 */
final class MutantHunt {
    private static final String SEEDS = "lander.simulation.mutants";

    @Test
    @Timeout(value = 7, unit = TimeUnit.DAYS)
    void eachMutantIsCaught(@TempDir Path folder) throws IOException, InterruptedException {
        String only = System.getProperty("lander.simulation.mutant", "");
        List<String> survivors = new ArrayList<>();
        for (Mutant mutant : Mutant.all()) {
            if (only.isEmpty() || mutant.name().equals(only)) {
                String verdict = verdict(mutant, Files.createDirectories(folder.resolve(mutant.name())));
                System.out.println(mutant.name() + ": " + verdict);
                if (verdict.isEmpty()) {
                    survivors.add(mutant.name());
                }
            }
        }
        assertEquals(List.of(), survivors, "mutants that nothing has caught");
    }

    /** What has caught it, by an invariant that is its own; empty = none has. */
    private static String verdict(Mutant mutant, Path folder) throws IOException, InterruptedException {
        String classPath = System.getProperty("java.class.path");
        Path source = folder.resolve(mutant.file().getFileName());
        Files.writeString(source, mutant.source());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int errors = compiler.run(
                null,
                null,
                null,
                "-nowarn",
                "-proc:none",
                "-cp",
                classPath,
                "-d",
                folder.toString(),
                source.toString());
        assertEquals(0, errors, mutant.name() + " does not compile");
        Path output = folder.resolve("output.txt");
        String both = folder + File.pathSeparator + classPath;
        Process runs = new ProcessBuilder(
                        JavaProgram.java(),
                        "-ea",
                        "-Xmx1g",
                        "-Dlander.simulation.goOn=true",
                        "-Dlander.simulation.finders=" + String.join(",", mutant.finders()),
                        "-cp",
                        both,
                        Simulate.class.getName(),
                        "1",
                        System.getProperty(SEEDS, "10000"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (runs.waitFor() == 0) {
            return "";
        }
        String told = Files.readString(output);
        List<String> failed = told.lines().filter(MutantHunt::isVerdict).toList();
        return failed.isEmpty() ? told : failed.get(failed.size() - 1) + ", behind " + (failed.size() - 1) + " others";
    }

    private static boolean isVerdict(String line) {
        return line.startsWith("seed ");
    }
}
