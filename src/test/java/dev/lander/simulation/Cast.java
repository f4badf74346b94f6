package dev.lander.simulation;

import dev.lander.WatchedLander;
import dev.lander.relay.FinishedRelay;
import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.SimulatedSelector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everybody who plays in a run, and what they know of each other. */
final class Cast {
    private final World world;
    private final Setting setting;
    private final Host landerHost;
    private final Host balancerHost;
    private final Model model;
    private final Reached reached;
    private final List<ServiceComponent> components = new ArrayList<>();
    private final List<TcpClient> tcpClients = new ArrayList<>();
    private final List<UdpClient> udpClients = new ArrayList<>();
    private final List<ControlPeer> controlPeers = new ArrayList<>();
    private final List<GarbageClient> garbageClients = new ArrayList<>();
    private final Garbage garbage = new Garbage();
    private final Map<Integer, Conversation> conversations = new LinkedHashMap<>();
    private final Map<InetSocketAddress, Conversation> byClient = new HashMap<>();
    private @Nullable WatchedLander lander;
    private @Nullable SimulatedSelector selector;
    private String token = "";
    private boolean tokenHolds = true;

    /** When Lander was told to end; -1 = not yet. */
    private long endAskedNs = -1;

    private boolean quiet;
    private boolean leavers;
    private long stalledNs;
    private int stalls;

    /** Lander has stood still, or had no ports or an announcement that was none. */
    private boolean landerTroubled;

    Cast(World world, Setting setting, Host landerHost, Host balancerHost, Reached reached) {
        this.world = world;
        this.setting = setting;
        this.landerHost = landerHost;
        this.balancerHost = balancerHost;
        this.reached = reached;
        this.model = new Model(this);
    }

    void setLander(WatchedLander started, SimulatedSelector itsSelector) {
        lander = started;
        selector = itsSelector;
    }

    World world() {
        return world;
    }

    Setting setting() {
        return setting;
    }

    Model model() {
        return model;
    }

    Reached reached() {
        return reached;
    }

    Host landerHost() {
        return landerHost;
    }

    Host balancerHost() {
        return balancerHost;
    }

    WatchedLander lander() {
        if (lander == null) {
            throw new IllegalStateException("Lander has not started");
        }
        return lander;
    }

    SimulatedSelector selector() {
        if (selector == null) {
            throw new IllegalStateException("Lander has not started");
        }
        return selector;
    }

    InetSocketAddress control() {
        return new InetSocketAddress(landerHost.address(), lander().state().controlPort());
    }

    InetSocketAddress relay(int relayPort) {
        return new InetSocketAddress(landerHost.address(), relayPort);
    }

    List<ServiceComponent> components() {
        return components;
    }

    List<TcpClient> tcpClients() {
        return tcpClients;
    }

    List<UdpClient> udpClients() {
        return udpClients;
    }

    List<ControlPeer> controlPeers() {
        return controlPeers;
    }

    List<GarbageClient> garbageClients() {
        return garbageClients;
    }

    Garbage garbage() {
        return garbage;
    }

    /** A client begins a connection. */
    Conversation begin(Conversation.Style style, int toSend, int toGet) {
        Conversation begun = new Conversation(conversations.size() + 1, style, toSend, toGet);
        conversations.put(begun.number, begun);
        return begun;
    }

    /** The conversation's client connects from there. */
    void connects(Conversation conversation, InetSocketAddress from) {
        conversation.client = from;
        byClient.put(from, conversation);
    }

    @Nullable
    Conversation conversation(int number) {
        return conversations.get(number);
    }

    @Nullable
    Conversation conversation(FinishedRelay relay) {
        return byClient.get(relay.client());
    }

    Collection<Conversation> conversations() {
        return conversations.values();
    }

    String token() {
        return token;
    }

    /** The file has another token; Lander reads it, and takes it in one of its next turns. */
    void changeToken(String next) {
        token = next;
        tokenHolds = false;
    }

    /** Lander has taken what the file says. */
    void onTokenTaken() {
        tokenHolds = true;
    }

    /** Whether a register that is said now meets the token that it carries. */
    boolean tokenHolds() {
        return tokenHolds;
    }

    /** As by SIGTERM. */
    void endLander() {
        if (endAskedNs < 0) {
            world.trace("lander", "is asked to end");
            endAskedNs = world.nowNs();
            lander().end();
        }
    }

    boolean isEndAsked() {
        return endAskedNs >= 0;
    }

    long endAskedNs() {
        return endAskedNs;
    }

    /** Nobody begins anything new. */
    void calmDown() throws IOException {
        world.trace("clients", "stop");
        quiet = true;
        tcpClients.forEach(TcpClient::stop);
        udpClients.forEach(UdpClient::stop);
        controlPeers.forEach(ControlPeer::stop);
        for (GarbageClient client : garbageClients) {
            client.stop();
        }
    }

    boolean isQuiet() {
        return quiet;
    }

    /** Whether some registration has ended, or a component has left rotation, while clients were served. */
    boolean hasLeavers() {
        return leavers;
    }

    void onLeaver() {
        leavers = true;
    }

    /** Whether all answers come before their flows have ended. */
    boolean keepsTime() {
        return setting.services().stream().allMatch(terms -> terms.responses() < 0)
                && components.stream()
                        .allMatch(component -> component.plan().habit() == DatagramServer.Habit.KEEPS_ITS_WORD
                                && !component.datagrams().hasLeftUnanswered());
    }

    /** Whether components keep to what was declared, and long before the time for it is over. */
    boolean answersInTime() {
        return setting.services().stream().allMatch(Terms::hasTimeForAnswers)
                && components.stream()
                        .allMatch(component -> component.plan().habit() == DatagramServer.Habit.KEEPS_ITS_WORD
                                && !component.datagrams().hasLeftUnanswered());
    }

    @Nullable
    ServiceComponent component(InetSocketAddress address) {
        for (ServiceComponent component : components) {
            if (component.address().equals(address)) {
                return component;
            }
        }
        return null;
    }

    /** Whether the component of a registration, as the model has it, has had troubles. */
    boolean isTroubled(String key) {
        for (ServiceComponent component : components) {
            InetSocketAddress address = component.address();
            String suffix = " " + address.getAddress().getHostAddress() + ":" + address.getPort();
            if (key.endsWith(suffix)) {
                return component.isTroubled();
            }
        }
        return true;
    }

    /** Lander stands still for this long. */
    void stall(long lengthNs) {
        stalledNs += lengthNs;
        stalls++;
        selector().stall(lengthNs);
    }

    /** How often Lander has stood still. */
    int stalls() {
        return stalls;
    }

    long stalledNs() {
        return stalledNs;
    }

    void troubleLander() {
        landerTroubled = true;
    }

    boolean isLanderTroubled() {
        return landerTroubled;
    }
}
