package dev.lander.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged Lander in a process of its own, on the Java that runs the tests. */
public final class LanderProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("control channel listening on \\S+:(?<port>\\d+)$");

    private final ChildProcess process;
    private final InetSocketAddress controlAddress;

    private LanderProcess(ChildProcess process, int controlPort) {
        this.process = process;
        this.controlAddress = new InetSocketAddress(InetAddress.getLoopbackAddress(), controlPort);
    }

    /** Starts it with these options and a free control port; returns when it is ready. */
    public static LanderProcess start(String... options) throws IOException {
        return start(Map.of(), options);
    }

    /** Starts it with these environment variables and options and a free control port; returns when it is ready. */
    public static LanderProcess start(Map<String, String> environment, String... options) throws IOException {
        List<String> command = command(options);
        command.add("0");
        return awaitReady(ChildProcess.start(command, environment));
    }

    /** Starts it with this command line and nothing more; returns at once. */
    public static ChildProcess run(String... commandLine) throws IOException {
        return ChildProcess.start(command(commandLine));
    }

    /** The process of a Lander, when that is ready. */
    public static LanderProcess awaitReady(ChildProcess process) {
        try {
            Matcher ready = READY.matcher(process.awaitLog("control channel listening on"));
            if (!ready.find()) {
                throw new AssertionError("no port: " + process);
            }
            return new LanderProcess(process, Integer.parseInt(ready.group("port")));
        } catch (AssertionError notReady) {
            process.close();
            throw notReady;
        }
    }

    /** The command that starts it with these arguments, with Lander's assertions on; more may be added. */
    public static List<String> command(String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(JavaProgram.java(), "-ea:dev.lander...", "-jar", jar().toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The packaged Lander. */
    public static Path jar() {
        Path jar = Path.of(System.getProperty("lander.jar", "target/lander.jar"));
        if (!Files.exists(jar)) {
            throw new AssertionError(jar + " is not there: mvn package makes it");
        }
        return jar;
    }

    public ChildProcess process() {
        return process;
    }

    /** The control channel's address. */
    public InetSocketAddress controlAddress() {
        return controlAddress;
    }

    /** A new control connection. */
    public ControlPeer control() throws IOException {
        return ControlPeer.connect(controlAddress);
    }

    @Override
    public void close() {
        process.close();
    }
}
