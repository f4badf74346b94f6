package dev.lander.relay;

import dev.lander.listing.OpenRelay;
import dev.lander.registry.Component;
import dev.lander.registry.RelayPort;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All clients or flows of one protocol that are open. Each has a place, which it keeps until it is over, so that a list
 * can be read piece by piece while others come and go. Adding and removing are one store each, and allocate nothing
 * unless more are open than ever before.
 */
public final class OpenList {
    /** One that is open. */
    public interface Entry {
        /** Where clients reach it. */
        RelayPort relayPort();

        /** The component that serves it, or is tried; null = none was found yet. */
        @Nullable
        Component component();

        /** As it is shown. */
        OpenRelay shown();
    }

    private static final int FEW = 64;

    private @Nullable Entry[] entries = new Entry[FEW];

    /** Places that became free, the last one first; {@link #freed} of them. */
    private int[] free = new int[FEW];

    private int freed;

    /** Places from here on were never taken. */
    private int end;

    /** Adds it; returns its place. */
    public int add(Entry entry) {
        int place;
        if (freed > 0) {
            freed--;
            place = free[freed];
        } else {
            place = end;
            end++;
            if (place == entries.length) {
                entries = Arrays.copyOf(entries, 2 * place);
                free = Arrays.copyOf(free, 2 * place);
            }
        }
        entries[place] = entry;
        return place;
    }

    /** What is at the place is over. */
    public void remove(int place) {
        assert entries[place] != null : "what is not open is closed";
        entries[place] = null;
        free[freed] = place;
        freed++;
    }

    /** Takes all that are open in one turn: for what seldom happens. */
    public void forEach(Consumer<Entry> action) {
        for (int place = 0; place < end; place++) {
            Entry entry = entries[place];
            if (entry != null) {
                action.accept(entry);
            }
        }
    }

    /** The first place that was never taken. */
    int end() {
        return end;
    }

    /** What is at this place, which is before {@link #end}; null = nothing is now. */
    @Nullable
    Entry at(int place) {
        return entries[place];
    }
}
