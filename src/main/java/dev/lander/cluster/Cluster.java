package dev.lander.cluster;

import dev.lander.listing.ClusterObserver;
import dev.lander.listing.ClusterStatus;
import dev.lander.listing.ClusterView;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Component;
import dev.lander.registry.OperatorDrains;
import dev.lander.registry.OthersHolds;
import dev.lander.registry.Registry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this Lander shares with others: it tells them what is registered with it, and has the registry serve what they
 * hold. A component is registered while anybody holds it; what holds together mean is a function of the set of them, so
 * that neither the order of news nor the way in which a partition healed matters.
 */
public final class Cluster implements ClusterView {
    /**
     * What a cluster needs of the rest of a Lander.
     *
     * @param millis the machine's wall clock
     * @param slowStarts has a component's weight grow
     * @param prober finds out whether components live that nobody else looks after
     * @param observer hears of what operators would want to know
     */
    public record Ground(
            Reactor reactor,
            Registry registry,
            LongSupplier millis,
            Consumer<Component> slowStarts,
            Prober prober,
            ClusterObserver observer) {}

    /** Opens the way to the others. */
    @FunctionalInterface
    public interface Opening {
        /**
         * Opens it.
         *
         * @throws IOException when the system refuses; the message is for users
         */
        Members open(MemberListener listener) throws IOException;
    }

    private final Peers peers;
    private final Outbox outbox;
    private final OwnHolds own;
    private final Orphans orphans;
    private final Looks looks;

    /**
     * Begins.
     *
     * @throws IOException when the way to the others cannot be opened; the message is for users
     */
    public Cluster(Ground ground, ClusterSettings settings, Opening opening) throws IOException {
        Later listener = new Later();
        Members members = opening.open(listener);
        Reactor reactor = ground.reactor();
        Loads loads = new Loads();
        HoldTable table = new HoldTable();
        HybridClock clock = new HybridClock(ground.millis(), members.self());
        Absent absent = new Absent(settings.grace().toNanos());
        OthersLink link = new OthersLink(ground.slowStarts());
        this.outbox = new Outbox(reactor, members, table);
        Unservable unservable = new Unservable(table, members);
        this.own = new OwnHolds(members.self(), table, clock, outbox, link, settings.address());
        OthersHolds registry = ground.registry().othersHolds();
        LostTerms lostTerms = new LostTerms(own, registry, ground.observer());
        Settlement settlement = new Settlement(
                table, own, registry, link, new Said(members.self(), table, absent, loads), unservable, lostTerms);
        this.orphans = new Orphans(
                table, absent, ground.prober(), settings.grace().toNanos(), settlement::find, settlement::settle);
        own.onSuperseding(orphans::supersede);
        Unsettled unsettled = new Unsettled(reactor, settlement);
        own.onChanged(unsettled::add);
        SharedDrains drains =
                new SharedDrains(ground.registry().operatorDrains(), clock, outbox, settlement::find, unsettled::add);
        this.peers = new Peers(
                new Peers.Parts(members, table, clock, absent, orphans, loads, settlement, drains, unservable, outbox),
                ground);
        listener.to = peers;
        own.onShown(peers::holders, lostTerms::of);
        share(ground.registry(), drains);
        this.looks = new Looks(
                reactor, new Looks.Parts(peers::isJoining, absent, orphans, loads, unservable, outbox, settlement));
    }

    private void share(Registry registry, SharedDrains drains) {
        registry.share(own);
        OperatorDrains operators = registry.operatorDrains();
        operators.onAsked((relayPort, address, drained) -> drains.onAsked(own.identity(relayPort, address), drained));
    }

    /** This Lander ends: what its connections release from now on is for the others to serve on. */
    public void leave() {
        own.leave();
        outbox.add(new News.Leaving());
        outbox.flush();
        looks.stop();
    }

    @Override
    public ClusterStatus status() {
        return peers.status(own.size(), orphans.count());
    }

    /** Its listener comes later, and before the loop turns. */
    private static final class Later implements MemberListener {
        private @Nullable MemberListener to;

        private MemberListener to() {
            if (to == null) {
                throw new IllegalStateException("the loop has turned too early");
            }
            return to;
        }

        @Override
        public void joined(MemberId member, String name, InetSocketAddress address) {
            to().joined(member, name, address);
        }

        @Override
        public void received(MemberId member, byte[] message) {
            to().received(member, message);
        }

        @Override
        public void lost(MemberId member) {
            to().lost(member);
        }

        @Override
        public void tellAll() {
            to().tellAll();
        }
    }
}
