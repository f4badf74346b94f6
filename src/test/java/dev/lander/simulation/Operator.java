package dev.lander.simulation;

import dev.lander.control.wire.Framing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.msgpack.value.Value;

/** Somebody on Lander's own machine who asks for the status and for what is open, and drains components. */
final class Operator extends Actor implements ControlLine.Listener, ControlPeer {
    private static final long MOST_PAUSE_NS = 3 * World.S;

    private final DrainNews drainNews = new DrainNews(this);
    private final ControlLine line;
    private final List<Said> drained = new ArrayList<>();
    private boolean stopped;
    private int statuses;

    Operator(Cast cast, String name) {
        super(cast, name, cast.landerHost());
        this.line = new ControlLine(this, random.nextBoolean() ? Framing.BARE : Framing.LENGTH_PREFIXED, this);
    }

    @Override
    public void begin() throws IOException {
        try {
            line.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), cast.control().getPort()));
        } catch (IOException noPortOrNobodyThere) {
            world.after(MOST_PAUSE_NS, this::begin);
            return;
        }
        next();
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public boolean isConnected() {
        return line.isOpen();
    }

    DrainNews drainNews() {
        return drainNews;
    }

    private void next() {
        List<Supplier<Said>> wishes = List.of(
                () -> Said.of("status", "", 0, 0),
                () -> Said.of("status", "", 0, anyComponent().plan().terms().relayPort()),
                () -> Said.of("relays", "", 0, 0),
                () -> Said.of("relays", "", 0, anyComponent().plan().terms().relayPort()),
                this::drain,
                this::undrain);
        if (!stopped && line.isOpen()) {
            line.say(wishes.get(random.nextInt(wishes.size())).get());
            world.after(random.nextLong(MOST_PAUSE_NS), this::next);
        }
    }

    private ServiceComponent anyComponent() {
        return cast.components().get(random.nextInt(cast.components().size()));
    }

    private Said drain() {
        ServiceComponent component = anyComponent();
        String protocol = component
                .plan()
                .protocols()
                .get(random.nextInt(component.plan().protocols().size()));
        tell("drains " + component + " " + protocol);
        Said drain = component.named("drain", protocol);
        drained.add(drain);
        return drain;
    }

    /** Ends a drain of its own, or, when it has asked for none, one that is none. */
    private Said undrain() {
        Said drain = drained.isEmpty()
                ? anyComponent().named("drain", "tcp")
                : drained.remove(random.nextInt(drained.size()));
        tell("undrains " + drain.service() + " " + drain.port());
        return new Said("undrain", drain.protocol(), drain.port(), drain.relayPort(), drain.more());
    }

    @Override
    void act() throws IOException {
        if (line.isOpen() && !line.proceed()) {
            tell("has lost Lander");
        }
    }

    @Override
    public void onReply(Said command, int error, Map<Value, Value> reply) {
        if (command.cmd().equals("status")) {
            statuses++;
            world.check(ControlLine.has(reply, "services"), this, "a status has the services: " + reply);
        } else if (command.cmd().equals("relays")) {
            world.check(ControlLine.has(reply, "relays"), this, "a page of relays has them: " + reply);
        }
    }

    @Override
    public void onPush(Map<Value, Value> message) {
        drainNews.onPush(message);
    }

    int statuses() {
        return statuses;
    }
}
