package dev.lander.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands that run programs in a Java of their own, the one that the tests run in. */
public final class JavaProgram {
    private JavaProgram() {}

    /** Where {@code java} is. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Runs this class of the tests' with the classes that they have. */
    public static List<String> command(Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(java(), "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
