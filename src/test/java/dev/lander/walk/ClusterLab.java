package dev.lander.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.NetworkNamespace;
import dev.lander.testing.PythonClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * Three Landers of one cluster and two machines with components and clients, each a network namespace of its own. Two
 * switches, joined by a cable: Lander 1 and the machine WEST at one, Landers 2 and 3 and the machine EAST at the other.
 */
public final class ClusterLab implements AutoCloseable {
    /** The machine beside Lander 1. */
    public static final int WEST = 4;

    /** The machine beside Landers 2 and 3. */
    public static final int EAST = 5;

    public static final int LANDERS = 3;

    /** Clients' programs and Landers start slowly on a busy machine. */
    public static final Duration LONG = Duration.ofSeconds(60);

    /** All agree so soon after they are joined again. */
    public static final Duration AGREEMENT = Duration.ofSeconds(10);

    public static final int CONTROL_PORT = 9988;
    private static final long BETWEEN_LOOKS_NS = 100_000_000;
    private static final String NOBODY = "02:00:00:00:00:99";

    private final List<NetworkNamespace> machines = new ArrayList<>(); // the first has the switches
    private final Map<Integer, LanderProcess> landers = new TreeMap<>();
    private final Path key;
    private final String net;

    private List<String> environment = List.of();

    private ClusterLab(Path folder, String net) throws IOException {
        this.key = Files.writeString(folder.resolve("cluster.key"), "a key of this test alone\n");
        this.net = net;
    }

    /** A network without a Lander; the test is skipped where that is not allowed. The key is written to the folder. */
    public static ClusterLab create(Path folder) throws Exception {
        return create(folder, "10.9.0.");
    }

    /** The same, with IPv6 and nothing else. */
    public static ClusterLab createIpv6(Path folder) throws Exception {
        return create(folder, "fd09::");
    }

    private static ClusterLab create(Path folder, String net) throws Exception {
        ClusterLab lab = new ClusterLab(folder, net);
        try {
            lab.connectMachines();
            return lab;
        } catch (Exception | Error failed) {
            lab.close();
            throw failed;
        }
    }

    private void connectMachines() throws Exception {
        NetworkNamespace switches = NetworkNamespace.create();
        machines.add(switches);
        switches.run("ip link add west type bridge");
        switches.run("ip link add east type bridge");
        switches.run("ip link add cable-west type veth peer name cable-east");
        for (String side : List.of("west", "east")) {
            switches.run("ip link set cable-" + side + " master " + side);
            switches.run("ip link set " + side + " up");
        }
        joinSides();
        for (int i = 1; i <= EAST; i++) {
            NetworkNamespace machine = NetworkNamespace.create();
            machines.add(machine);
            machine.join("e0", switches, "p" + i);
            switches.run("ip link set p" + i + " master " + (i == 1 || i == WEST ? "west" : "east"));
            machine.run("ip addr add " + address(i) + (isIpv6() ? "/64 dev e0 nodad" : "/24 dev e0"));
        }
    }

    private boolean isIpv6() {
        return net.contains(":");
    }

    @Override
    public void close() {
        machines.forEach(NetworkNamespace::close);
    }

    /** The address of a Lander or another machine. */
    public String address(int machine) {
        return net + machine;
    }

    /** With a port: what options and clients take. */
    public String address(int machine, int port) {
        return (isIpv6() ? "[" + address(machine) + "]" : address(machine)) + ":" + port;
    }

    public NetworkNamespace machine(int number) {
        return machines.get(number);
    }

    public Path key() {
        return key;
    }

    /** Of Landers that are started from now on, {@code NAME=VALUE} each. */
    public void setEnvironment(String... all) {
        environment = List.of(all);
    }

    /** All three, as members of one cluster with these options more; returns when they have found each other. */
    public void startAll(String... options) throws Exception {
        List<ChildProcess> starting = new ArrayList<>();
        for (int i = 1; i <= LANDERS; i++) {
            starting.add(begin(i, listingAll(options)));
        }
        for (int i = 1; i <= LANDERS; i++) {
            landers.put(i, ready(starting.get(i - 1)));
        }
        awaitMembers(LANDERS);
    }

    /** Starts one with the list of all. */
    public void start(int number, String... options) throws Exception {
        startListing(number, listingAll(options));
    }

    /** Starts one whose options hold the list of members. */
    public void startListing(int number, String... options) throws Exception {
        landers.put(number, ready(begin(number, options)));
    }

    /** Ends one in order and starts it again, with the list of all; returns when it serves. */
    public void restart(int number, String... options) throws Exception {
        lander(number).process().signal("TERM");
        assertEquals(
                0, lander(number).process().exitStatus(LONG), lander(number).process()::toString);
        start(number, options);
        awaitServing(number);
    }

    /** Waits until it says that it serves. */
    public void awaitServing(int number) {
        await("it says that it serves", LONG, () -> get(number, "/healthz").equals("ok"));
    }

    private static LanderProcess ready(ChildProcess lander) {
        await(
                "it is ready: " + lander,
                LONG,
                () -> !lander.isAlive() || isLogged(lander, "control channel listening on"));
        return LanderProcess.awaitReady(lander);
    }

    private ChildProcess begin(int number, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("env"));
        command.addAll(environment);
        command.addAll(LanderProcess.command("--cluster-key-file=" + key, "--admin=8080"));
        command.addAll(List.of(options));
        command.add(Integer.toString(CONTROL_PORT));
        return machine(number).start(command.toArray(String[]::new));
    }

    private String[] listingAll(String... options) {
        List<String> all = new ArrayList<>(
                List.of("--cluster=" + String.join(",", bracketed(1), bracketed(2), bracketed(LANDERS))));
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }

    private String bracketed(int number) {
        return isIpv6() ? "[" + address(number) + "]" : address(number);
    }

    public LanderProcess lander(int number) {
        LanderProcess lander = landers.get(number);
        if (lander == null) {
            throw new AssertionError("Lander " + number + " was not started");
        }
        return lander;
    }

    /** Waits until each that was started knows so many members, itself among them. */
    public void awaitMembers(int count) {
        for (int number : landers.keySet()) {
            await(
                    "Lander " + number + " knows " + count + " members",
                    LONG,
                    () -> status(number).members() == count);
        }
    }

    /**
     * Waits until each Lander says that these components are registered, each once, and all say the same of them.
     *
     * @param names as {@link LabStatus#names} has them
     * @return how long it took, in milliseconds
     */
    public long awaitAgreement(String names) {
        long begunNs = System.nanoTime();
        List<LabStatus> last = new ArrayList<>();
        try {
            await("all Landers say the same", AGREEMENT, () -> {
                last.clear();
                for (int number : landers.keySet()) {
                    last.add(status(number));
                }
                return last.stream()
                        .allMatch(one -> one.members() == landers.size()
                                && one.names().equals(names)
                                && one.agreed().equals(last.get(0).agreed()));
            });
        } catch (AssertionError disagreed) {
            StringBuilder said = new StringBuilder("wanted: " + names);
            last.forEach(one -> said.append("\n").append(one));
            landers.forEach((number, lander) ->
                    said.append("\n\nLander ").append(number).append(": ").append(lander.process()));
            throw new AssertionError(said.toString(), disagreed);
        }
        return (System.nanoTime() - begunNs) / 1_000_000;
    }

    /** Waits until each Lander reaches all components, and returns how long it took, in milliseconds. */
    public long awaitReached() {
        long begunNs = System.nanoTime();
        for (int number : landers.keySet()) {
            await("Lander " + number + " reaches all", LONG, () -> status(number).components().stream()
                    .noneMatch(one -> one.state().equals("unreachable")));
        }
        return (System.nanoTime() - begunNs) / 1_000_000;
    }

    /** Waits for something that is asked of other processes, so not all the time. */
    public static void await(String what, Duration limit, Callable<Boolean> condition) {
        Await.until(what, limit, () -> {
            boolean holds = condition.call();
            if (!holds) {
                LockSupport.parkNanos(BETWEEN_LOOKS_NS);
            }
            return holds;
        });
    }

    /** Parts Lander 1 and WEST from the others. */
    public void partSides() throws Exception {
        machine(0).run("ip link set cable-west down");
    }

    /** Undoes {@link #partSides}, or joins them first. */
    public void joinSides() throws Exception {
        machine(0).run("ip link set cable-west up");
        machine(0).run("ip link set cable-east up");
    }

    /** From now on what the two send to each other gets lost. */
    public void part(int one, int other) throws Exception {
        machine(one).run("ip neigh replace " + address(other) + " lladdr " + NOBODY + " dev e0 nud permanent");
        machine(other).run("ip neigh replace " + address(one) + " lladdr " + NOBODY + " dev e0 nud permanent");
    }

    /** Undoes {@link #part}. */
    public void join(int one, int other) throws Exception {
        machine(one).run("ip neigh del " + address(other) + " dev e0");
        machine(other).run("ip neigh del " + address(one) + " dev e0");
    }

    /**
     * Starts a component that tells each client its name; returns when these Landers have taken it. It goes on trying
     * when a Lander is lost.
     *
     * @param fields more of the register, {@code name=value} between commas
     */
    public ChildProcess startComponent(
            int machine, String name, int port, int relayPort, String fields, int... registeredWith)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                System.getProperty("lander.clients", "clients"),
                name,
                Integer.toString(port),
                Integer.toString(relayPort),
                fields));
        for (int lander : registeredWith) {
            arguments.add(address(lander, CONTROL_PORT));
        }
        ChildProcess component = program(machine, "component.py", arguments.toArray(String[]::new));
        await("it is registered: " + component, LONG, () -> component.output().contains("serves"));
        return component;
    }

    /** Starts clients on a machine that ask in turn, this many a second; returns when some were served. */
    public Clients startClients(int machine, int rate, String... targets) throws IOException {
        return startClients(machine, rate, "come", targets);
    }

    /** The same, and at each address one more whose connection stays. */
    public Clients startStayingClients(int machine, int rate, String... targets) throws IOException {
        return startClients(machine, rate, "stay", targets);
    }

    private Clients startClients(int machine, int rate, String how, String... targets) throws IOException {
        return startClients(machine, "clients.py", List.of(Integer.toString(rate), "25", how), targets);
    }

    /**
     * Starts clients that ask by a datagram each, which they send once; returns when some were asked.
     *
     * @param sockets "new" for each question, or the "same" for all at an address
     */
    public Clients startDatagrams(int machine, int rate, String sockets, String... targets) throws IOException {
        return startClients(machine, "datagrams.py", List.of(Integer.toString(rate), "10", sockets), targets);
    }

    private Clients startClients(int machine, String program, List<String> how, String... targets) throws IOException {
        List<String> arguments = new ArrayList<>(how);
        arguments.addAll(List.of(targets));
        ChildProcess clients = program(machine, program, arguments.toArray(String[]::new));
        await("clients are under way: " + clients, LONG, () -> clients.output().contains("under way"));
        return new Clients(clients);
    }

    /** Starts a program of the resources. */
    public ChildProcess program(int machine, String name, String... arguments) throws IOException {
        try (InputStream text = ClusterLab.class.getResourceAsStream("/cluster/" + name)) {
            if (text == null) {
                throw new AssertionError("no resource " + name);
            }
            return machine(machine).python(new String(text.readAllBytes(), StandardCharsets.UTF_8), arguments);
        }
    }

    /** Runs {@code landerctl.py} on a Lander's own machine. */
    public void landerctl(int lander, String... arguments) throws Exception {
        ChildProcess landerctl = beginLanderctl(lander, arguments);
        assertEquals(0, landerctl.exitStatus(LONG), landerctl::toString);
    }

    /** The same, without waiting for its end. */
    public ChildProcess beginLanderctl(int lander, String... arguments) throws Exception {
        String script = Path.of(System.getProperty("lander.clients", "clients"), "landerctl.py")
                .toString();
        List<String> command = new ArrayList<>(List.of(PythonClient.python(), script, "127.0.0.1:" + CONTROL_PORT));
        command.addAll(List.of(arguments));
        return machine(lander).start(command.toArray(String[]::new));
    }

    /** What a Lander says of all that it knows. */
    public LabStatus status(int lander) throws Exception {
        return LabStatus.of(get(lander, "/api/status"));
    }

    /** What a Lander's admin port answers on its own machine. */
    public String get(int lander, String path) throws Exception {
        ChildProcess curl = machine(lander).start("curl", "-sS", "--max-time", "5", "http://127.0.0.1:8080" + path);
        assertEquals(0, curl.exitStatus(), curl::toString);
        return String.join("\n", curl.output());
    }

    /** Whether a Lander has logged this. */
    public boolean logged(int lander, String text) {
        return isLogged(lander(lander).process(), text);
    }

    private static boolean isLogged(ChildProcess process, String text) {
        return process.log().stream().anyMatch(line -> line.contains(text));
    }
}
