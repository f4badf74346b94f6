package dev.lander.registry;

import dev.lander.registry.balance.Candidate;
import dev.lander.text.AddressText;
import dev.lander.text.ShownText;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One registered server: where it is, how it feels, what it has done. The relay tells it what becomes of its relays and
 * flows; it tells its service when that changes who can be chosen.
 */
public final class Component implements Candidate, Eligibility.Owner {
    private final Service service;
    private final InetSocketAddress address;
    private final String identity;
    private final Health health = new Health();
    private final Checks checks = new Checks(this::mark, health);
    private final SlowStart slowStart;
    private final Tally tally;
    private final Activity activity = new Activity();

    private ComponentTraits traits;

    /** The control connection that has it; null once it has left. */
    private @Nullable Link link;

    /** Where it is shown; given when it is registered. */
    Place place = Place.beginning(0);

    /** Whether it can be chosen. */
    final Eligibility eligibility = new Eligibility(this, health);

    Component(Service service, InetSocketAddress address, ComponentTraits traits, Link link) {
        this.service = service;
        this.tally = new Tally(service.relayPort().protocol(), service.traffic());
        this.address = address;
        this.identity = AddressText.of(address);
        this.traits = traits;
        this.link = link;
        this.slowStart = new SlowStart(change -> service.rearrange(this, change));
    }

    /** The service that it serves. */
    public Service service() {
        return service;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** {@code address:port}, the same in every process. */
    @Override
    public String identity() {
        return identity;
    }

    /** What people call it: in logs, metrics and on the status page. */
    public String name() {
        String name = traits.name();
        return name == null ? identity : name;
    }

    /** The name as a value in a log line. */
    public String label() {
        return ShownText.value(name());
    }

    /** Its share relative to the others', in {@link SlowStart#ALL_PARTS} parts for each of what it has declared. */
    @Override
    public int weight() {
        return traits.weight() * slowStart.parts();
    }

    /** What it said when it registered last. */
    @Override
    public ComponentTraits traits() {
        return traits;
    }

    /** Good, or the first of its marks. */
    public State state() {
        return health.state();
    }

    /** Whether it is at another address than the control connection that has it. */
    public boolean isElsewhere() {
        return link != null && !link.address().equals(address.getAddress());
    }

    /** Whether it is still registered. */
    @Override
    public boolean isRegistered() {
        return link != null;
    }

    /** Whether it is taken out of rotation for good. */
    public boolean isDraining() {
        return health.isDraining();
    }

    /** Whether an operator holds it out of rotation, and not only its owner. */
    public boolean isHeld() {
        return health.isHeld();
    }

    /** Whether tries to reach it have failed three times in a row. */
    public boolean isUnreachable() {
        return health.isUnreachable();
    }

    /** Whether a flow that sticks to it may go on. */
    public boolean isInRotation() {
        return eligibility.standing == Standing.IN_ROTATION;
    }

    /** Whether it may go on while nobody is in rotation. */
    public boolean isLastResort() {
        return eligibility.standing == Standing.LAST_RESORT && !isUnreachable();
    }

    /** Open relays, those still connecting included, or flows; of this Lander alone. */
    public int active() {
        return activity.here();
    }

    /** The same of all Landers that tell each other. */
    @Override
    public int load() {
        return activity.everywhere();
    }

    /** Whether {@link #load} is all: other Landers tell theirs a moment after it has begun to matter. */
    public boolean isLoadKnown() {
        return activity.isAllKnown();
    }

    /** What this Lander has found out of it by itself. */
    public OwnMarks ownMarks() {
        return health.ownMarks();
    }

    /** Whether it is registered with this Lander, and not only with others. */
    public boolean isOwn() {
        return link != null && !link.isOfOthers();
    }

    /** What it has done. */
    public Tally tally() {
        return tally;
    }

    /** Runs the listener whenever {@link #active()} has changed; null ends it. */
    public void onActiveChanged(@Nullable Runnable listener) {
        activity.onChanged(listener);
    }

    /** A relay begins to connect to it, or a flow opens. */
    public void onRelayOpened() {
        activity.add(1);
        activeChanged();
    }

    /** What {@link #onRelayOpened} began is over. */
    public void onRelayClosed() {
        activity.add(-1);
        activeChanged();
    }

    private void activeChanged() {
        service.activeChanged(this);
        activity.tell();
    }

    /** A connect to it was refused or timed out, or a datagram was answered by "port unreachable". */
    public void onConnectFailed() {
        tally.countFailure();
        change(health::onConnectFailed);
    }

    /** A connect to it succeeded, or it answered a datagram. */
    public void onReached() {
        if (health.hasFailed()) {
            change(health::onReached);
        }
    }

    /** It is unreachable, and its pause is over: the next turn may try it. */
    public void admitTrial() {
        eligibility.onTrial = true;
        service.place(this);
    }

    /** The trial has been made; its result comes as {@link #onConnectFailed} or {@link #onReached}. */
    public void endTrial() {
        eligibility.onTrial = false;
        service.place(this);
    }

    /** Whether the next try is the one that {@link #admitTrial} allowed. */
    public boolean isOnTrial() {
        return eligibility.onTrial;
    }

    /** Its health checks. */
    public Checks checks() {
        return checks;
    }

    /** Begins with one part of its weight, if it has asked for a slow start. */
    void startSlowly() {
        if (link != null && slowStart.begin(traits.slowStartNs())) {
            link.onSlowStart(this);
        }
    }

    /**
     * Its weight grows to the part of it that is due this many nanoseconds after its slow start began; whether it grows
     * on.
     */
    public boolean grow(long elapsedNs) {
        return slowStart.grow(elapsedNs, link == null ? 0 : traits.slowStartNs());
    }

    void reported(boolean good) {
        change(() -> health.reported(good));
    }

    void drain() {
        change(health::drain);
    }

    /** Something else has become known of it. */
    void mark(Consumer<Health> event) {
        change(() -> event.accept(health));
    }

    /** Others have said something of it. */
    void setElsewhere(Elsewhere said) {
        change(() -> health.setElsewhere(said));
        if (activity.setElsewhere(said)) {
            activeChanged();
        }
    }

    /** It is registered with others only from now on: they check it. */
    void moveTo(Link ofOthers) {
        link = ofOthers;
        change(health::forgetChecks);
    }

    void takeOver(Link newLink, ComponentTraits newTraits) {
        link = newLink;
        eligibility.onTrial = false;
        setTraits(newTraits);
        change(health::clear);
        service.place(this);
    }

    void setTraits(ComponentTraits newTraits) {
        if (newTraits.weight() == traits.weight() && newTraits.priority() == traits.priority()) {
            traits = newTraits; // and its place in the turn is kept
        } else {
            service.rearrange(this, () -> traits = newTraits);
        }
        service.place(this); // its max_connections may be others
    }

    void leave() {
        link = null;
        service.place(this);
    }

    @Nullable
    Link link() {
        return link;
    }

    private void change(Runnable event) {
        if (link == null) {
            return; // it has left: what becomes of its open relays is no news of it
        }
        State before = health.state();
        OwnMarks marksBefore = health.ownMarks();
        event.run();
        boolean isNew = health.state() != before;
        if (isNew) {
            if (health.state() == State.GOOD) {
                startSlowly();
            }
            service.place(this);
        }
        if (isNew || !health.ownMarks().equals(marksBefore)) {
            service.changed(this, before);
        }
    }
}
