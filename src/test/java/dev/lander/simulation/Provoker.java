package dev.lander.simulation;

import dev.lander.control.wire.Framing;
import dev.lander.simulation.network.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.msgpack.value.Value;

/** A control peer that asks for what it should not get, and knows the error that each gets. */
final class Provoker extends Actor implements ControlLine.Listener, ControlPeer {
    private static final long MOST_PAUSE_NS = World.S;
    private static final int PORT = 9_500;

    /** More registrations than one connection may have. */
    private static final int TOO_MANY = 2_049;

    private record Wish(Said said, Set<Integer> errors) {}

    private final ControlLine line;
    private boolean stopped;

    Provoker(Cast cast, String name, Host host) {
        super(cast, name, host);
        this.line = new ControlLine(this, random.nextBoolean() ? Framing.BARE : Framing.LENGTH_PREFIXED, this);
    }

    @Override
    public void begin() throws IOException {
        if (!stopped) {
            try {
                line.connect(cast.control());
            } catch (IOException noPortOrNobodyThere) {
                world.after(MOST_PAUSE_NS, this::begin);
                return;
            }
            next();
        }
    }

    @Override
    public void stop() {
        stopped = true;
        line.hangUp();
    }

    @Override
    public boolean isConnected() {
        return line.isOpen();
    }

    private void next() {
        if (stopped || !line.isOpen()) {
            return;
        }
        if (random.nextInt(100) == 0) {
            tell("registers too much");
            for (int i = 1; i <= TOO_MANY; i++) {
                line.say(register(i, Setting.CROWDED_PORT, List.of()), Set.of(0, 3, 7, 8, 10, 12, 13));
            }
        } else {
            Wish wish = wish(random.nextInt(24));
            line.say(wish.said(), wish.errors());
            if (wish.said().cmd().equals("register") && wish.errors().contains(0)) {
                line.say(
                        Said.of(
                                "unregister",
                                wish.said().protocol(),
                                wish.said().port(),
                                wish.said().relayPort()),
                        Set.of(0, 4));
            }
        }
        world.after(random.nextLong(MOST_PAUSE_NS), this::next);
    }

    private Wish wish(int dice) {
        int relayPort = service().relayPort();
        return switch (dice) {
            case 0 -> new Wish(Said.of("dance", "tcp", PORT, relayPort), Set.of(2));
            case 1 -> new Wish(Said.of("register", "sctp", PORT, relayPort), Set.of(6));
            case 2 -> new Wish(Said.of("register", "tcp", PORT, 0), Set.of(1));
            case 3 -> new Wish(Said.of("register", "tcp", PORT, relayPort, "weight", 257), Set.of(1));
            case 4 -> new Wish(Said.of("unregister", "udp", PORT, relayPort), Set.of(4));
            case 5 -> new Wish(Said.of("healthcheck", "udp", 0, relayPort, "state", "good"), Set.of(4));
            case 6 -> new Wish(Said.of("drain", "tcp", PORT, relayPort), Set.of(4));
            case 7 -> new Wish(Said.of("drain", "tcp", PORT, relayPort, "host", "10.0.0.77"), Set.of(10));
            case 8 -> new Wish(register(PORT, Setting.FORBIDDEN_PORT, List.of()), ended(11));
            case 9 -> new Wish(register(PORT, Setting.SQUATTED_PORT, List.of()), ended(8));
            case 12 -> new Wish(Said.of("register", "tcp", PORT, relayPort, "host", "10.0.0.77"), Set.of(10));
            case 13 -> new Wish(Said.of("undrain", "tcp", PORT, relayPort, "host", "10.0.0.77"), forOperators());
            case 14 -> new Wish(Said.of("relays", "", 0, 0), forOperators());
            case 15 -> new Wish(backupWithPriority(relayPort), Set.of(1));
            case 16 -> new Wish(Said.of("register", "tcp", PORT, 0, "relay-port", relayPort), Set.of(1));
            case 17 -> new Wish(Said.of("register", "tcp", PORT, relayPort, "token", 5), wrongTokenOrNone());
            case 18, 19, 20, 21 -> new Wish(OddRegister.draw(random).said(PORT, relayPort), Set.of(1));
            case 10 -> new Wish(Said.of("register", "tcp", PORT, relayPort, "token", "wrong"), wrongToken());
            case 11 -> {
                int own = cast.control().getPort();
                Set<Integer> errors = host == cast.landerHost() ? ended(5) : Set.of(0, 3, 7, 8, 10, 12, 13);
                yield new Wish(register(own, relayPort, terms()), errors);
            }
            default ->
                new Wish(
                        register(PORT, relayPort, List.of("balance", "leastconn", "max_new_per_second", 77)),
                        Set.of(0, 3, 7, 8, 10, 12, 13));
        };
    }

    private Terms service() {
        List<Terms> services = cast.setting().services();
        return services.get(random.nextInt(services.size()));
    }

    private List<Object> terms() {
        return service().fields("tcp");
    }

    private Said register(int port, int relayPort, List<Object> more) {
        List<Object> fields = new ArrayList<>(more);
        if (cast.setting().hasToken()) {
            fields.addAll(List.of("token", cast.token()));
        }
        return new Said("register", "tcp", port, relayPort, fields);
    }

    private Said backupWithPriority(int relayPort) {
        return Said.of("register", "udp", PORT, relayPort, "backup", true, "priority", 1);
    }

    private Set<Integer> forOperators() {
        return Set.of(10);
    }

    /** What is no text may be refused as such. */
    private static Set<Integer> wrongTokenOrNone() {
        return Set.of(1, 10);
    }

    /** As an end of Lander's and a changed token are found before it. */
    private Set<Integer> ended(int error) {
        return cast.setting().hasToken() ? Set.of(error, 7, 10, 13) : Set.of(error, 7, 13);
    }

    private Set<Integer> wrongToken() {
        return cast.setting().hasToken() ? Set.of(10) : Set.of(0, 7, 8, 12, 13);
    }

    @Override
    void act() throws IOException {
        if (line.isOpen() && !line.proceed()) {
            tell("has lost Lander");
            world.after(random.nextLong(MOST_PAUSE_NS), this::begin);
        }
    }

    @Override
    public void onReply(Said command, int error, Map<Value, Value> reply) {
        // The line has checked that it is as expected.
    }

    @Override
    public void onPush(Map<Value, Value> message) {
        // A check of something that it should not have got for long.
    }
}
