package dev.lander.simulation;

import dev.lander.simulation.network.Descriptors;
import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.SimulatedProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.msgpack.value.Value;

/** A server that registers with Lander and answers over TCP and UDP; it may drain, leave, crash and come back. */
final class ServiceComponent extends Actor implements ControlLine.Listener {
    private static final long RETRY_NS = World.S;

    /** Longer than it takes to do anything. */
    private static final long REFUSAL_NS = 100 * World.MS;

    private final ComponentPlan plan;

    /** From where it speaks to Lander. */
    private final SimulatedProvider caller;

    private final DrainNews drainNews;
    private final StreamServer streams;
    private final DatagramServer datagrams;
    private final Set<String> ownDrains = new TreeSet<>();
    private ControlLine line;
    private boolean lies;
    private boolean running;

    /** It has stood still, crashed, been cut off or has begun anew: Lander may think what it likes of it. */
    private boolean troubled;

    private boolean crashed;

    /** It no longer answered on a connection that still had its registrations. */
    private boolean missesChecks;

    ServiceComponent(Cast cast, String name, Host host, ComponentPlan plan) {
        super(cast, name, host);
        this.plan = plan;
        this.drainNews = new DrainNews(this);
        this.streams = new StreamServer(this);
        this.datagrams = new DatagramServer(this, plan);
        this.caller = plan.byRegistrar()
                ? new SimulatedProvider(cast.world().addHost(name + "'s registrar"), new Descriptors(World.PLENTY))
                : sockets;
        this.line = newLine();
    }

    private ControlLine newLine() {
        return new ControlLine(this, caller, plan.framing(), this);
    }

    ComponentPlan plan() {
        return plan;
    }

    boolean greets() {
        return plan.terms().greets();
    }

    boolean isUp() {
        return line.isOpen();
    }

    boolean isTroubled() {
        return troubled;
    }

    /** Whether it has ever crashed. */
    boolean hasCrashed() {
        return crashed;
    }

    /** Whether it has perhaps left a check unanswered while it moved to another connection. */
    boolean missesChecks() {
        return missesChecks;
    }

    void trouble() {
        troubled = true;
    }

    DatagramServer datagrams() {
        return datagrams;
    }

    DrainNews drainNews() {
        return drainNews;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(host.address(), plan.port());
    }

    /** What it has asked to be taken out of rotation, as {@code tcp/5000 9000}. */
    Set<String> ownDrains() {
        return ownDrains;
    }

    /** Whether that is still registered, and draining, as the model has it. */
    boolean isDraining(String drained) {
        String key = drained.replaceFirst(" ", " " + host.address().getHostAddress() + ":");
        return cast.model().registered().contains(key)
                && cast.model().state(key).equals("draining");
    }

    /** Starts its sockets, and registers. */
    void start() throws IOException {
        if (running || cast.isQuiet()) {
            return;
        }
        tell("starts " + plan);
        running = true;
        streams.open();
        datagrams.open();
        call();
    }

    /** Refuses new clients and datagrams, though it is registered. */
    void refuse() throws IOException {
        if (isFrozen()) {
            world.after(frozenNs() + REFUSAL_NS, this::refuse); // when it has taken who has come meanwhile
            return;
        }
        tell("refuses clients");
        troubled = true;
        streams.refuse();
        datagrams.close();
    }

    /** Serves again what {@link #refuse} refused. */
    void relent() throws IOException {
        if (running) {
            tell("serves again");
            streams.open();
            datagrams.open();
        }
    }

    private void call() throws IOException {
        line = newLine();
        try {
            line.connect(cast.control());
        } catch (IOException landerHasEndedOrNoPort) {
            return; // told at once, on Lander's own machine
        }
        plan.protocols().forEach(this::register);
    }

    /** Leaves in order, and serves on what it has. */
    void leave() throws IOException {
        if (line.isOpen()) {
            tell("leaves");
            line.close();
        }
    }

    /** Unregisters one of its services, and registers it again at once. */
    void blink(String protocol) {
        if (line.isOpen() && has(protocol)) {
            tell("blinks " + protocol);
            line.say(said("unregister", protocol));
            register(protocol);
        }
    }

    /** Another process, or the same one after a lost link, takes its registrations over; the old link ends later. */
    void takeOver() throws IOException {
        if (line.isOpen() && line.isAnswered()) {
            tell("takes over from itself");
            missesChecks = true;
            ControlLine before = line;
            drainNews.forget();
            call();
            world.after(random.nextLong(3 * World.S), before::close);
        }
    }

    /** Asks to be taken out of rotation. */
    void drain(String protocol) {
        if (line.isOpen() && has(protocol)) {
            tell("drains " + protocol);
            ownDrains.add(protocol + "/" + plan.terms().relayPort() + " " + plan.port());
            line.say(said("drain", protocol));
        }
    }

    /** Reports what is not so, or the truth again. */
    void lie(boolean bad) {
        if (plan.answersChecks()) {
            tell(bad ? "says that it is bad" : "says that it is good again");
            lies = bad;
        }
    }

    /** Its process is gone: what it had is closed, or reset where something was not read. */
    void crash() throws IOException {
        if (!running) {
            return;
        }
        tell("crashes");
        troubled = true;
        crashed = true;
        running = false;
        line.close();
        streams.crash();
        datagrams.close();
    }

    @Override
    void act() throws IOException {
        if (line.isOpen() && !line.proceed()) {
            tell("has lost Lander");
        }
        streams.proceed();
        datagrams.receive();
    }

    /** What an operator says of it: who it is, and which of the services that share a port it serves. */
    Said named(String cmd, String protocol) {
        List<Object> fields = new ArrayList<>(plan.terms().route(protocol));
        fields.addAll(List.of("host", host.address().getHostAddress()));
        return new Said(cmd, protocol, plan.port(), plan.terms().relayPort(), fields);
    }

    private boolean has(String protocol) {
        String address = host.address().getHostAddress() + ":" + plan.port();
        return line.has(protocol + "/" + plan.terms().relayPort(), address);
    }

    /** What it says of itself. */
    private Said said(String cmd, String protocol) {
        return new Said(cmd, protocol, plan.port(), plan.terms().relayPort(), elsewhere());
    }

    /** Who it is, where that is not who speaks. */
    private List<Object> elsewhere() {
        return plan.byRegistrar() ? List.of("host", host.address().getHostAddress()) : List.of();
    }

    private void register(String protocol) {
        List<Object> fields = new ArrayList<>(plan.terms().fields(protocol));
        fields.addAll(plan.more());
        fields.addAll(elsewhere());
        boolean fits = !(protocol.equals("udp") && plan.proxyProtocol().equals("v1"));
        if (!plan.proxyProtocol().equals("none") && fits) {
            fields.addAll(List.of("proxy_protocol", protocol.equals("tcp") ? tcpHeader() : plan.proxyProtocol()));
        }
        if (cast.setting().hasToken()) {
            fields.addAll(List.of("token", cast.token()));
        }
        line.say(new Said("register", protocol, plan.port(), plan.terms().relayPort(), fields));
    }

    /** Each of its connections is a client's own. */
    private String tcpHeader() {
        return plan.proxyProtocol().replace("-each", "");
    }

    @Override
    public void onReply(Said command, int error, Map<Value, Value> reply) {
        boolean mayBeBetter = error == 8 || error == 10 || error == 12;
        if (command.cmd().equals("register") && mayBeBetter && !cast.isQuiet()) {
            ControlLine asked = line;
            world.after(RETRY_NS, () -> {
                if (asked == line && line.isOpen() && !cast.isQuiet()) {
                    register(command.protocol());
                }
            });
        }
    }

    @Override
    public void onPush(Map<Value, Value> message) {
        if (ControlLine.text(message, "cmd").equals("drain")) {
            drainNews.onPush(message);
        } else if (plan.answersChecks()) {
            String state = lies ? "bad" : "good";
            List<Object> fields = new ArrayList<>(List.of("state", state));
            fields.addAll(elsewhere());
            String protocol = ControlLine.text(message, "protocol");
            line.say(new Said("healthcheck", protocol, 0, ControlLine.number(message, "port"), fields));
        }
    }
}
