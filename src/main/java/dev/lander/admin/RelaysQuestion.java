package dev.lander.admin;

import dev.lander.listing.OpenRelays;
import dev.lander.listing.RelayPage;
import dev.lander.listing.RelayQuery;
import dev.lander.reactor.Reactor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One HTTP request's question for what is open. */
final class RelaysQuestion implements OpenRelays.Asker {
    /** Longer than a hundred who ask at the same time have to wait for each other. */
    static final Duration LIMIT = Duration.ofSeconds(5);

    private final CompletableFuture<RelayPage> answer = new CompletableFuture<>();

    private RelaysQuestion() {}

    /** From any thread but the loop's; empty when the loop does not answer in time. */
    static Optional<RelayPage> ask(Reactor reactor, OpenRelays open, RelayQuery query) {
        RelaysQuestion question = new RelaysQuestion();
        reactor.execute(() -> open.ask(query, question));
        Optional<RelayPage> page = LoopAnswer.await(question.answer, LIMIT);
        if (page.isEmpty()) {
            reactor.execute(() -> open.forget(question));
        }
        return page;
    }

    @Override
    public void onPage(RelayPage page) {
        answer.complete(page);
    }

    @Override
    public void onFault(Exception defect) {
        answer.completeExceptionally(defect);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return "/api/relays";
    }
}
