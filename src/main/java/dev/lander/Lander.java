package dev.lander;

import dev.lander.admin.AdminServer;
import dev.lander.admin.AdminSettings;
import dev.lander.admin.EventHistory;
import dev.lander.admin.Sources;
import dev.lander.cluster.Cluster;
import dev.lander.cluster.ClusterSettings;
import dev.lander.control.Access;
import dev.lander.control.ControlServer;
import dev.lander.control.ControlSettings;
import dev.lander.control.stream.TlsContext;
import dev.lander.host.ServiceNotifier;
import dev.lander.listing.Listings;
import dev.lander.listing.Snapshots;
import dev.lander.log.AccessLogFile;
import dev.lander.log.EventLog;
import dev.lander.log.Observers;
import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import dev.lander.metrics.Metrics;
import dev.lander.options.Options;
import dev.lander.options.TokenFile;
import dev.lander.reactor.Deadline;
import dev.lander.reactor.Reactor;
import dev.lander.registry.LoopGuard;
import dev.lander.registry.Observer;
import dev.lander.registry.Registry;
import dev.lander.relay.AccessLog;
import dev.lander.relay.PortSettings;
import dev.lander.relay.RelayPages;
import dev.lander.relay.RelayPorts;
import dev.lander.relay.RelaySettings;
import dev.lander.relay.tcp.TcpPorts;
import dev.lander.relay.udp.UdpPorts;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.FdBudget;
import dev.lander.text.AddressText;
import dev.lander.text.ShownText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The load balancer: assembles the rooms, and ends them in order. */
public final class Lander {
    private static final Logger LOG = LoggerFactory.getLogger(Lander.class);

    private final Options options;
    private final ServiceNotifier notifier;
    private final Metrics metrics = new Metrics();
    private final Reactor reactor;
    private final BurstLog burstLog;
    private final TcpPorts tcp;
    private final RelayPorts relayPorts;
    private final ControlServer control;
    private final @Nullable AccessLogFile accessLog;
    private final Reload reload;
    private final @Nullable AdminServer admin;

    private final ClusterPart cluster;
    private final Deadline burstsTold;
    private final OrderlyEnd end;
    private final Sources sources;

    /** Null where no manager asks for signs of life. */
    private final @Nullable Deadline signOfLife;

    /** The one thing that another thread may have changed. */
    private final AtomicBoolean endAsked = new AtomicBoolean();

    /**
     * Binds the control channel; {@link #run} serves it.
     *
     * @throws IOException when the system refuses, or a file that an option names; the message is for users
     */
    public Lander(Options options, Platform platform) throws IOException {
        this(options, platform, List.of(), AccessLog.NONE);
    }

    /**
     * One that others watch.
     *
     * @param watchers hear of the registry's events, too
     * @param otherLog hears of what has finished where there is no access log
     */
    Lander(Options options, Platform platform, List<Observer> watchers, AccessLog otherLog) throws IOException {
        this.options = options;
        this.notifier = platform.notifier();
        ControlSettings controlSettings = options.control();
        Path tokenFile = controlSettings.access().tokenFile();
        Access access = new Access(controlSettings.access(), TokenFile.read(tokenFile));
        TlsContext controlTls = controlSettings.tls() == null ? null : new TlsContext(controlSettings.tls());
        if (controlTls != null) {
            LOG.info("using {}", controlTls);
        }
        PortChecks.run(platform.sockets(), options.relay().ports());
        this.reactor = new Reactor(platform.sockets(), platform.clock(), this::onFault);
        reactor.busyPoll(options.running().busyPoll());
        this.burstsTold = reactor.deadlines(BurstLog.PAUSE).create(this::tellBursts);
        this.burstLog = new BurstLog(metrics, reactor::nowNs, this::tellBurstsLater);
        Path accessLogFile = options.log().accessLog();
        this.accessLog = accessLogFile == null
                ? null
                : new AccessLogFile(
                        accessLogFile, Clock.system(ZoneId.systemDefault()), new LostLinesCount(reactor, burstLog));
        FdBudget fds = new FdBudget(platform.descriptorLimit(), reactor::afterSelect);
        RelaySettings relaySettings = PossibleLimits.of(options.relay(), fds.total());
        AccessLog finished = accessLog == null ? otherLog : accessLog;
        UdpPorts udp = new UdpPorts(reactor, burstLog, finished, fds, relaySettings);
        this.tcp = new TcpPorts(reactor, burstLog, finished, fds, relaySettings, udp::makeRoom);
        this.relayPorts = new RelayPorts(reactor, fds, relaySettings.portLinger(), tcp, udp);
        Predicate<InetAddress> isLocal = platform.isLocal();
        PortSettings ports = options.relay().ports();
        LoopGuard loopGuard = new LoopGuard(address -> ports.areAt(address) && isLocal.test(address));
        EventHistory history = new EventHistory(InstantSource.system());
        List<Observer> observers = new ArrayList<>(watchers);
        EventLog eventLog = new EventLog();
        observers.add(eventLog);
        if (options.admin() != null) {
            observers.add(history);
        }
        Registry registry = new Registry(relayPorts, loopGuard, new Observers(observers), platform.random());
        this.cluster = new ClusterPart(options.admin() == null ? List.of(eventLog) : List.of(eventLog, history));
        Listings listings = new Listings(
                new Snapshots(reactor, registry), new RelayPages(reactor, tcp.list(), udp.list()), cluster);
        this.control = new ControlServer(
                reactor, registry, listings, burstLog, fds, controlSettings, access, controlTls, platform.helper());
        loopGuard.addOwnTcpPort(control.address().getPort(), isLocal.and(controlSettings.bindAddress()::covers));
        this.sources = new Sources(
                reactor,
                registry,
                relayPorts,
                listings,
                control,
                metrics,
                history,
                control.address().getPort());
        this.admin = options.admin() == null ? null : admin(options.admin(), sources, fds);
        if (admin != null) {
            InetSocketAddress address = admin.address();
            BindAddress bound = new BindAddress(address.getAddress());
            loopGuard.addOwnTcpPort(address.getPort(), isLocal.and(bound::covers));
        }
        this.reload = new Reload(reactor, access, tokenFile, controlTls, accessLog);
        this.end = new OrderlyEnd(
                reactor, notifier, control, relayPorts, options.running().drainTimeout());
        Duration pause = notifier.watchdogPause();
        this.signOfLife = pause == null ? null : reactor.ownDeadlines(pause).create(this::showLife);
        cluster.begin(options, controlTls, platform, sources, tcp::probe);
    }

    /**
     * Shares what is registered with others. To be called before {@link #run}.
     *
     * @throws IOException when the way to the others cannot be opened; the message is for users
     */
    void join(ClusterSettings settings, Cluster.Opening opening) throws IOException {
        cluster.share(settings, sources, tcp::probe, opening);
    }

    /** Its state, for the loop's thread. */
    Sources sources() {
        return sources;
    }

    /** Where the control channel listens, with the real port. */
    public InetSocketAddress controlAddress() throws IOException {
        return control.address();
    }

    /** Where the admin page listens, with the real port; null when there is none. */
    public @Nullable InetSocketAddress adminAddress() {
        return admin == null ? null : admin.address();
    }

    /**
     * Serves until {@link #end} or {@link #stop} has been called and done.
     *
     * @throws IOException when the selector itself fails
     */
    public void run() throws IOException {
        if (admin != null) {
            admin.start();
            LOG.info("admin page on http://{}/", AddressText.of(admin.address()));
        }
        String listening = "control channel listening on " + AddressText.of(control.address());
        LOG.info(listening);
        reactor.execute(() -> notifier.ready(listening));
        reactor.execute(this::showLife);
        if (options.control().isOpenToAll() && !control.address().getAddress().isLoopbackAddress()) {
            LOG.warn("everyone who reaches the control channel can register: --token-file, --control-allow,"
                    + " --control-tls-ca or --bind restrict it");
        }
        cluster.join();
        try {
            reactor.run();
        } finally {
            tcp.close();
            cluster.leave();
            if (admin != null) {
                admin.stop();
            }
        }
        if (accessLog != null) {
            accessLog.close();
        }
        LOG.info("ended");
    }

    /**
     * Ends in order: no new clients, open relays may finish within the drain timeout, control connections close last.
     * From any thread.
     *
     * @return whether this was the first call; a later one does nothing
     */
    public boolean end() {
        boolean first = endAsked.compareAndSet(false, true);
        if (first) {
            reactor.execute(end::begin);
        }
        return first;
    }

    /** Ends at once. From any thread. */
    public void stop() {
        reactor.stop();
    }

    /** Whether the loop begins and ends a turn within this time. From any other thread. */
    public boolean turnsWithin(Duration limit) {
        CountDownLatch turned = new CountDownLatch(1);
        reactor.execute(() -> reactor.atTurnEnd(turned::countDown));
        try {
            return turned.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Reads again what options name files for; see {@link Reload}. From any other thread.
     *
     * @return what could not be read or opened, for users
     */
    public List<String> reload() {
        return reload.run();
    }

    private static AdminServer admin(AdminSettings settings, Sources sources, FdBudget fds) throws IOException {
        AdminServer server = new AdminServer(sources, fds, settings, InstantSource.system());
        sources.reactor().measureTurns(sources.metrics().turnTimes()::record);
        return server;
    }

    /** From the loop itself, so that a loop that is stuck shows none. */
    private void showLife() {
        if (signOfLife != null) {
            notifier.alive();
            signOfLife.start();
        }
    }

    private void tellBurstsLater() {
        if (!burstsTold.isStarted()) {
            burstsTold.start();
        }
    }

    private void tellBursts() {
        burstLog.tellRest();
    }

    /** An I/O fault is some peer's doing; anything else is a defect of ours, and the log tells where. */
    private void onFault(Object source, Exception fault) {
        if (fault instanceof IOException) {
            LOG.debug("connection_failed handler={} why={}", source, ShownText.quoted(fault.getMessage()));
        } else {
            metrics.count(Counter.HANDLER_FAULT);
            LOG.error("defect handler={}", source, fault);
        }
    }
}
