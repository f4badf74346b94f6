package dev.lander.cluster;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What others hold and this member cannot serve, and why; it is tried again and again. */
final class Unservable {
    /** Why, and who has been told. */
    private record Refusal(String why, Set<MemberId> told) {}

    private final HoldTable table;
    private final Members members;
    private final Map<Identity, Refusal> refusals = new LinkedHashMap<>();
    private Runnable listener = () -> {};

    Unservable(HoldTable table, Members members) {
        this.table = table;
        this.members = members;
    }

    /** Runs the listener whenever something is refused, for the first time or for another cause. */
    void onAdded(Runnable hears) {
        listener = hears;
    }

    /** It was refused; each of its holders is told, once for each cause. */
    void add(Identity identity, String why) {
        Refusal before = refusals.get(identity);
        if (before != null && before.why().equals(why)) {
            tellHolders(identity, before);
            return;
        }
        Refusal now = new Refusal(why, new HashSet<>());
        refusals.put(identity, now);
        tellHolders(identity, now);
        if (before != null) {
            before.told().removeAll(now.told());
            tellServed(identity, before);
        }
        listener.run();
    }

    /** It is served, or nobody holds it any more. */
    void forget(Identity identity) {
        Refusal over = refusals.remove(identity);
        if (over != null) {
            tellServed(identity, over);
        }
    }

    Set<Identity> all() {
        return Set.copyOf(refusals.keySet());
    }

    boolean isEmpty() {
        return refusals.isEmpty();
    }

    /** Tells all, to somebody who may know nothing. */
    void tellAll() {
        refusals.forEach((identity, refusal) -> {
            refusal.told().removeAll(table.of(identity).keySet());
            tellHolders(identity, refusal);
        });
    }

    private void tellHolders(Identity identity, Refusal refusal) {
        for (MemberId holder : table.of(identity).keySet()) {
            if (!holder.equals(members.self()) && refusal.told().add(holder)) {
                members.send(holder, message(identity, refusal.why()));
            }
        }
    }

    /** Whoever has been told, though it may hold it no more. */
    private void tellServed(Identity identity, Refusal over) {
        over.told().forEach(member -> members.send(member, message(identity, "")));
    }

    private static byte[] message(Identity identity, String why) {
        NewsCodec codec = new NewsCodec();
        codec.add(new News.Unservable(identity, why));
        return codec.take();
    }
}
