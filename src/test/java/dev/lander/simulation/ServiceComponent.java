package dev.lander.simulation;

import dev.lander.control.wire.Framing;
import dev.lander.simulation.network.SimulatedDatagramChannel;
import dev.lander.simulation.network.SimulatedListenerChannel;
import dev.lander.simulation.network.SimulatedSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.msgpack.value.Value;

/** A server that registers with Lander and answers over TCP and UDP; it may drain, leave, crash and come back. */
final class ServiceComponent extends Actor {
    private static final int PORT = 9_000;

    private final InetSocketAddress control;
    private final Plan plan;
    private final List<Echo> echoes = new ArrayList<>();
    private final SortedSet<String> registered = new TreeSet<>();

    /** What replies will answer, in their order: registrations to come, or empty. */
    private final ArrayDeque<Runnable> asked = new ArrayDeque<>();

    private ControlLine line;
    private @Nullable SimulatedListenerChannel tcp;
    private @Nullable SimulatedDatagramChannel udp;

    /**
     * What it does.
     *
     * @param relayPort the port that it asks for, on TCP and UDP
     * @param responses declared answers to a datagram; less than 0 = none declared
     * @param framing how it speaks to Lander
     * @param answersChecks whether it answers health checks
     */
    record Plan(int relayPort, int responses, Framing framing, boolean answersChecks) {}

    ServiceComponent(World world, String name, InetSocketAddress control, Plan plan) {
        super(world, name);
        this.control = control;
        this.plan = plan;
        this.line = new ControlLine(this, plan.framing(), this::onMessage);
    }

    /** What Lander has confirmed, as {@code protocol/port}. */
    SortedSet<String> registered() {
        return registered;
    }

    boolean isUp() {
        return line.isOpen();
    }

    /** Starts its sockets, and registers. */
    void start() throws IOException {
        tell("starts");
        SimulatedListenerChannel listener = (SimulatedListenerChannel) sockets.openServerSocketChannel();
        listener.bind(new InetSocketAddress(host.address(), PORT), 100);
        listener.watch(this::wake);
        tcp = listener;
        SimulatedDatagramChannel datagrams = (SimulatedDatagramChannel) sockets.openDatagramChannel();
        datagrams.bind(new InetSocketAddress(host.address(), PORT));
        datagrams.watch(this::wake);
        udp = datagrams;
        line = new ControlLine(this, plan.framing(), this::onMessage);
        line.connect(control);
        register("tcp");
        register("udp");
    }

    /** Leaves in order, and serves on what it has. */
    void leave() throws IOException {
        if (line.isOpen()) {
            tell("leaves");
            line.close();
            registered.clear();
            asked.clear();
        }
    }

    /** Unregisters one of the two, and registers it again. */
    void blink(String protocol) throws IOException {
        if (line.isOpen() && registered.contains(protocol + "/" + plan.relayPort())) {
            tell("blinks " + protocol);
            line.say("cmd", "unregister", "protocol", protocol, "port", PORT, "relay_port", plan.relayPort());
            asked.add(() -> registered.remove(protocol + "/" + plan.relayPort()));
            register(protocol);
        }
    }

    /** Its process is gone: what it had is closed, or reset where something was not read. */
    void crash() throws IOException {
        tell("crashes");
        leave();
        for (Echo echo : echoes) {
            if (random.nextBoolean()) {
                echo.reset();
            } else {
                echo.close();
            }
        }
        echoes.clear();
        if (tcp != null) {
            tcp.close();
        }
        if (udp != null) {
            udp.close();
        }
    }

    @Override
    void act() throws IOException {
        if (line.isOpen() && !line.proceed()) {
            tell("has lost Lander");
            registered.clear();
            asked.clear();
        }
        if (tcp != null && tcp.isOpen()) {
            for (SocketChannel accepted = tcp.accept(); accepted != null; accepted = tcp.accept()) {
                SimulatedSocketChannel connection = (SimulatedSocketChannel) accepted;
                connection.watch(this::wake);
                echoes.add(new Echo(connection));
            }
        }
        for (Echo echo : echoes) {
            echo.proceed();
        }
        echoes.removeIf(Echo::isOver);
        answerDatagrams();
    }

    private void answerDatagrams() throws IOException {
        SimulatedDatagramChannel datagrams = udp;
        if (datagrams == null || !datagrams.isOpen()) {
            return;
        }
        ByteBuffer datagram = ByteBuffer.allocate(65_535);
        for (SocketAddress sender = datagrams.receive(datagram.clear());
                sender != null;
                sender = datagrams.receive(datagram.clear())) {
            datagram.flip();
            if (plan.responses() != 0) {
                datagrams.send(datagram, sender);
            }
        }
    }

    private void register(String protocol) throws IOException {
        List<Object> fields = new ArrayList<>(
                List.of("cmd", "register", "protocol", protocol, "port", PORT, "relay_port", plan.relayPort()));
        if (plan.responses() >= 0) {
            fields.addAll(List.of("responses", plan.responses()));
        }
        line.say(fields.toArray());
        asked.add(() -> registered.add(protocol + "/" + plan.relayPort()));
    }

    private void onMessage(Map<Value, Value> message) {
        if (ControlLine.text(message, "cmd").equals("healthcheck")) {
            if (plan.answersChecks()) {
                answerCheck(ControlLine.text(message, "protocol"));
            }
        } else if (ControlLine.text(message, "cmd").isEmpty()) {
            Runnable confirmed = asked.remove();
            int error = ControlLine.number(message, "error");
            if (error == 0) {
                confirmed.run();
            } else {
                tell("is refused: " + error + " " + ControlLine.text(message, "message"));
            }
        }
    }

    private void answerCheck(String protocol) {
        try {
            line.say("cmd", "healthcheck", "protocol", protocol, "port", plan.relayPort(), "state", "good");
            asked.add(() -> {});
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
