package dev.lander.registry.balance;

import dev.lander.registry.balance.WaitingLine.Place;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Everybody in turn, and as often as its weight says: weights 3 and 1 make A A B A.
 *
 * <p>Candidates of one weight wait in one line, so that theirs is the plain round: the longest waiting is next, a
 * newcomer is last. Between the lines goes the smooth weighted round robin of nginx (Maxim Dounin, 2012): at each
 * choice every line that could serve is owed its weight more, and the one that is owed most pays the weight of all. A
 * tie goes to the heavier candidates.
 *
 * <p>A choice is O(1) in the number of candidates, beyond those refused, and O(k) for k different weights.
 */
public final class RoundRobin<C extends Candidate> implements BalancingPolicy<C> {
    /** At least this many candidates that have left are remembered, and as many as ever were present at once. */
    private static final int MEMORY = 64;

    private final IdentityHashMap<C, Place<C>> places = new IdentityHashMap<>();

    /** One for each weight of the candidates that are present or remembered. */
    private final List<WaitingLine<C>> lines = new ArrayList<>();

    private int present;
    private int mostPresent = MEMORY;

    /** Somebody has joined or left since the last choice. */
    private boolean changed;

    @Override
    public void join(C candidate) {
        WaitingLine<C> line = line(candidate.weight());
        Place<C> place = places.get(candidate);
        if (place == null || place.line != line) {
            if (place != null) {
                move(place, line);
            }
            place = new Place<>(candidate, line);
            places.put(candidate, place);
        }
        line.join(place);
        present++;
        mostPresent = Math.max(mostPresent, present);
        changed = true;
    }

    @Override
    public void leave(C candidate) {
        Place<C> place = Objects.requireNonNull(places.get(candidate), "has not joined");
        place.line.leave(place);
        present--;
        changed = true;
        if (places.size() - present > mostPresent) {
            forgetAbsent();
        }
    }

    @Override
    public @Nullable C choose(InetAddress client, Predicate<? super C> admits) {
        WaitingLine<C> best = null;
        Place<C> chosen = null;
        long total = 0;
        for (int i = 0; i < lines.size(); i++) {
            WaitingLine<C> line = lines.get(i);
            Place<C> next = line.firstAdmitted(admits);
            if (next != null) {
                line.owed += line.presentWeight();
                total += line.presentWeight();
                if (best == null || comesBefore(line, best)) {
                    best = line;
                    chosen = next;
                }
            }
        }
        if (best == null || chosen == null) {
            return null;
        }
        best.owed -= total;
        if (changed) {
            limitDebts();
        }
        takeTurn(chosen);
        return chosen.candidate;
    }

    /** Takes the place out of its line. A line that it leaves empty goes, and what it was owed is owed to the other. */
    private void move(Place<C> place, WaitingLine<C> to) {
        WaitingLine<C> from = place.line;
        from.remove(place);
        if (from.isEmpty()) {
            to.owed += from.owed;
            lines.remove(from);
        }
    }

    private static boolean comesBefore(WaitingLine<?> a, WaitingLine<?> b) {
        return a.owed == b.owed ? a.weight > b.weight : a.owed > b.owed;
    }

    private void takeTurn(Place<C> chosen) {
        Place<C> missed = chosen.line.absentBefore(chosen);
        while (missed != null) {
            missed.line.remove(missed);
            places.remove(missed.candidate);
            missed = chosen.line.absentBefore(chosen);
        }
        chosen.line.moveToEnd(chosen);
    }

    /**
     * What a line is owed from when the others were many is no more than one turn now that they are few; one that
     * nobody will come back to is owed nothing.
     */
    private void limitDebts() {
        changed = false;
        lines.removeIf(WaitingLine::isEmpty);
        long total = 0;
        for (int i = 0; i < lines.size(); i++) {
            total += lines.get(i).presentWeight();
        }
        for (int i = 0; i < lines.size(); i++) {
            WaitingLine<C> line = lines.get(i);
            if (line.presentWeight() > 0) {
                line.owed = Math.max(-total, Math.min(total, line.owed));
            }
        }
    }

    private WaitingLine<C> line(int weight) {
        for (WaitingLine<C> line : lines) {
            if (line.weight == weight) {
                return line;
            }
        }
        WaitingLine<C> line = new WaitingLine<>(weight);
        lines.add(line);
        return line;
    }

    private void forgetAbsent() {
        for (Iterator<Place<C>> all = places.values().iterator(); all.hasNext(); ) {
            Place<C> place = all.next();
            if (!place.isPresent()) {
                place.line.remove(place);
                all.remove();
            }
        }
    }
}
