package dev.lander.cluster;

import dev.lander.listing.ClusterEvent;
import dev.lander.listing.ClusterObserver;
import dev.lander.listing.ClusterStatus;
import dev.lander.listing.MemberStatus;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Holders;
import dev.lander.text.AddressText;
import dev.lander.text.ShownText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The other members, and what they say. */
final class Peers implements MemberListener {
    /** What each of them needs. */
    record Parts(
            Members members,
            HoldTable table,
            HybridClock clock,
            Absent absent,
            Orphans orphans,
            Loads loads,
            Settlement settlement,
            SharedDrains drains,
            Unservable unservable,
            Outbox outbox) {}

    /** One member that is reached. */
    private static final class Peer {
        final String name;
        final InetSocketAddress address;
        final long sinceMs;
        long heardMs;

        /** What it held when it began to tell its whole set, and has not told again yet. */
        final Set<Identity> stale = new HashSet<>();

        /** Its whole set has come. */
        boolean isWhole;

        /** It has said that it ends: what it releases is served on. */
        boolean isLeaving;

        /** What it cannot serve, and why. */
        final Map<Identity, String> refused = new LinkedHashMap<>();

        Peer(String name, InetSocketAddress address, long nowMs) {
            this.name = name;
            this.address = address;
            this.sinceMs = nowMs;
            this.heardMs = nowMs;
        }
    }

    /** The others' sets are awaited for so long after the start. */
    private static final Duration JOINING = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);

    private final Parts parts;
    private final Reactor reactor;
    private final LongSupplier millis;
    private final ClusterObserver observer;
    private final Map<MemberId, Peer> peers = new LinkedHashMap<>();

    /** By which members are shown, as far as somebody has asked. */
    private final Map<MemberId, String> names = new HashMap<>();

    private final long begunNs;
    private final long begunMs;

    private boolean joining = true;

    /** How often a member was lost that had not said that it ends. */
    private long losses;

    Peers(Parts parts, Cluster.Ground ground) {
        this.parts = parts;
        this.reactor = ground.reactor();
        this.millis = ground.millis();
        this.observer = ground.observer();
        this.begunNs = reactor.nowNs();
        this.begunMs = millis.getAsLong();
    }

    @Override
    public void joined(MemberId member, String name, InetSocketAddress address) {
        peers.put(member, new Peer(name, address, millis.getAsLong()));
        names.clear();
        parts.absent().forget(member);
        tell(ClusterEvent.MEMBER_JOINED, shown(name, address), AddressText.of(address));
    }

    @Override
    public void lost(MemberId member) {
        Peer peer = peers.get(member);
        if (peer == null) {
            return;
        }
        String shown = shown(peer);
        peers.remove(member);
        names.clear();
        if (!peer.isLeaving) {
            losses++;
            int held = parts.table().of(member).size();
            tell(ClusterEvent.MEMBER_LOST, shown, held == 0 ? "" : held + " components that it had are served on");
        }
        parts.absent().lose(member, reactor.nowNs(), millis.getAsLong());
        parts.loads().lose(member).forEach(parts.settlement()::settle);
        onTime();
    }

    @Override
    public void tellAll() {
        parts.outbox().tellAll();
        parts.drains().tellAll();
        parts.loads().tellAll(parts.outbox());
        parts.unservable().tellAll();
    }

    @Override
    public void received(MemberId member, byte[] message) {
        Peer peer = peers.get(member);
        if (peer == null) {
            return; // it is lost already, and will tell all when it is back
        }
        peer.heardMs = millis.getAsLong();
        try {
            for (News news : NewsCodec.read(message)) {
                take(member, peer, news);
            }
        } catch (IOException malformed) {
            LOG.warn("member_not_understood member={} why={}", shown(peer), ShownText.quoted(malformed.getMessage()));
        }
    }

    private void take(MemberId member, Peer peer, News news) {
        if (news instanceof News.Held held) {
            onHeld(member, peer, held);
        } else if (news instanceof News.Released released) {
            if (!peer.isLeaving) {
                release(member, released.identity());
            }
        } else if (news instanceof News.Begin) {
            peer.stale.clear();
            peer.stale.addAll(parts.table().of(member));
        } else if (news instanceof News.End) {
            List.copyOf(peer.stale).forEach(identity -> release(member, identity));
            peer.stale.clear();
            peer.isWhole = true;
            onTime();
        } else if (news instanceof News.Load load) {
            parts.loads().hear(member, load.identity(), load.active());
            parts.settlement().settle(load.identity());
        } else if (news instanceof News.Operated operated) {
            parts.clock().see(operated.stamp());
            parts.drains().hear(operated);
        } else if (news instanceof News.Unservable unservable) {
            onUnservable(peer, unservable);
        } else if (news instanceof News.Leaving) {
            peer.isLeaving = true;
            tell(ClusterEvent.MEMBER_LEAVING, shown(peer), "");
        }
    }

    private void onHeld(MemberId member, Peer peer, News.Held held) {
        Hold hold = held.hold();
        peer.stale.remove(held.identity());
        parts.clock().see(hold.registered());
        Stamp drained = hold.drained();
        if (drained != null) {
            parts.clock().see(drained);
        }
        parts.table().put(member, held.identity(), hold);
        parts.orphans().supersede(held.identity(), hold.registered());
        parts.settlement().settle(held.identity());
    }

    private void release(MemberId member, Identity identity) {
        parts.table().remove(member, identity);
        parts.settlement().settle(identity);
    }

    private void onUnservable(Peer peer, News.Unservable news) {
        boolean serves = news.why().isEmpty();
        boolean isNews = serves
                ? peer.refused.remove(news.identity()) != null
                : !news.why().equals(peer.refused.put(news.identity(), news.why()));
        if (isNews && isOwn(news.identity())) {
            observer.onClusterEvent(
                    serves ? ClusterEvent.PEER_SERVES : ClusterEvent.PEER_CANNOT_SERVE,
                    news.identity().relayPort(),
                    AddressText.of(news.identity().address()),
                    serves ? shown(peer) : shown(peer) + ": " + news.why());
        }
    }

    /** Whether it is registered here; it may have left when somebody tells that it can't serve it. */
    private boolean isOwn(Identity identity) {
        return parts.table().get(parts.members().self(), identity) != null;
    }

    private void tell(ClusterEvent event, String name, String cause) {
        observer.onClusterEvent(event, null, name, cause);
    }

    /** With which members the component is registered. */
    Holders holders(@Nullable Identity identity) {
        Set<MemberId> holders = identity == null
                ? Set.of(parts.members().self())
                : parts.table().of(identity).keySet();
        List<String> reached = new ArrayList<>(holders.size());
        long lostMs = 0;
        for (MemberId holder : holders) {
            if (parts.absent().is(holder)) {
                lostMs = Math.max(lostMs, parts.absent().lostSinceMs(holder));
            } else {
                reached.add(nameOf(holder));
            }
        }
        return new Holders(reached, reached.isEmpty() ? lostMs : 0);
    }

    private String nameOf(MemberId member) {
        return names.computeIfAbsent(member, any -> {
            Peer peer = peers.get(any);
            return peer == null ? shown(parts.members().name(), parts.members().address()) : shown(peer);
        });
    }

    private String shown(Peer peer) {
        return shown(peer.name, peer.address);
    }

    /** By which name people tell it from the others: machines may be called alike. */
    private String shown(String name, InetSocketAddress address) {
        long namesakes =
                peers.values().stream().filter(peer -> peer.name.equals(name)).count();
        boolean isShared = namesakes + (parts.members().name().equals(name) ? 1 : 0) > 1;
        return isShared ? name + "@" + AddressText.of(address) : name;
    }

    /** Whether what the others hold may not have come yet. */
    boolean isJoining() {
        onTime();
        return joining;
    }

    /** Whoever has just begun knows, after a while, all that it will know. */
    private void onTime() {
        boolean all = !peers.isEmpty() && peers.values().stream().allMatch(peer -> peer.isWhole);
        joining &= !all && reactor.nowNs() - begunNs < JOINING.toNanos();
    }

    ClusterStatus status(int ownHolds, int orphans) {
        List<MemberStatus> all = new ArrayList<>();
        Members members = parts.members();
        long nowMs = millis.getAsLong();
        all.add(new MemberStatus(
                members.self().toString(),
                shown(members.name(), members.address()),
                AddressText.of(members.address()),
                begunMs,
                0,
                ownHolds,
                List.of()));
        peers.forEach((member, peer) -> all.add(new MemberStatus(
                member.toString(),
                shown(peer),
                AddressText.of(peer.address),
                peer.sinceMs,
                Math.max(peer.heardMs, nowMs - members.silentNs(member) / 1_000_000),
                parts.table().of(member).size(),
                peer.refused.entrySet().stream()
                        .filter(entry -> isOwn(entry.getKey()))
                        .map(entry -> new MemberStatus.Refused(
                                entry.getKey().relayPort().toString(), entry.getValue()))
                        .toList())));
        return new ClusterStatus(joining, all, orphans, losses);
    }
}
