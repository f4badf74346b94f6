package dev.lander.registry.balance;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A client address stays with one candidate, and every Lander with the same candidates chooses alike: the consistent
 * hashing of Daniel Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer" (NSDI 2016). A
 * candidate that leaves or joins moves hardly any clients but its own: of up to 100 candidates less than 2 % of the
 * others'.
 *
 * <p>A choice is one look into the {@link SlotTable}, and goes on to the next slots from one whose candidate is
 * refused. The table is filled anew by the first choice after a change, in about 2 ms for up to 655 candidates and 30
 * ms for thousands. When candidates come and go all the time, choices go by the last table, past the candidates that
 * have left, until there were enough choices to be worth another.
 */
public final class SourceHash<C extends Candidate> implements BalancingPolicy<C> {
    /** How many slots each choice pays for. */
    private static final int SLOTS_PER_CHOICE = 16;

    /** The most that is saved up: 64 times the smaller table. */
    private static final int MAX_SAVED = 64 * SlotTable.size(1);

    private static final class Member<C extends Candidate> {
        final C candidate;
        final int weight;
        boolean present;

        /** Has slots, if any are left for it, in the present table. */
        boolean seated;

        /** The last search in which it was refused. */
        long refusedIn;

        Member(C candidate) {
            this.candidate = candidate;
            this.weight = candidate.weight();
        }
    }

    /** The candidates that are present or seated. */
    private final IdentityHashMap<C, Member<C>> members = new IdentityHashMap<>();

    /** Whom the table's numbers mean. */
    private List<Member<C>> seats = List.of();

    private int[] table = {};
    private int present;

    /** How many are either present or seated, but not both. */
    private int misplaced;

    private int saved = MAX_SAVED;
    private long searches;

    @Override
    public void join(C candidate) {
        Member<C> member = members.get(candidate);
        if (member == null || member.weight != candidate.weight()) {
            member = new Member<>(candidate);
            members.put(candidate, member);
        }
        member.present = true;
        present++;
        misplaced += member.seated ? -1 : 1;
    }

    @Override
    public void leave(C candidate) {
        Member<C> member = Objects.requireNonNull(members.get(candidate), "has not joined");
        member.present = false;
        present--;
        if (member.seated) {
            misplaced++;
        } else {
            misplaced--;
            members.remove(candidate);
        }
    }

    @Override
    public @Nullable C choose(InetAddress client, Predicate<? super C> admits) {
        if (present == 0) {
            return null;
        }
        saved = Math.min(saved + SLOTS_PER_CHOICE, MAX_SAVED);
        int price = SlotTable.size(present);
        if (misplaced > 0 && saved >= price) {
            saved -= price;
            fillTable();
        }
        C chosen = search(client, admits);
        if (chosen == null && misplaced > 0) {
            fillTable();
            chosen = search(client, admits);
        }
        return chosen;
    }

    private @Nullable C search(InetAddress client, Predicate<? super C> admits) {
        searches++;
        int slot = (int) Long.remainderUnsigned(Hash.of(client), table.length);
        int refused = 0;
        for (int looks = 0; looks < table.length && refused < present; looks++) {
            Member<C> member = seats.get(table[slot]);
            if (member.present && member.refusedIn != searches) {
                if (admits.test(member.candidate)) {
                    return member.candidate;
                }
                member.refusedIn = searches;
                refused++;
            }
            slot = slot + 1 < table.length ? slot + 1 : 0;
        }
        return null;
    }

    private void fillTable() {
        for (Member<C> seat : seats) {
            seat.seated = false;
        }
        members.values().removeIf(member -> !member.present);
        seats = new ArrayList<>(members.values());
        seats.sort(Comparator.comparing(member -> member.candidate.identity()));
        List<C> candidates = new ArrayList<>(seats.size());
        for (Member<C> seat : seats) {
            seat.seated = true;
            candidates.add(seat.candidate);
        }
        table = SlotTable.fill(candidates);
        misplaced = 0;
    }
}
