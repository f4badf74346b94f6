package dev.lander.registry;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Who serves which relay port. A service exists, and its port is bound, from its first component's registration until
 * its last component's end.
 */
public final class Registry {
    private final PortBinder binder;
    private final LoopGuard loopGuard;
    private final Observer observer;
    private final Traffic traffic = new Traffic();
    private final Services services = new Services();
    private final ShownOrder shown = new ShownOrder();
    private final Links links = new Links();
    private final OperatorDrains operatorDrains = new OperatorDrains();
    private final RegisterChecks checks;

    private final SplittableRandom random;

    private Sharing sharing = Sharing.NONE;

    /**
     * Binds relay ports by the binder.
     *
     * @param observer hears of what an operator would want to know
     * @param random decides what policies leave to chance
     */
    public Registry(PortBinder binder, LoopGuard loopGuard, Observer observer, SplittableRandom random) {
        this.binder = binder;
        this.loopGuard = loopGuard;
        this.observer = observer;
        this.random = random;
        this.checks = new RegisterChecks(services, links, loopGuard, binder);
    }

    /** Registrations are shared with other Landers. To be called before the first of them. */
    public void share(Sharing with) {
        sharing = with;
    }

    /** What is done with what other Landers say. */
    public OthersHolds othersHolds() {
        return new OthersHolds(this);
    }

    /**
     * The link's peer serves behind a relay port from now on. If it already does over another link, the registration
     * moves to this one: counters, open relays and its place in the turn are kept, all marks are cleared.
     */
    public Outcome register(Link link, Registration registration) {
        Service service = services.get(registration.relayPort());
        InetSocketAddress address = address(link, registration.host(), registration.port());
        Component known = service == null ? null : service.find(address);
        Outcome refusal = checks.refusal(link, registration, address, known);
        if (refusal != null) {
            return refusal;
        }
        if (known != null) {
            takeOver(known, link, registration.traits());
            sharing.onHeld(known, registration.terms());
            return doneWith(known, services.needHello(registration.relayPort()));
        }
        Outcome outcome = add(link, registration, address);
        Component component = findExactly(registration.relayPort(), address);
        return component == null ? outcome : doneWith(component, services.needHello(registration.relayPort()));
    }

    /**
     * Another Lander says that the component is registered there. If it already is registered here, nothing happens.
     *
     * @param link stands for all that others hold
     * @param registration names its host
     */
    Outcome addHeld(Link link, Registration registration) {
        InetSocketAddress address = address(link, registration.host(), registration.port());
        Outcome refusal = checks.refusalOfHeld(registration, address);
        return refusal == null ? add(link, registration, address) : refusal;
    }

    private Outcome add(Link link, Registration registration, InetSocketAddress address) {
        Service service = services.get(registration.relayPort());
        if (service == null) {
            service = new Service(
                    registration.relayPort(), registration.terms(), this::onChanged, traffic, random.split());
            Optional<String> refusal = binder.bind(service);
            if (refusal.isPresent()) {
                observer.onBindFailed(registration.relayPort(), refusal.get());
                return Outcome.refused(Outcome.Kind.BIND_FAILED, refusal.get());
            }
            services.add(service);
            observer.onBound(service);
        }
        Component component = new Component(service, address, registration.traits(), link);
        add(component, link);
        if (component.isOwn()) {
            sharing.onHeld(component, registration.terms());
        }
        operatorDrains.onRegistered(component);
        return Outcome.DONE;
    }

    void setTerms(Service service, ServiceTerms terms) {
        service.setTerms(terms);
        binder.onTerms(service);
    }

    private void onChanged(Component component, State before) {
        if (component.isOwn()) {
            sharing.onMarked(component);
        }
        if (component.state() != before) {
            observer.onStateChanged(component, before);
        }
    }

    private static Outcome doneWith(Component component, boolean needsHello) {
        return Outcome.done(component.isHeld(), needsHello);
    }

    /** Ends the link's registration; its service's port is released when it was the last. */
    public Outcome unregister(Link link, RelayPort relayPort, int port) {
        Component component = find(link, relayPort, port);
        if (component == null) {
            return Outcome.notRegistered(relayPort, port);
        }
        unregister(component);
        return Outcome.DONE;
    }

    /** Ends the registration, as its link asks for. */
    public void unregister(Component component) {
        Link link = component.link();
        if (link != null) {
            remove(component, link);
        }
    }

    /** The link's peer reports the state of all that it has on the relay port, at its own address. */
    public Outcome report(Link link, RelayPort relayPort, boolean good) {
        return report(link, relayPort, null, good);
    }

    /**
     * The link's peer reports the state of all that it has on the relay port, at one address.
     *
     * @param host null = its own
     */
    public Outcome report(Link link, RelayPort relayPort, @Nullable InetAddress host, boolean good) {
        Reports reports = links.reports(link, relayPort, host == null ? link.address() : host);
        if (reports == null) {
            return Outcome.refused(
                    Outcome.Kind.NOT_REGISTERED, "nothing is registered on " + relayPort + " by this connection");
        }
        reports.report(link, good);
        return Outcome.DONE;
    }

    /** Takes the component out of rotation for good; find it with {@link #find}. */
    public void drain(Component component) {
        component.drain();
        Link owner = component.link();
        if (owner != null) {
            owner.onDraining(component);
        }
    }

    /** What operators have taken out of rotation. */
    public OperatorDrains operatorDrains() {
        return operatorDrains;
    }

    /** The link has ended, and with it all its registrations. */
    public void disconnect(Link link) {
        for (Component component : List.copyOf(componentsOf(link))) {
            remove(component, link);
        }
    }

    /** The link's registration at its own address, or null. */
    public @Nullable Component find(Link link, RelayPort relayPort, int port) {
        return find(link, relayPort, null, port);
    }

    /**
     * The link's registration, or null.
     *
     * @param relayPort without a route it also stands for the only registration of this component at the port
     * @param host null = at its own address
     */
    public @Nullable Component find(Link link, RelayPort relayPort, @Nullable InetAddress host, int port) {
        return services.find(relayPort, address(link, host, port), link);
    }

    private static InetSocketAddress address(Link link, @Nullable InetAddress host, int port) {
        return new InetSocketAddress(host == null ? link.address() : host, port);
    }

    /** Anybody's registration, or null. */
    public @Nullable Component find(RelayPort relayPort, InetSocketAddress address) {
        return services.find(relayPort, address, null);
    }

    /** The same, where a bare port does not stand for its only route. */
    @Nullable
    Component findExactly(RelayPort relayPort, InetSocketAddress address) {
        Service service = findExactly(relayPort);
        return service == null ? null : service.find(address);
    }

    @Nullable
    Service findExactly(RelayPort relayPort) {
        return services.get(relayPort);
    }

    /** What the link has registered, in the order of registration; a live view. */
    public Collection<Component> componentsOf(Link link) {
        return links.componentsOf(link);
    }

    /** Begins a snapshot of all services. */
    public SnapshotWalk walk() {
        return shown.walk(sharing);
    }

    /** Begins a snapshot of the services of both protocols on one port, that of TCP first. */
    public SnapshotWalk walk(int relayPort) {
        return shown.walk(sharing, services.firstAt(relayPort));
    }

    /** How many components the services of both protocols on one port have. */
    public int size(int relayPort) {
        return services.at(relayPort)
                .mapToInt(service -> service.components().size())
                .sum();
    }

    /** What was relayed since the start, to all components that have ever been registered. */
    public Traffic.Totals traffic() {
        return traffic.totals();
    }

    private void add(Component component, Link link) {
        component.startSlowly();
        component.service().add(component);
        shown.add(component);
        links.add(link, component);
        loopGuard.added(component);
        link.onRegistered(component);
        observer.onRegistered(component);
    }

    private void remove(Component component, Link link) {
        Link heir = component.isOwn() ? sharing.onReleased(component) : null;
        if (heir != null) {
            links.remove(link, component);
            link.onLeft(component);
            links.add(heir, component);
            component.moveTo(heir);
            return;
        }
        Service service = component.service();
        boolean last = service.components().size() == 1;
        if (last) {
            binder.release(service);
            services.remove(service);
        }
        service.remove(component);
        shown.remove(component);
        links.remove(link, component);
        loopGuard.removed(component);
        binder.onLeft(component);
        link.onLeft(component);
        observer.onLeft(component);
        if (last) {
            observer.onReleased(service);
        }
    }

    private void takeOver(Component component, Link link, ComponentTraits traits) {
        Link before = component.link();
        if (before != null) {
            links.remove(before, component);
            before.onTakenOver(component);
        }
        links.add(link, component);
        component.takeOver(link, traits);
        link.onRegistered(component);
        observer.onTakenOver(component);
    }
}
