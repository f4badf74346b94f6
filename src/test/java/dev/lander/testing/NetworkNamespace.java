package dev.lander.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A machine of the test's own, as far as its network goes. It ends with the processes in it when it is closed. */
public final class NetworkNamespace implements AutoCloseable {
    private static final String LIFE_SECONDS = "600";

    /** Registers a server with several Landers, and tells each client its name. */
    private static final String COMPONENT = """
            import socket, sys, threading
            sys.path.insert(0, sys.argv[1])
            import lander
            name, protocol, port, relay_port, more = sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6]
            landers = [(each.rsplit(":", 1)[0], int(each.rsplit(":", 1)[1])) for each in sys.argv[7:]]
            kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
            family = socket.AF_INET6 if ":" in landers[0][0] else socket.AF_INET
            server = socket.socket(family, kind)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("", port))
            if protocol == "tcp":
                server.listen(4096)
            fields = dict(field.split("=") for field in more.split(",") if field)
            def serve():
                while True:
                    if protocol == "tcp":
                        client, _ = server.accept()
                        client.sendall(name.encode())
                        client.close()
                    else:
                        _, client = server.recvfrom(65535)
                        server.sendto(name.encode(), client)
            threading.Thread(target=serve, daemon=True).start()
            registration = lander.register(landers, protocol=protocol, port=port, relay_port=relay_port, name=name,
                wait=None, family=family, fields=fields)
            while len(registration.registered) < len(landers):
                threading.Event().wait(0.01)
            print("serves", flush=True)
            threading.Event().wait()
            """;

    private final List<ChildProcess> started = new ArrayList<>();
    private final ChildProcess holder;

    private NetworkNamespace() throws IOException {
        this.holder = ChildProcess.start(List.of("unshare", "-n", "sleep", LIFE_SECONDS));
        started.add(holder);
    }

    /** A new one, with loopback. The test is skipped where that is not allowed. */
    public static NetworkNamespace create() throws Exception {
        Programs.needAllowed(
                "network namespaces (root; Debian: iproute2, util-linux)",
                "unshare",
                "-n",
                "ip",
                "link",
                "add",
                "type",
                "veth");
        NetworkNamespace namespace = new NetworkNamespace();
        // Until it is one of its own, commands would be for this very machine.
        Await.until("it has a namespace of its own", () -> !networkOf(Long.toString(namespace.holder.pid()))
                .equals(networkOf("self")));
        namespace.run("ip link set lo up");
        return namespace;
    }

    private static Path networkOf(String process) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", process, "ns", "net"));
    }

    /** Joins the two by a pair of interfaces, which are up. */
    public void join(String here, NetworkNamespace other, String there) throws Exception {
        run("ip link add " + here + " type veth peer name " + there + " netns " + other.holder.pid());
        run("ip link set " + here + " up");
        other.run("ip link set " + there + " up");
    }

    /** Runs a command whose words are between blanks, and which succeeds. */
    public void run(String command) throws Exception {
        ChildProcess child = start(command.split(" ", -1));
        if (child.exitStatus() != 0) {
            throw new AssertionError(child.toString());
        }
    }

    /** Starts a command. */
    public ChildProcess start(String... command) throws IOException {
        List<String> whole = new ArrayList<>(List.of("nsenter", "-t", Long.toString(holder.pid()), "-n"));
        Collections.addAll(whole, command);
        ChildProcess child = ChildProcess.start(whole);
        started.add(child);
        return child;
    }

    /** Starts Lander with these options and the port; returns when it is ready. */
    public LanderProcess startLander(int port, String... options) throws IOException {
        List<String> command = LanderProcess.command(options);
        command.add(Integer.toString(port));
        return LanderProcess.awaitReady(start(command.toArray(String[]::new)));
    }

    /** Starts a Python program, given as text. */
    public ChildProcess python(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(PythonClient.python(), "-c", program));
        Collections.addAll(command, arguments);
        return start(command.toArray(String[]::new));
    }

    /**
     * Starts a component that tells each client its name and registers with all of these Landers; returns when they
     * have taken it.
     *
     * @param fields more of the register, {@code name=value} between commas
     * @param landers {@code ADDRESS:PORT}
     */
    public ChildProcess startComponent(
            String name, String protocol, int port, int relayPort, String fields, String... landers)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                System.getProperty("lander.clients", "clients"),
                name,
                protocol,
                Integer.toString(port),
                Integer.toString(relayPort),
                fields));
        Collections.addAll(arguments, landers);
        ChildProcess component = python(COMPONENT, arguments.toArray(String[]::new));
        Await.until("it is registered: " + component, () -> component.output().contains("serves"));
        return component;
    }

    @Override
    public void close() {
        started.forEach(ChildProcess::close);
    }
}
