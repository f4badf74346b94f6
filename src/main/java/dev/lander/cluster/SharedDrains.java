package dev.lander.cluster;

import dev.lander.registry.Component;
import dev.lander.registry.OperatorDrains;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Operators' drains, which hold at all members whichever was asked: of each component the latest word counts. */
final class SharedDrains {
    /** The oldest words are forgotten beyond this many. */
    private static final int MOST = 32_768;

    private record Word(Stamp stamp, boolean drained) {}

    private final OperatorDrains drains;
    private final HybridClock clock;
    private final Outbox outbox;
    private final Function<Identity, @Nullable Component> components;
    private final Consumer<Identity> changed;

    /** The latest, the one that was said last at the end. */
    private final Map<Identity, Word> words = new LinkedHashMap<>();

    /**
     * Of one member's view.
     *
     * @param components finds what is registered
     * @param changed told, in the middle of a change, of which component there is a new word
     */
    SharedDrains(
            OperatorDrains drains,
            HybridClock clock,
            Outbox outbox,
            Function<Identity, @Nullable Component> components,
            Consumer<Identity> changed) {
        this.drains = drains;
        this.clock = clock;
        this.outbox = outbox;
        this.components = components;
        this.changed = changed;
    }

    /** An operator has asked here. */
    void onAsked(Identity identity, boolean drained) {
        Word word = new Word(clock.next(), drained);
        keep(identity, word);
        outbox.add(new News.Operated(identity, word.stamp(), drained));
        changed.accept(identity);
    }

    /** An operator has asked another member. */
    void hear(News.Operated news) {
        Word before = words.get(news.identity());
        if (before != null && !news.stamp().isAfter(before.stamp())) {
            return;
        }
        keep(news.identity(), new Word(news.stamp(), news.drained()));
        Component component = components.apply(news.identity());
        InetSocketAddress address = component == null ? news.identity().address() : component.address();
        drains.hear(news.identity().relayPort(), address, component, news.drained());
        changed.accept(news.identity());
    }

    /** Tells all, to somebody who may know nothing. */
    void tellAll() {
        words.forEach((identity, word) -> outbox.add(new News.Operated(identity, word.stamp(), word.drained())));
    }

    private void keep(Identity identity, Word word) {
        words.remove(identity);
        words.put(identity, word);
        if (words.size() > MOST) {
            words.remove(words.keySet().iterator().next());
        }
    }
}
