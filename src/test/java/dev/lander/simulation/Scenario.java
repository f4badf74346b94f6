package dev.lander.simulation;

import static dev.lander.simulation.World.MS;
import static dev.lander.simulation.World.S;

import dev.lander.control.wire.Framing;
import dev.lander.simulation.network.Barrier;
import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Everybody and everything that comes into a run, as its seed decides. */
final class Scenario {
    static final long SERVED_NS = 20 * S;
    private static final int COMPONENT_PORT = 9_000;
    private static final int ILLS = 100;

    private final SplittableRandom random;
    private final Setting setting;
    private final List<Part> parts = new ArrayList<>();
    private int components;

    private Scenario(Setting setting, SplittableRandom random) {
        this.setting = setting;
        this.random = random;
    }

    static List<Part> draw(Setting setting, SplittableRandom random) {
        Scenario scenario = new Scenario(setting, random);
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            scenario.addComponent();
        }
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
            scenario.addTcpClient(i);
        }
        for (int i = 0; i < random.nextInt(10); i++) {
            scenario.addUdpClient(i);
        }
        scenario.addControlPeers();
        scenario.addGarbage();
        scenario.addTroubles();
        return scenario.parts;
    }

    private void add(String what, Part.Entry entry) {
        parts.add(new Part(what, entry));
    }

    private Terms service() {
        return setting.services().get(random.nextInt(setting.services().size()));
    }

    private void addComponent() {
        int number = components++;
        String name = "component" + number;
        boolean local = random.nextInt(6) == 0;
        int port = local ? COMPONENT_PORT + 100 + number : COMPONENT_PORT;
        ComponentPlan plan = plan(port);
        long startNs = random.nextLong(S);
        add(name + (local ? " on Lander's machine" : ""), cast -> {
            Host host = local ? cast.landerHost() : cast.world().addHost(name);
            ServiceComponent component = new ServiceComponent(cast, name, host, plan);
            cast.components().add(component);
            cast.world().after(startNs, component::start);
        });
        for (int i = random.nextInt(3); i > 0; i--) {
            addFate(number, plan, S + random.nextLong(SERVED_NS));
        }
    }

    private ComponentPlan plan(int port) {
        Terms service = service();
        List<List<String>> protocols = List.of(List.of("tcp", "udp"), List.of("tcp"), List.of("udp"));
        int dice = random.nextInt(10);
        DatagramServer.Habit habit = habit();
        List<Object> more = new ArrayList<>();
        addField(more, "weight", 1 + random.nextInt(4), 4);
        addField(more, "max_connections", 1 + random.nextInt(4), 4);
        addField(more, "slow_start", 1 + random.nextInt(5) + "s", 5);
        addField(more, "max_duration", 1 + random.nextInt(10) + "s", 6);
        addField(more, "max_bytes_per_second", 20_000 + random.nextInt(500_000), 6);
        if (takes("backup", 5)) {
            more.addAll(List.of("backup", true));
        } else {
            addField(more, "priority", random.nextInt(3), 4);
        }
        String header = List.of("none", "none", "none", "v1", "v2", "v2-each").get(random.nextInt(6));
        Framing framing = random.nextBoolean() ? Framing.BARE : Framing.LENGTH_PREFIXED;
        boolean answers = random.nextInt(4) > 0;
        return new ComponentPlan(
                service,
                protocols.get(service.sharesPort() ? 1 : dice < 6 ? 0 : dice < 8 ? 1 : 2),
                port,
                framing,
                answers,
                habit,
                header,
                takes("host", 3) && setting.hasToken() && port == COMPONENT_PORT,
                List.copyOf(more));
    }

    private DatagramServer.Habit habit() {
        DatagramServer.Habit drawn = DatagramServer.Habit.KEEPS_ITS_WORD;
        for (DatagramServer.Habit habit : DatagramServer.Habit.values()) {
            if (takes(habit.name(), 8) && (habit != DatagramServer.Habit.TOO_MUCH || !setting.keepsWord())) {
                drawn = habit;
            }
        }
        return drawn;
    }

    private boolean takes(String feature, int oneIn) {
        return setting.swarm().takes(feature, oneIn, random);
    }

    private void addField(List<Object> fields, String name, Object value, int oneIn) {
        if (takes(name, oneIn)) {
            fields.add(name);
            fields.add(value);
        }
    }

    /** Something that a component does, or that befalls it. */
    private interface Fate {
        void befall(ServiceComponent component) throws Exception;
    }

    private void addFate(int number, ComponentPlan plan, long atNs) {
        String protocol = plan.protocols().get(random.nextInt(plan.protocols().size()));
        long lengthNs = random.nextLong(6 * S);
        switch (takes("ills", 4) ? ILLS : random.nextInt(10)) {
            case 0 -> befall(number, "blinks", atNs, component -> component.blink(protocol));
            case 1 -> befall(number, "leaves", atNs, ServiceComponent::leave);
            case 2 -> befall(number, "takes over", atNs, ServiceComponent::takeOver);
            case 3 -> befall(number, "drains", atNs, component -> component.drain(protocol));
            case 4 -> {
                befall(number, "is bad", atNs, component -> component.lie(true));
                befall(number, "is good", atNs + lengthNs, component -> component.lie(false));
            }
            case 5 -> {
                befall(number, "refuses", atNs, ServiceComponent::refuse);
                befall(number, "relents", atNs + lengthNs, ServiceComponent::relent);
            }
            case 6 ->
                befall(number, "stands still", atNs, component -> {
                    component.trouble();
                    component.freeze(lengthNs);
                });
            case 7 -> addCrash(number, atNs, atNs + lengthNs);
            case ILLS -> addIlls(number, atNs, lengthNs);
            default -> {
                if (setting.partitions() && random.nextInt(4) == 0) {
                    addBarrier(number, atNs, lengthNs);
                } else if (setting.partitions()) {
                    addCut(number, atNs, lengthNs);
                }
            }
        }
    }

    /** Several at a time, in any order. */
    private void addIlls(int number, long atNs, long lengthNs) {
        befall(number, "stands still", atNs + random.nextLong(S), component -> {
            component.trouble();
            component.freeze(lengthNs);
        });
        befall(number, "is bad", atNs + random.nextLong(3 * S), component -> component.lie(true));
        befall(number, "refuses", atNs + random.nextLong(3 * S), ServiceComponent::refuse);
        befall(number, "is good", atNs + lengthNs + random.nextLong(3 * S), component -> component.lie(false));
        befall(number, "relents", atNs + lengthNs + random.nextLong(3 * S), ServiceComponent::relent);
    }

    private void addCrash(int number, long atNs, long againNs) {
        if (setting.crashes()) {
            befall(number, "crashes", atNs, ServiceComponent::crash);
            if (random.nextBoolean()) {
                befall(number, "comes back", againNs, ServiceComponent::start);
            }
        }
    }

    private void addCut(int number, long atNs, long lengthNs) {
        boolean bothWays = random.nextBoolean();
        befall(number, "is cut off", atNs, component -> {
            Cast cast = component.cast;
            if (component.host == cast.landerHost()) {
                return; // there is no network between the two
            }
            component.trouble();
            cast.world().trace(component, "is cut off for " + lengthNs / MS + " ms");
            cast.world().network().cut(component.host, cast.landerHost());
            if (bothWays) {
                cast.world().network().cut(cast.landerHost(), component.host);
            }
            cast.world().after(lengthNs, () -> {
                cast.world().network().heal(component.host, cast.landerHost());
                cast.world().network().heal(cast.landerHost(), component.host);
            });
        });
    }

    /** A router on the way lets nothing new through to it, and says so. */
    private void addBarrier(int number, long atNs, long lengthNs) {
        Barrier why = random.nextBoolean() ? Barrier.NO_HOST : Barrier.PROHIBITED;
        befall(number, "is barred", atNs, component -> {
            Network network = component.cast.world().network();
            if (component.host != component.cast.landerHost()) {
                component.trouble();
                component.cast.world().trace(component, "is barred for " + lengthNs / MS + " ms: " + why);
                network.bar(component.host.address(), why);
                component.cast.world().after(lengthNs, () -> network.unbar(component.host.address()));
            }
        });
    }

    /** In a scenario that lacks the component nothing befalls it. */
    private void befall(int number, String what, long atNs, Fate fate) {
        String name = "component" + number;
        add(name + " " + what + " at " + atNs / MS + " ms", cast -> cast.world().after(atNs, () -> {
            for (ServiceComponent component : cast.components()) {
                if (component.toString().equals(name) && !cast.isQuiet()) {
                    fate.befall(component);
                }
            }
        }));
    }

    private void addTcpClient(int number) {
        String name = "tcp" + number;
        Terms service = service();
        boolean balancer = setting.acceptsProxy() && random.nextInt(3) == 0;
        TcpClient.Habits habits = new TcpClient.Habits(random.nextInt(5) == 0 ? 600_000 : 60_000, balancer);
        long startNs = random.nextLong(2 * S);
        add(name + (balancer ? " behind a balancer" : ""), cast -> {
            Host host = balancer ? cast.balancerHost() : cast.world().addHost(name);
            TcpClient client = new TcpClient(cast, name, host, service, habits);
            cast.tcpClients().add(client);
            cast.world().after(startNs, client::begin);
        });
    }

    private void addUdpClient(int number) {
        String name = "udp" + number;
        Terms service = service();
        int habit = random.nextInt(3);
        long pauseNs = takes("udp clients pause", 6) ? 5 * S : takes("udp clients hurry", 8) ? 10 * MS : 400 * MS;
        long startNs = random.nextLong(2 * S);
        add(name, cast -> {
            UdpClient client = new UdpClient(cast, name, 1_000 + number, service, habit, pauseNs);
            cast.udpClients().add(client);
            cast.world().after(startNs, client::begin);
        });
    }

    private void addControlPeers() {
        for (int i = random.nextInt(3); i > 0; i--) {
            String name = "operator" + i;
            addControlPeer(name, cast -> new Operator(cast, name));
        }
        if (random.nextInt(3) == 0) {
            boolean local = random.nextBoolean();
            addControlPeer("provoker", cast -> {
                Host host = local ? cast.landerHost() : cast.world().addHost("provoker");
                return new Provoker(cast, "provoker", host);
            });
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            String name = "hostile" + i;
            addControlPeer(name, cast -> new HostilePeer(cast, name));
        }
    }

    private void addGarbage() {
        for (int i = 0; takes("garbage", 3) && i < 3; i++) {
            String name = "garbage" + i;
            Terms service = service();
            boolean balancer = setting.acceptsProxy() && random.nextBoolean();
            long startNs = random.nextLong(3 * S);
            add(name + (balancer ? " as a balancer" : ""), cast -> {
                Host host = balancer ? cast.balancerHost() : cast.world().addHost(name);
                GarbageClient client = new GarbageClient(cast, name, host, service, balancer);
                cast.garbageClients().add(client);
                cast.world().after(startNs, client::begin);
            });
        }
    }

    private interface Maker {
        ControlPeer make(Cast cast);
    }

    private void addControlPeer(String name, Maker maker) {
        long startNs = S + random.nextLong(3 * S);
        add(name, cast -> {
            if (!cast.components().isEmpty()) {
                ControlPeer peer = maker.make(cast);
                cast.controlPeers().add(peer);
                cast.world().after(startNs, peer::begin);
            }
        });
    }

    private void addTroubles() {
        parts.addAll(Troubles.draw(setting, random));
    }
}
