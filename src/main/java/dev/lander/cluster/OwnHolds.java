package dev.lander.cluster;

import dev.lander.registry.Component;
import dev.lander.registry.Holders;
import dev.lander.registry.Link;
import dev.lander.registry.OwnMarks;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.ServiceTerms;
import dev.lander.registry.Sharing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is registered with this Lander, told to the others. */
final class OwnHolds implements Sharing {
    private final MemberId self;
    private final HoldTable table;
    private final HybridClock clock;
    private final Outbox outbox;
    private final Link others;

    /** In place of a loopback address, which means another machine to others; null = such a component is not told. */
    private final @Nullable InetAddress inPlaceOfLoopback;

    private final Map<Identity, Component> components = new HashMap<>();

    /** What those of them have asked of their services that have asked for something. */
    private final Map<Identity, ServiceTerms> terms = new HashMap<>();

    private BiConsumer<Identity, Stamp> superseding = (identity, stamp) -> {};
    private Consumer<Identity> changed = identity -> {};
    private Function<@Nullable Identity, Holders> holderNames = identity -> new Holders(List.of(), 0);
    private Function<RelayPort, String> lostTerms = relayPort -> "";

    /** This Lander ends: what its links release is for the others to serve on. */
    private boolean leaving;

    OwnHolds(
            MemberId self,
            HoldTable table,
            HybridClock clock,
            Outbox outbox,
            Link others,
            @Nullable InetAddress inPlaceOfLoopback) {
        this.self = self;
        this.table = table;
        this.clock = clock;
        this.outbox = outbox;
        this.others = others;
        this.inPlaceOfLoopback = inPlaceOfLoopback;
    }

    /** This Lander's component; null = it is not registered here. */
    @Nullable
    Component get(Identity identity) {
        return components.get(identity);
    }

    /** What the component, if it is this Lander's, has asked of its service. */
    ServiceTerms asked(Identity identity) {
        return terms.getOrDefault(identity, ServiceTerms.UNSAID);
    }

    int size() {
        return components.size();
    }

    /** Asked what is to be shown of components and services. */
    void onShown(Function<@Nullable Identity, Holders> holderNames, Function<RelayPort, String> lostTerms) {
        this.holderNames = holderNames;
        this.lostTerms = lostTerms;
    }

    /** Told of each registration: what lost members have said of it before counts no more. */
    void onSuperseding(BiConsumer<Identity, Stamp> listener) {
        superseding = listener;
    }

    /** Told when what applies to a component may be different, in the middle of a change. */
    void onChanged(Consumer<Identity> listener) {
        changed = listener;
    }

    /** What is released from now on is not told. */
    void leave() {
        leaving = true;
    }

    @Override
    public void onHeld(Component component, ServiceTerms asked) {
        Identity identity = identity(component);
        if (identity != null) {
            components.put(identity, component);
            if (asked.equals(ServiceTerms.UNSAID)) {
                terms.remove(identity);
            } else {
                terms.put(identity, asked);
            }
            Hold hold = Hold.of(component, clock.next());
            superseding.accept(identity, hold.registered());
            put(identity, hold);
        }
    }

    @Override
    public void onMarked(Component component) {
        Identity identity = identity(component);
        Hold hold = identity == null ? null : table.get(self, identity);
        if (identity == null || hold == null) {
            return; // it is being taken over: that will be told
        }
        OwnMarks marks = component.ownMarks();
        Hold now = hold.with(marks);
        if (marks.draining()) {
            Stamp heard = Verdict.of(table.of(identity).values()).drained();
            now = now.drainedAt(heard == null ? clock.next() : heard);
        }
        if (!now.equals(hold)) {
            put(identity, now);
        }
    }

    @Override
    public @Nullable Link onReleased(Component component) {
        Identity identity = identity(component);
        if (identity == null || components.remove(identity) == null) {
            return null;
        }
        terms.remove(identity);
        table.remove(self, identity);
        changed.accept(identity);
        if (!leaving) {
            outbox.onChanged(identity);
        }
        boolean sameAddress = identity.address().equals(component.address());
        return table.of(identity).isEmpty() || !sameAddress ? null : others;
    }

    @Override
    public Holders holders(Component component) {
        return holderNames.apply(identity(component));
    }

    @Override
    public String lostTerms(Service service) {
        return lostTerms.apply(service.relayPort());
    }

    private void put(Identity identity, Hold hold) {
        table.put(self, identity, hold);
        changed.accept(identity);
        outbox.onChanged(identity);
    }

    /** As others are to know it; null = they are not. */
    @Nullable
    Identity identity(Component component) {
        boolean isUntold = inPlaceOfLoopback == null && isLoopback(component.address());
        return isUntold ? null : identity(component.service().relayPort(), component.address());
    }

    /** The name by which all know what has this address here. */
    Identity identity(RelayPort relayPort, InetSocketAddress address) {
        boolean isReplaced = inPlaceOfLoopback != null && isLoopback(address);
        return new Identity(
                relayPort, isReplaced ? new InetSocketAddress(inPlaceOfLoopback, address.getPort()) : address);
    }

    private static boolean isLoopback(InetSocketAddress address) {
        return address.getAddress().isLoopbackAddress();
    }
}
