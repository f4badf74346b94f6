package dev.lander.admin;

import dev.lander.admin.Query.WrongFieldException;
import dev.lander.listing.RelayQuery;
import dev.lander.registry.Protocol;
import dev.lander.text.PortRanges;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** What can be asked for, by path. */
final class Endpoints {
    private static final String ASSETS = "/assets/";
    private static final long FROM_THE_BEGINNING = 0;

    private static final Answer STUCK =
            Answer.text(503, "stuck: the loop has not turned for " + LoopQuestion.LIMIT.toMillis() + " ms");

    private static final Answer UNANSWERED =
            Answer.text(503, "no answer within " + RelaysQuestion.LIMIT.toSeconds() + " s: try again later");

    private final Sources sources;
    private final LoopQuestion<Health> health;
    private final LoopQuestion<LoopView> view;
    private final Sampler sampler;
    private final ProcessFigures process = new ProcessFigures();
    private final AdminAssets assets = new AdminAssets();
    private final InstantSource time;

    /** Writing a document takes a multiple of its memory: so few are written at a time. */
    private final Semaphore writing = new Semaphore(4);

    Endpoints(Sources sources, InstantSource time) {
        this.sources = sources;
        this.health = new LoopQuestion<>(sources.reactor(), () -> Health.of(sources), time);
        this.view = new LoopQuestion<>(sources.reactor(), time, answer -> LoopView.ask(sources, answer));
        LoopQuestion<LoopView.Load> load = new LoopQuestion<>(sources.reactor(), () -> LoopView.Load.of(sources), time);
        this.sampler = new Sampler(load, view, time);
        this.time = time;
    }

    Sampler sampler() {
        return sampler;
    }

    /**
     * The answer to a GET.
     *
     * @param query what follows the question mark; empty when there is none
     */
    Answer answer(String path, String query) {
        try {
            return answer(path, new Query(query));
        } catch (WrongFieldException wrong) {
            return Answer.text(400, wrong.text());
        }
    }

    private Answer answer(String path, Query query) throws WrongFieldException {
        return switch (path) {
            case "/" -> assets.page();
            case "/healthz" -> health();
            case "/metrics" -> fromView(PrometheusText.TYPE, one -> PrometheusText.write(one, process));
            case "/api/status" -> fromView(Answer.JSON, one -> StatusJson.write(one));
            case "/api/prometheus-sd" -> fromView(Answer.JSON, one -> PrometheusTargets.write(one.registered()));
            case "/api/rates" -> rates(query);
            case "/api/events" -> events(query);
            case "/api/relays" -> relays(query);
            default -> asset(path).orElseGet(() -> Answer.text(404, "there is no " + path));
        };
    }

    private Answer health() {
        return health.ask()
                .map(now -> Answer.text(now == Health.OK ? 200 : 503, now.word()))
                .orElse(STUCK);
    }

    private Answer rates(Query query) throws WrongFieldException {
        long since = since(query);
        long nowS = time.instant().getEpochSecond();
        // Who has samples of the future saw them before the clock was put back, and is told anew.
        long known = since > nowS ? FROM_THE_BEGINNING : since;
        return fromView(Answer.JSON, one -> new RatesJson(
                        time.millis(), process, one, sampler.rates(), sampler.samplesAfter(known))
                .write());
    }

    private Answer events(Query query) throws WrongFieldException {
        long since = since(query);
        return fromView(Answer.JSON, one -> EventsJson.write(one.events(), since));
    }

    private Answer relays(Query query) throws WrongFieldException {
        RelayQuery wanted = new RelayQuery(
                protocol(query),
                (int) query.number("relay_port", 1, PortRanges.MAX_PORT, 0),
                query.text("component"),
                (int) query.number("after", 0, Integer.MAX_VALUE, 0));
        return RelaysQuestion.ask(sources.reactor(), sources.listings().open(), wanted)
                .map(page -> Answer.fresh(Answer.JSON, RelaysJson.write(page)))
                .orElse(UNANSWERED);
    }

    private Optional<Answer> asset(String path) {
        return path.startsWith(ASSETS) ? assets.find(path.substring(ASSETS.length())) : Optional.empty();
    }

    /** Turns a view into a document. */
    @FunctionalInterface
    private interface Document {
        byte[] write(LoopView view);
    }

    private Answer fromView(String type, Document document) {
        return view.ask().map(one -> Answer.fresh(type, written(document, one))).orElse(STUCK);
    }

    private byte[] written(Document document, LoopView one) {
        writing.acquireUninterruptibly();
        try {
            return document.write(one);
        } finally {
            writing.release();
        }
    }

    private static long since(Query query) throws WrongFieldException {
        return query.number("since", Long.MIN_VALUE, Long.MAX_VALUE, FROM_THE_BEGINNING);
    }

    /** Null when there is none. */
    private static @Nullable Protocol protocol(Query query) throws WrongFieldException {
        String sent = query.text("protocol");
        for (Protocol one : Protocol.values()) {
            if (one.word().equals(sent)) {
                return one;
            }
        }
        if (sent != null) {
            throw Query.wrong("protocol", "tcp or udp", sent);
        }
        return null;
    }
}
