package dev.lander.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** The Python clients as processes. Where their Python is missing the test is skipped; see {@link Programs}. */
public final class PythonClient {
    private static final String PYTHON = Objects.requireNonNullElse(System.getenv("PYTHON"), "/usr/bin/python3");

    private PythonClient() {}

    /** Starts one with these arguments. */
    public static ChildProcess start(String script, Object... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(python(), clients().resolve(script).toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return ChildProcess.start(command);
    }

    /** Starts one of the two servers; returns when it is registered. */
    public static ChildProcess startServer(
            String script, LanderProcess lander, int port, int relayPort, String... options) throws IOException {
        int controlPort = lander.controlAddress().getPort();
        List<Object> arguments =
                new ArrayList<>(List.of("127.0.0.1", controlPort, port, relayPort, "--host", "127.0.0.1"));
        Collections.addAll(arguments, options);
        return awaitRegistered(start(script, arguments.toArray()));
    }

    /** The process, when Lander has taken its registration. */
    public static ChildProcess awaitRegistered(ChildProcess client) {
        try {
            client.awaitLog(": registered ");
            return client;
        } catch (AssertionError notRegistered) {
            client.close();
            throw notRegistered;
        }
    }

    /** The Python that runs them. */
    public static String python() {
        Programs.need(
                "a Python with flask and msgpack (Debian: python3-flask, python3-msgpack)",
                PYTHON,
                "-c",
                "import flask, msgpack");
        return PYTHON;
    }

    private static Path clients() {
        return Path.of(System.getProperty("lander.clients", "clients"));
    }
}
