package dev.lander.testing;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs that tests need besides Java. Where one is missing its tests are skipped and the report names it; as root
 * and on CI, where what is missing could have been installed, they fail.
 */
public final class Programs {
    private static final Map<List<String>, Boolean> KNOWN = new ConcurrentHashMap<>();

    private Programs() {}

    /**
     * Goes on when the program is there.
     *
     * @param name for the report
     * @param trial a command that succeeds when it is there
     */
    public static void need(String name, String... trial) {
        if (KNOWN.computeIfAbsent(List.of(trial), Programs::succeeds)) {
            return;
        }
        String message = "missing: " + name;
        if (System.getenv("CI") != null || "root".equals(System.getProperty("user.name"))) {
            Assertions.fail(message);
        }
        Assumptions.abort(message);
    }

    /**
     * Goes on when this machine allows it. What it refuses, as a container does even to root, nobody can install: the
     * tests are skipped.
     *
     * @param name for the report
     * @param trial a command that succeeds when it is allowed
     */
    public static void needAllowed(String name, String... trial) {
        if (!KNOWN.computeIfAbsent(List.of(trial), Programs::succeeds)) {
            Assumptions.abort("not allowed: " + name);
        }
    }

    private static boolean succeeds(List<String> trial) {
        try (ChildProcess child = ChildProcess.start(trial)) {
            return child.exitStatus() == 0;
        } catch (IOException notThere) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
