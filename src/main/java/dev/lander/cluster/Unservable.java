package dev.lander.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What others hold and this member cannot serve, and why; it is tried again and again. */
final class Unservable {
    private final HoldTable table;
    private final Members members;
    private final Map<Identity, String> causes = new LinkedHashMap<>();
    private Runnable listener = () -> {};

    Unservable(HoldTable table, Members members) {
        this.table = table;
        this.members = members;
    }

    /** Runs the listener whenever something is refused, for the first time or for another cause. */
    void onAdded(Runnable hears) {
        listener = hears;
    }

    /** It was refused; its holders are told, once for each cause. */
    void add(Identity identity, String why) {
        if (!why.equals(causes.put(identity, why))) {
            tell(identity, why);
            listener.run();
        }
    }

    /** It is served, or nobody holds it any more. */
    void forget(Identity identity) {
        if (causes.remove(identity) != null) {
            tell(identity, "");
        }
    }

    Set<Identity> all() {
        return Set.copyOf(causes.keySet());
    }

    boolean isEmpty() {
        return causes.isEmpty();
    }

    /** Tells all, to somebody who may know nothing. */
    void tellAll() {
        causes.forEach(this::tell);
    }

    private void tell(Identity identity, String why) {
        NewsCodec codec = new NewsCodec();
        codec.add(new News.Unservable(identity, why));
        byte[] message = codec.take();
        for (MemberId holder : table.of(identity).keySet()) {
            if (!holder.equals(members.self())) {
                members.send(holder, message);
            }
        }
    }
}
