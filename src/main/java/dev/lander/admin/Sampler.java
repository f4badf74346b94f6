package dev.lander.admin;

import dev.lander.registry.Snapshot;
import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;
import dev.lander.registry.Traffic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the process once a second, on a thread of its own, and keeps what it saw for ten minutes. Components are
 * looked at only while somebody asks for their rates.
 */
final class Sampler {
    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final int MAX_SAMPLES = 600;

    /** For this long after a request for rates they are worked out, in case another request comes. */
    private static final Duration INTEREST = Duration.ofSeconds(10);

    private static final double NS_PER_S = 1e9;

    private final LoopQuestion<LoopView.Load> loadQuestion;
    private final LoopQuestion<LoopView> viewQuestion;
    private final InstantSource time;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> AdminThreads.create(task, "admin-sampler"));

    // What follows is for whoever holds this object's lock.

    private final ArrayDeque<Sample> samples = new ArrayDeque<>(MAX_SAMPLES);
    private Map<ComponentId, Rate> rates = Map.of();
    private long interestUntilMs;

    // And these two are the sampler thread's.

    private LoopView.@Nullable Load lastLoad;
    private @Nullable LoopView lastView;

    Sampler(LoopQuestion<LoopView.Load> loadQuestion, LoopQuestion<LoopView> viewQuestion, InstantSource time) {
        this.loadQuestion = loadQuestion;
        this.viewQuestion = viewQuestion;
        this.time = time;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what is thrown is contained
    void start() {
        timer.scheduleWithFixedDelay(this::sampleContained, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop() {
        timer.shutdownNow();
    }

    /** The samples of the last ten minutes that are newer, the oldest first. */
    synchronized List<Sample> samplesAfter(long timeS) {
        return samples.stream().filter(sample -> sample.timeS() > timeS).toList();
    }

    /** What components did in the last second; empty when nobody has asked for a while. */
    synchronized Map<ComponentId, Rate> rates() {
        interestUntilMs = time.millis() + INTEREST.toMillis();
        return rates;
    }

    private synchronized boolean isInteresting() {
        return time.millis() < interestUntilMs;
    }

    private void sampleContained() {
        try {
            sample();
        } catch (RuntimeException defect) {
            LOG.error("defect admin_sampler", defect); // and the next second is tried anew
        }
    }

    private void sample() {
        Optional<LoopView> view = isInteresting() ? viewQuestion.ask() : Optional.empty();
        Optional<LoopView.Load> load = view.isPresent() ? view.map(LoopView::load) : loadQuestion.ask();
        load.ifPresent(this::add);
        Map<ComponentId, Rate> newRates = view.map(this::ratesSinceLast).orElse(Map.of());
        lastView = view.orElse(null);
        synchronized (this) {
            rates = newRates;
        }
    }

    private void add(LoopView.Load load) {
        LoopView.Load last = lastLoad;
        lastLoad = load;
        double seconds = last == null ? 0 : (load.nowNs() - last.nowNs()) / NS_PER_S;
        if (last == null || seconds <= 0) {
            return;
        }
        Traffic.Totals now = load.traffic();
        Traffic.Totals then = last.traffic();
        long bytes = now.bytesIn() + now.bytesOut() - then.bytesIn() - then.bytesOut();
        Sample sample = new Sample(
                time.instant().getEpochSecond(),
                (now.connections() - then.connections()) / seconds,
                (now.datagrams() - then.datagrams()) / seconds,
                bytes / seconds,
                load.relays());
        synchronized (this) {
            // The machine's clock may have been put back; and no second has two samples.
            while (!samples.isEmpty() && samples.getLast().timeS() >= sample.timeS()) {
                samples.removeLast();
            }
            if (samples.size() == MAX_SAMPLES) {
                samples.removeFirst();
            }
            samples.addLast(sample);
        }
    }

    private Map<ComponentId, Rate> ratesSinceLast(LoopView view) {
        LoopView last = lastView;
        double seconds = last == null ? 0 : (view.load().nowNs() - last.load().nowNs()) / NS_PER_S;
        if (last == null || seconds <= 0) {
            return Map.of();
        }
        Map<ComponentId, ComponentStatus> before = byId(last.registered());
        Map<ComponentId, Rate> found = new HashMap<>();
        byId(view.registered()).forEach((id, now) -> {
            ComponentStatus then = before.get(id);
            // One that has come back with the same id counts from 0 again.
            if (then != null && now.total() >= then.total()) {
                found.put(id, rate(then, now, seconds));
            }
        });
        return found;
    }

    private static Rate rate(ComponentStatus then, ComponentStatus now, double seconds) {
        return new Rate(
                (now.total() - then.total()) / seconds,
                Math.max(0, now.bytesIn() - then.bytesIn()) / seconds,
                Math.max(0, now.bytesOut() - then.bytesOut()) / seconds);
    }

    private static Map<ComponentId, ComponentStatus> byId(Snapshot registered) {
        Map<ComponentId, ComponentStatus> found = new HashMap<>();
        for (ServiceStatus service : registered.services()) {
            for (ComponentStatus component : service.components()) {
                found.put(ComponentId.of(service, component), component);
            }
        }
        return found;
    }
}
