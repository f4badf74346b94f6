package dev.lander.admin;

import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** What can be asked for, by path. */
final class Endpoints {
    private static final String ASSETS = "/assets/";
    private static final long FROM_THE_BEGINNING = 0;

    private static final Answer STUCK =
            Answer.text(503, "stuck: the loop has not turned for " + LoopQuestion.LIMIT.toMillis() + " ms");

    private final LoopQuestion<Boolean> draining;
    private final LoopQuestion<LoopView> view;
    private final Sampler sampler;
    private final ProcessFigures process = new ProcessFigures();
    private final AdminAssets assets = new AdminAssets();
    private final InstantSource time;

    /** Writing a document takes a multiple of its memory: so few are written at a time. */
    private final Semaphore writing = new Semaphore(4);

    Endpoints(Sources sources, InstantSource time) {
        this.draining =
                new LoopQuestion<>(sources.reactor(), () -> sources.control().isEnding(), time);
        this.view = new LoopQuestion<>(sources.reactor(), () -> LoopView.of(sources), time);
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
        return switch (path) {
            case "/" -> assets.page();
            case "/healthz" -> health();
            case "/metrics" -> fromView(PrometheusText.TYPE, one -> PrometheusText.write(one, process));
            case "/api/status" -> fromView(Answer.JSON, one -> StatusJson.write(one.registered()));
            case "/api/rates" -> rates(query);
            case "/api/events" -> events(query);
            default -> asset(path).orElseGet(() -> Answer.text(404, "there is no " + path));
        };
    }

    private Answer health() {
        return draining.ask()
                .map(ending -> ending ? Answer.text(503, "draining") : Answer.text(200, "ok"))
                .orElse(STUCK);
    }

    private Answer rates(String query) {
        Optional<Long> since = since(query);
        if (since.isEmpty()) {
            return noNumber();
        }
        long nowS = time.instant().getEpochSecond();
        // Who has samples of the future saw them before the clock was put back, and is told anew.
        long known = since.get() > nowS ? FROM_THE_BEGINNING : since.get();
        return fromView(Answer.JSON, one -> new RatesJson(
                        time.millis(), process, one, sampler.rates(), sampler.samplesAfter(known))
                .write());
    }

    private Answer events(String query) {
        Optional<Long> since = since(query);
        if (since.isEmpty()) {
            return noNumber();
        }
        return fromView(Answer.JSON, one -> EventsJson.write(one.events(), since.get()));
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

    /** The query's {@code since}; empty when it is no number. */
    private static Optional<Long> since(String query) {
        for (String field : query.split("&", -1)) {
            if (field.startsWith("since=")) {
                try {
                    return Optional.of(Long.parseLong(field.substring("since=".length())));
                } catch (NumberFormatException noNumber) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(FROM_THE_BEGINNING);
    }

    private static Answer noNumber() {
        return Answer.text(400, "since must be a whole number");
    }
}
