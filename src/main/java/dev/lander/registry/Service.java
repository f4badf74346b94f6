package dev.lander.registry;

import dev.lander.registry.balance.BalancingPolicy;
import dev.lander.registry.balance.LeastConnections;
import dev.lander.registry.balance.RandomOfTwo;
import dev.lander.registry.balance.RoundRobin;
import dev.lander.registry.balance.SourceHash;
import dev.lander.registry.balance.Tiers;
import dev.lander.text.AccessList;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A relay port with the components behind it; elects who serves the next client. */
public final class Service {
    /** {@link #responses} of a service that has declared none. */
    public static final int ANY_RESPONSES = -1;

    /** {@link #maxNewPerSecond} and {@link #maxPerClient} of a service that has declared none. */
    public static final int UNLIMITED = 0;

    /** How long a declared answer is awaited unless the service says otherwise. */
    private static final long ANSWER_TIMEOUT_NS = 5_000_000_000L;

    private final RelayPort relayPort;
    private final BiConsumer<Component, State> onChanged;
    private final Traffic traffic;

    /** By address, in the order of registration. */
    private final Map<InetSocketAddress, Component> components = new LinkedHashMap<>();

    /** Components that can be chosen, if only as the last resort. */
    private int eligible;

    /** Told when a component can be chosen that could not; null = no listener. */
    private @Nullable Runnable roomListener;

    private final SplittableRandom random;

    /** Where it is shown; given when it is added to the others. */
    Place place = Place.beginning(0);

    private ServiceTerms terms;
    private Tiers<Component> tiers;

    /** @param onChanged told of the state before when a component's state or own marks have changed */
    Service(
            RelayPort relayPort,
            ServiceTerms terms,
            BiConsumer<Component, State> onChanged,
            Traffic traffic,
            SplittableRandom random) {
        this.relayPort = relayPort;
        this.onChanged = onChanged;
        this.traffic = traffic;
        this.random = random;
        this.terms = terms;
        this.tiers = tiers(balance());
    }

    private Tiers<Component> tiers(Balance of) {
        return new Tiers<>(() -> policy(of, random));
    }

    private static BalancingPolicy<Component> policy(Balance balance, SplittableRandom random) {
        return switch (balance) {
            case ROUNDROBIN -> new RoundRobin<>();
            case LEASTCONN -> new LeastConnections<>();
            case RANDOM -> new RandomOfTwo<>(random.split());
            case SOURCE -> new SourceHash<>();
        };
    }

    /** Its identity. */
    public RelayPort relayPort() {
        return relayPort;
    }

    /** What was asked of it when it began, or what replaced that since. */
    public ServiceTerms terms() {
        return terms;
    }

    /** What applies from now on, to new clients; with another balance the turns begin anew. */
    void setTerms(ServiceTerms agreed) {
        Balance before = balance();
        terms = agreed;
        if (balance() == before) {
            return;
        }
        tiers = tiers(balance());
        for (Component component : components.values()) {
            tiers.enter(component.traits().priority());
            if (component.eligibility.standing != Standing.OUT) {
                policyOf(component, component.eligibility.standing).join(component);
            }
        }
    }

    /** How it chooses. */
    public Balance balance() {
        return Objects.requireNonNullElse(terms.balance(), Balance.ROUNDROBIN);
    }

    /** UDP: whether a client stays with its component. */
    public Affinity affinity() {
        return Objects.requireNonNullElse(terms.affinity(), Affinity.NONE);
    }

    /** UDP: datagrams that answer one request, or {@link #ANY_RESPONSES}. */
    public int responses() {
        return Objects.requireNonNullElse(terms.responses(), ANY_RESPONSES);
    }

    /** TCP connections that may begin in a second, or datagrams that need a choice; or {@link #UNLIMITED}. */
    public int maxNewPerSecond() {
        return Objects.requireNonNullElse(terms.maxNewPerSecond(), UNLIMITED);
    }

    /** TCP connections, or on UDP ports with a flow, that a client address may have open; or {@link #UNLIMITED}. */
    public int maxPerClient() {
        return Objects.requireNonNullElse(terms.maxPerClient(), UNLIMITED);
    }

    /** UDP: a flow without a datagram for this long is closed; null = as long as Lander's own option says. */
    public @Nullable Long udpTimeoutNs() {
        return terms.udpTimeoutNs();
    }

    /** UDP: how long a declared answer is awaited. */
    public long answerTimeoutNs() {
        return Objects.requireNonNullElse(terms.answerTimeoutNs(), ANSWER_TIMEOUT_NS);
    }

    /** Which addresses may be clients; null = all. */
    @Nullable
    AccessList clients() {
        return terms.clients();
    }

    /** What its clients send ahead of TLS; null = nothing. */
    public @Nullable Preamble preamble() {
        return terms.preamble();
    }

    /** Whether this address may be a client. */
    public boolean mayBeClient(InetAddress address) {
        AccessList clients = terms.clients();
        return clients == null || clients.admits(address);
    }

    /** All its components, in the order of registration. */
    public Collection<Component> components() {
        return components.values();
    }

    /**
     * The component whose turn it is. Those in rotation come first, tier by tier; those that are only unreachable or
     * silent are the last resort.
     *
     * @param client the client's address
     * @param admits refuses components that this client has tried
     * @return null when no component is left that could serve
     */
    public @Nullable Component elect(InetAddress client, Predicate<? super Component> admits) {
        return tiers.choose(client, admits);
    }

    /** Where all services count together. */
    Traffic traffic() {
        return traffic;
    }

    /** Whether there is anybody to elect, for a client that has tried nobody. */
    public boolean hasRoom() {
        return eligible > 0;
    }

    /**
     * Whether a component could serve were it not at its {@code max_connections}.
     *
     * @param admits refuses components that this client has tried
     */
    public boolean isFull(Predicate<? super Component> admits) {
        for (Component component : components.values()) {
            if (component.eligibility.isFull() && admits.test(component)) {
                return true;
            }
        }
        return false;
    }

    /** Runs the listener whenever a component can be chosen that could not: it is new, back or no longer full. */
    public void onRoom(@Nullable Runnable listener) {
        roomListener = listener;
    }

    @Nullable
    Component find(InetSocketAddress address) {
        return components.get(address);
    }

    void add(Component component) {
        components.put(component.address(), component);
        tiers.enter(component.traits().priority());
        place(component);
    }

    void remove(Component component) {
        components.remove(component.address());
        component.leave();
        tiers.exit(component.traits().priority());
    }

    /** Puts the component where its marks and load say that it belongs. */
    void place(Component component) {
        Standing before = component.eligibility.standing;
        Standing after = component.eligibility.deservedStanding();
        if (before == after) {
            return;
        }
        component.eligibility.standing = after;
        if (before == Standing.OUT) {
            eligible++;
        } else {
            policyOf(component, before).leave(component);
        }
        if (after == Standing.OUT) {
            eligible--;
        } else {
            policyOf(component, after).join(component);
        }
        if (before == Standing.OUT && roomListener != null) {
            roomListener.run();
        }
    }

    /** The component's number of open relays has changed. */
    void activeChanged(Component component) {
        place(component);
        if (component.eligibility.standing != Standing.OUT) {
            policyOf(component, component.eligibility.standing).activeChanged(component);
        }
    }

    /** Runs a change of the component's weight or priority, which its policy must not see happen. */
    void rearrange(Component component, Runnable change) {
        Standing standing = component.eligibility.standing;
        if (standing != Standing.OUT) {
            policyOf(component, standing).leave(component);
        }
        int priority = component.traits().priority();
        change.run();
        if (component.traits().priority() != priority) {
            tiers.enter(component.traits().priority());
            tiers.exit(priority);
        }
        if (standing != Standing.OUT) {
            policyOf(component, standing).join(component);
        }
    }

    private BalancingPolicy<Component> policyOf(Component component, Standing standing) {
        int priority = component.traits().priority();
        return standing == Standing.IN_ROTATION ? tiers.rotation(priority) : tiers.lastResort(priority);
    }

    void changed(Component component, State before) {
        onChanged.accept(component, before);
    }
}
