package dev.lander.registry.balance;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of one weight in the order in which they wait; one that was chosen or has joined goes to the end. One
 * that has left is remembered at its place until others have taken the turn that it missed.
 */
final class WaitingLine<C extends Candidate> {
    /** A candidate's place in a line. */
    static final class Place<C extends Candidate> {
        final C candidate;
        final WaitingLine<C> line;

        private boolean present;

        /** Grows along the line. */
        private long ticket;

        private @Nullable Place<C> before;
        private @Nullable Place<C> after;

        Place(C candidate, WaitingLine<C> line) {
            this.candidate = candidate;
            this.line = line;
        }

        boolean isPresent() {
            return present;
        }
    }

    /** The candidates' weight. */
    final int weight;

    /** How much of a turn the line is owed, of which all lines' weight is a whole one; its owner's. */
    long owed;

    private int present;
    private long tickets;

    private @Nullable Place<C> head;
    private @Nullable Place<C> tail;

    /** The first that is present, so that a choice doesn't walk past all that are not. */
    private @Nullable Place<C> first;

    WaitingLine(int weight) {
        this.weight = weight;
    }

    /** Whether no candidate is in it, not even one that is remembered. */
    boolean isEmpty() {
        return head == null;
    }

    /** The weight of all that are present. */
    long presentWeight() {
        return (long) weight * present;
    }

    /** A newcomer goes to the end, one that is remembered takes up its place. */
    void join(Place<C> place) {
        if (place.ticket == 0) {
            append(place);
        }
        place.present = true;
        present++;
        if (first == null || place.ticket < first.ticket) {
            first = place;
        }
    }

    /** The place is kept for now. */
    void leave(Place<C> place) {
        place.present = false;
        present--;
        if (place == first) {
            first = presentFrom(place.after);
        }
    }

    /** The first that is present and admitted; none moves. */
    @Nullable
    Place<C> firstAdmitted(Predicate<? super C> admits) {
        Place<C> place = first;
        while (place != null && !(place.present && admits.test(place.candidate))) {
            place = place.after;
        }
        return place;
    }

    /** A candidate that has left, and whose turn would have come before the chosen one's; or null. */
    @Nullable
    Place<C> absentBefore(Place<C> chosen) {
        return head != null && !head.present && head.ticket < chosen.ticket ? head : null;
    }

    /** The turn is taken. */
    void moveToEnd(Place<C> place) {
        if (place == first) {
            first = presentFrom(place.after);
        }
        remove(place);
        append(place);
        if (first == null) {
            first = place;
        }
    }

    /** Takes the place out of the line. */
    void remove(Place<C> place) {
        Place<C> before = place.before;
        Place<C> after = place.after;
        if (before == null) {
            head = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.before = before;
        }
    }

    private static <C extends Candidate> @Nullable Place<C> presentFrom(@Nullable Place<C> start) {
        Place<C> place = start;
        while (place != null && !place.present) {
            place = place.after;
        }
        return place;
    }

    private void append(Place<C> place) {
        place.ticket = ++tickets;
        place.before = tail;
        place.after = null;
        if (tail == null) {
            head = place;
        } else {
            tail.after = place;
        }
        tail = place;
    }
}
