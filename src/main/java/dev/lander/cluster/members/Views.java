package dev.lander.cluster.members;

import dev.lander.cluster.MemberId;
import dev.lander.cluster.MemberListener;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jgroups.Address;
import org.jgroups.MergeView;
import org.jgroups.Message;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jgroups.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What JGroups' threads tell, as news for the loop. After a pause the subgroups of a MergeView overlap, and what the
 * one that comes back has sent before it is lost without a word; so subgroups are never read, and whenever somebody is
 * new, or groups have merged, each member is to tell everything again.
 */
final class Views implements Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(Views.class);

    /** Messages kept of one whose view is not there yet. */
    private static final int MOST_EARLY = 10_000;

    /**
     * How a member is called.
     *
     * @param name its machine's
     * @param address where it listens
     */
    record Label(String name, InetSocketAddress address) {}

    private final MemberId self;
    private final LoopInbox inbox;
    private final MemberListener listener;
    private final Function<Address, Label> labels;

    /** The others in the view, by their addresses. Guarded by this. */
    private final Map<Address, MemberId> present = new LinkedHashMap<>();

    /** What has come ahead of the view that its sender is in. Guarded by this. */
    private final Map<Address, List<byte[]>> early = new HashMap<>();

    /** Whether there was a view. Guarded by this. */
    private boolean isIn;

    /** Guarded by this. */
    private boolean hasLeft;

    Views(MemberId self, LoopInbox inbox, MemberListener listener, Function<Address, Label> labels) {
        this.self = self;
        this.inbox = inbox;
        this.listener = listener;
        this.labels = labels;
    }

    @Override
    public synchronized void viewAccepted(View view) {
        if (hasLeft) {
            return;
        }
        Set<Address> others = new LinkedHashSet<>(view.getMembers());
        others.removeIf(one -> idOf(one).equals(self));
        List<Address> gone =
                present.keySet().stream().filter(one -> !others.contains(one)).toList();
        gone.forEach(this::lose);
        boolean isNews = !isIn || view instanceof MergeView;
        isIn = true;
        for (Address one : others) {
            if (!present.containsKey(one)) {
                isNews = true;
                join(one);
            }
        }
        early.clear();
        LOG.info("cluster_view members={} merged={}", others.size() + 1, view instanceof MergeView);
        if (isNews) {
            inbox.add(listener::tellAll, 0);
        }
    }

    @Override
    public synchronized void receive(Message message) {
        if (hasLeft || message.getLength() == 0) {
            return;
        }
        Address sender = message.getSrc();
        byte[] payload =
                Arrays.copyOfRange(message.getArray(), message.getOffset(), message.getOffset() + message.getLength());
        MemberId member = present.get(sender);
        if (member != null) {
            inbox.add(() -> listener.received(member, payload), payload.length);
        } else if (!idOf(sender).equals(self)) {
            List<byte[]> kept = early.computeIfAbsent(sender, any -> new ArrayList<>());
            if (kept.size() < MOST_EARLY) {
                kept.add(payload);
            }
        }
    }

    /** Nothing is told from now on: who has left is no judge of who is there. */
    synchronized void end() {
        hasLeft = true;
    }

    /** By which address JGroups knows it; null = it is not in the view. */
    synchronized @Nullable Address addressOf(MemberId member) {
        for (Map.Entry<Address, MemberId> one : present.entrySet()) {
            if (one.getValue().equals(member)) {
                return one.getKey();
            }
        }
        return null;
    }

    /** How many others there are. */
    synchronized int others() {
        return present.size();
    }

    private void join(Address address) {
        MemberId member = idOf(address);
        present.put(address, member);
        Label label = labels.apply(address);
        inbox.add(() -> listener.joined(member, label.name(), label.address()), 0);
        for (byte[] payload : early.getOrDefault(address, List.of())) {
            inbox.add(() -> listener.received(member, payload), payload.length);
        }
    }

    private void lose(Address address) {
        MemberId member = idOf(address);
        present.remove(address);
        inbox.add(() -> listener.lost(member), 0);
    }

    static MemberId idOf(Address address) {
        UUID uuid = (UUID) address;
        return new MemberId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }
}
