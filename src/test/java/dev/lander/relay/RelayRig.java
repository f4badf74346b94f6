package dev.lander.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.relay.udp.UdpPeer;
import dev.lander.testing.Await;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.HeldClock;
import dev.lander.testing.RunningLander;
import dev.lander.testing.TestOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** A Lander with one relay port, and one control connection over which the port's components register. */
public final class RelayRig implements AutoCloseable {
    private static final int TIMEOUT_MS = 10_000;
    private static final int BACKLOG = 1_024;
    private static final Duration STEP = Duration.ofMillis(500);

    /** The same this many times in a row. */
    private static final int STALL = 100;

    /** The two ends of a relay. */
    public record Ends(Socket client, Socket component) {}

    private final HeldClock clock = new HeldClock();
    private final RunningLander lander;
    private final ControlPeer control;
    private final int port = FreePorts.next();
    private final Deque<AutoCloseable> owned = new ConcurrentLinkedDeque<>();

    private RelayRig(TestOptions options, boolean clockStands) throws IOException {
        this.lander = clockStands ? RunningLander.start(options, clock) : RunningLander.start(options);
        this.control = lander.control();
    }

    /** With default options. */
    public static RelayRig start() throws IOException {
        return start(new TestOptions());
    }

    public static RelayRig start(TestOptions options) throws IOException {
        return new RelayRig(options, false);
    }

    /** Time stands still for this Lander, but for {@link #advance}. */
    public static RelayRig startWithMovedClock(TestOptions options) throws IOException {
        return new RelayRig(options, true);
    }

    public RunningLander lander() {
        return lander;
    }

    public ControlPeer control() {
        return control;
    }

    /** The relay port. */
    public int port() {
        return port;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Moves the clock on in small steps; the loop has turned anew after each, with the new time. */
    public void advance(Duration by) {
        for (Duration left = by; !left.isZero(); ) {
            Duration step = left.compareTo(STEP) < 0 ? left : STEP;
            clock.advance(step);
            letTurn();
            left = left.minus(step);
        }
    }

    /** Moves the clock on, by which the loop ends, and waits for that. */
    public void advanceToTheEnd(Duration by) {
        clock.advance(by);
        Await.until("the loop has ended", lander::hasEnded);
    }

    /** Returns when the loop has dealt with all that was there: the first turn that ends may have begun before. */
    public void letTurn() {
        for (int i = 0; i < 2; i++) {
            assertTrue(lander.lander().turnsWithin(Duration.ofMillis(TIMEOUT_MS)), "the loop turns");
        }
    }

    /** All that the events bring is news to one and the same turn; only with {@link #startWithMovedClock}. */
    public void inOneTurn(HeldClock.Events events) throws Exception {
        letTurn();
        clock.hold(() -> Background.run(this::letTurn), events);
    }

    /** Closes it with the rig. */
    public <T extends AutoCloseable> T own(T resource) {
        owned.push(resource);
        return resource;
    }

    /** A component serves behind the relay port from now on. */
    public void register(String protocol, int componentPort, Object... more) throws IOException {
        assertEquals(0, control.register(protocol, componentPort, port, more), "register");
    }

    public void unregister(String protocol, int componentPort) throws IOException {
        assertEquals(0, control.unregister(protocol, componentPort, port), "unregister");
    }

    /** A client sends a request, which reaches the component. */
    public UdpPeer.Datagram send(UdpPeer client, UdpPeer component) throws IOException {
        client.send("request", address());
        UdpPeer.Datagram request = component.receive();
        assertEquals("request", request.text());
        return request;
    }

    /** Passes a client's request, and the component's answer; the request. */
    public UdpPeer.Datagram pass(UdpPeer client, UdpPeer component) throws IOException {
        UdpPeer.Datagram request = send(client, component);
        component.send("answer", request.from());
        assertEquals("answer", client.receive().text());
        letTurn();
        return request;
    }

    /** Takes a component out of rotation for good. */
    public void drain(String protocol, int componentPort) throws IOException {
        int error = control.ask("cmd", "drain", "protocol", protocol, "port", componentPort, "relay_port", port);
        assertEquals(0, error, "drain");
    }

    /** A component's listening socket, which the test accepts from; not registered yet. */
    public ServerSocket listen() throws IOException {
        return own(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
    }

    /** Like {@link #listen}, but its connections take in no more than a few kilobytes that are not read. */
    public ServerSocket listenWithSmallBuffer() throws IOException {
        ServerSocket listener = own(new ServerSocket());
        listener.setReceiveBufferSize(1);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        return listener;
    }

    /** A new client of the relay port. */
    public Socket connect() throws IOException {
        return prepare(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Like {@link #connect}, but it takes in no more than a few kilobytes that are not read. */
    public Socket connectWithSmallBuffer() throws IOException {
        Socket client = new Socket();
        client.setReceiveBufferSize(1);
        client.connect(address());
        return prepare(client);
    }

    public Socket accept(ServerSocket component) throws IOException {
        component.setSoTimeout(TIMEOUT_MS);
        return prepare(component.accept());
    }

    /** A new relay to this component, whose turn it must be; Lander knows that it stands. */
    public Ends relayTo(ServerSocket component) throws IOException {
        long total = number("tcp", component.getLocalPort(), "total");
        Ends ends = new Ends(connect(), accept(component));
        Await.until("the relay stands", () -> number("tcp", component.getLocalPort(), "total") == total + 1);
        return ends;
    }

    /** A relay to a component of its own, the only one. */
    public Ends relay() throws IOException {
        ServerSocket component = listen();
        register("tcp", component.getLocalPort());
        return relayTo(component);
    }

    /** A number from a component's status. */
    public long number(String protocol, int componentPort, String field) throws IOException {
        return status(protocol, componentPort, field).asIntegerValue().asLong();
    }

    /** A component's state. */
    public String state(String protocol, int componentPort) throws IOException {
        return status(protocol, componentPort, "state").asStringValue().asString();
    }

    /** A number of all components, in the order of registration. */
    public List<Long> numbers(String field) throws IOException {
        List<Long> numbers = new ArrayList<>();
        for (Value service : control.status().asArrayValue()) {
            for (Value component : get(service, "components").asArrayValue()) {
                numbers.add(get(component, field).asIntegerValue().asLong());
            }
        }
        return numbers;
    }

    /** The sum of a number over all components. */
    public long sum(String field) throws IOException {
        return numbers(field).stream().mapToLong(Long::longValue).sum();
    }

    /** Waits until a sum stays what it is; what stalls may still go on later, so nothing may depend on it. */
    public long awaitStall(String field) {
        AtomicLong last = new AtomicLong(-1);
        AtomicInteger unchanged = new AtomicInteger();
        Await.until(field + " stays the same", () -> {
            long now = sum(field);
            return now == last.getAndSet(now) ? unchanged.incrementAndGet() == STALL : unchanged.getAndSet(0) < 0;
        });
        return last.get();
    }

    @Override
    public void close() throws IOException {
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (IOException | RuntimeException fault) {
                throw fault;
            } catch (Exception fault) {
                throw new AssertionError("could not be closed", fault);
            }
        }
        control.close();
        lander.close();
    }

    private Socket prepare(Socket socket) throws IOException {
        own(socket);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private Value status(String protocol, int componentPort, String field) throws IOException {
        for (Value service : control.status().asArrayValue()) {
            if (get(service, "protocol").asStringValue().asString().equals(protocol)) {
                for (Value component : get(service, "components").asArrayValue()) {
                    if (get(component, "port").asIntegerValue().asInt() == componentPort) {
                        return get(component, field);
                    }
                }
            }
        }
        throw new AssertionError("no component " + componentPort);
    }

    private static Value get(Value map, String name) {
        Value value = map.asMapValue().map().get(ValueFactory.newString(name));
        if (value == null) {
            throw new AssertionError("no " + name + " in " + map);
        }
        return value;
    }
}
