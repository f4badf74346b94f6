package dev.lander.cluster.members;

import dev.lander.cluster.ClusterSettings;
import dev.lander.cluster.MemberId;
import dev.lander.cluster.MemberListener;
import dev.lander.cluster.Members;
import dev.lander.reactor.Reactor;
import dev.lander.text.AddressText;
import dev.lander.text.ShownText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Event;
import org.jgroups.JChannel;
import org.jgroups.Version;
import org.jgroups.protocols.TCPPING;
import org.jgroups.stack.IpAddress;
import org.jgroups.util.NameCache;
import org.jgroups.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This Lander's place among the members, by JGroups. */
public final class GroupChannel implements Members {
    private static final Logger LOG = LoggerFactory.getLogger(GroupChannel.class);

    private static final String GROUP = "lander";

    /** How often the addresses of the listed names are asked for. */
    private static final Duration ASK_PAUSE = Duration.ofSeconds(30);

    /**
     * Looks for others that long before it is a cluster of one; it joins who is there at once. Members that start
     * together, on a busy machine, see each other within that time: two clusters of one merge only after several
     * seconds.
     */
    public static final Duration LOOKING = Duration.ofSeconds(3);

    /** When the others do not let it go sooner, they notice by themselves. */
    private static final Duration LEAVE_LIMIT = Duration.ofSeconds(3);

    /** By its number a member that was out of reach sees that it has missed messages before it. */
    private static final byte[] NOTHING = {};

    /** Raised when members of before no longer understand what is sent. */
    private static final int FORMAT = 1;

    /**
     * What the channel runs on.
     *
     * @param reactor on whose loop its listener is called
     * @param clock a monotonic clock in nanoseconds, for other threads than the loop's
     * @param isLocal whether an address is one of this machine's
     * @param looking for so long it looks for others before it begins alone: usually {@link #LOOKING}
     * @param machine its name, by which the others call this one; with the port, where that is another than usual
     */
    public record Ground(
            Reactor reactor, LongSupplier clock, Predicate<InetAddress> isLocal, Duration looking, String machine) {}

    private final MemberId self;
    private final Listed listed;
    private final Ground ground;
    private final InetSocketAddress own;
    private final SecuredServerSocket listening;
    private final TimeLimits limits = new TimeLimits();
    private final TCPPING pinging = new TCPPING();
    private final Transport transport = new Transport();
    private final Heartbeats heartbeats;
    private final Views views;
    private final JChannel channel;

    /** Sends, joins and asks for addresses: all that could hold up the loop. */
    private final ScheduledThreadPoolExecutor work =
            new ScheduledThreadPoolExecutor(1, task -> thread(task, "cluster-send"));

    private final ScheduledThreadPoolExecutor asking =
            new ScheduledThreadPoolExecutor(1, task -> thread(task, "cluster-names"));

    /** That of names, once it has begun to join. */
    private @Nullable ScheduledFuture<?> questions;

    /**
     * Listens for the others; {@link #join} looks for them. Reads the key file and asks for the listed names.
     *
     * @param certificates what connections are encrypted by; null = by the key
     * @param listener hears of the others, on the loop's thread
     * @throws IOException when the key can't be read or the port not be bound; the message is for users
     */
    public GroupChannel(
            ClusterSettings settings,
            @Nullable Supplier<SSLContext> certificates,
            Ground ground,
            MemberListener listener)
            throws IOException {
        this.ground = ground;
        this.heartbeats = new Heartbeats(ground.clock(), transport, () -> multicast(NOTHING));
        this.listed = new Listed(settings.members());
        List<InetSocketAddress> found = listed.resolve();
        InetAddress address = OwnAddress.choose(settings.bind(), found, ground.isLocal());
        this.own = new InetSocketAddress(address, settings.port());
        Refusals refusals = new Refusals(ground.clock());
        Security security = security(settings, certificates);
        this.listening = listen(settings, security, refusals);
        SecureRandom random = new SecureRandom();
        this.self = new MemberId(random.nextLong(), random.nextLong());
        this.views = new Views(self, new LoopInbox(ground.reactor()), listener, this::label);
        pinging.setInitialHosts(others(found));
        this.channel = channel(new SecuredSockets(security, refusals, listening, limits));
        LOG.info("cluster listening on {}, {}", AddressText.of(own), security);
    }

    private static Security security(ClusterSettings settings, @Nullable Supplier<SSLContext> certificates)
            throws IOException {
        String version = "lander-" + FORMAT + " jgroups-" + Version.getMajor() + "." + Version.getMinor();
        Proof proof = new Proof(ClusterKey.read(settings.keyFile()), version);
        if (settings.plain()) {
            return Security.plain(proof);
        }
        return certificates == null ? Security.byKey(proof) : Security.byCertificates(proof, certificates);
    }

    private SecuredServerSocket listen(ClusterSettings settings, Security security, Refusals refusals)
            throws IOException {
        InetAddress bind = settings.bind();
        InetSocketAddress at =
                bind == null ? new InetSocketAddress(settings.port()) : new InetSocketAddress(bind, settings.port());
        SecuredServerSocket socket = new SecuredServerSocket(security, refusals, limits);
        try {
            socket.bind(at);
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw new IOException("--cluster-bind " + AddressText.of(at) + ": " + refused.getMessage(), refused);
        }
    }

    private JChannel channel(SecuredSockets sockets) throws IOException {
        try {
            JChannel made = new JChannel(Stack.of(transport, own, sockets, pinging, heartbeats, ground.looking()));
            transport.getDiagnosticsHandler().setEnabled(false); // it would answer strangers
            made.addAddressGenerator(() -> new UUID(self.high(), self.low()));
            made.setName(name());
            made.setDiscardOwnMessages(true);
            made.setReceiver(views);
            return made;
        } catch (Exception refused) { // that is what it declares
            listening.close();
            throw new IOException("--cluster: " + refused.getMessage(), refused);
        }
    }

    /** The same, for who must not load the cluster's room before there is a cluster. */
    public Members members() {
        return this;
    }

    @Override
    public InetSocketAddress address() {
        return own;
    }

    /**
     * Looks for the others and joins them, on a thread of its own. Alone, it is a cluster of one, and goes on looking.
     */
    public void join() {
        work.execute(() -> {
            try {
                channel.connect(GROUP);
            } catch (Exception refused) {
                LOG.error("cluster_join_failed group={} why={}", GROUP, ShownText.quoted(refused.getMessage()));
                return;
            }
            if (views.others() == 0) {
                tellAlone(listed.resolve());
            }
        });
        questions = asking.scheduleWithFixedDelay(
                this::askAgain, ASK_PAUSE.toMillis(), ASK_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Who is meant to be alone lists himself and nobody else. */
    private void tellAlone(List<InetSocketAddress> found) {
        if (others(found).size() > 1) {
            LOG.warn("cluster_alone listed={} why=\"none of the others answers; looking on\"", listed);
        } else if (found.stream().anyMatch(this::isOfOtherFamily)) {
            LOG.warn(
                    "cluster_alone listed={} why=\"this one listens at {}: all need IPv4 addresses, or all IPv6\"",
                    listed,
                    AddressText.of(own));
        }
    }

    private boolean isOfOtherFamily(InetSocketAddress one) {
        return one.getAddress().getClass() != own.getAddress().getClass();
    }

    private void askAgain() {
        pinging.setInitialHosts(others(listed.resolve()));
    }

    @Override
    public MemberId self() {
        return self;
    }

    @Override
    public String name() {
        return own.getPort() == ClusterSettings.DEFAULT_PORT
                ? ground.machine()
                : ground.machine() + ":" + own.getPort();
    }

    @Override
    public long silentNs(MemberId member) {
        return heartbeats.silentNs(new UUID(member.high(), member.low()));
    }

    @Override
    public void multicast(byte[] message) {
        work.execute(() -> send(new BytesMessage(null, message)));
    }

    @Override
    public void send(MemberId to, byte[] message) {
        work.execute(() -> {
            Address address = views.addressOf(to);
            if (address != null) {
                send(new BytesMessage(address, message));
            }
        });
    }

    /** Leaves the others once what was sent has gone out; blocks for at most three seconds. */
    public void leave() {
        if (questions != null) {
            questions.cancel(true);
        }
        asking.shutdownNow();
        views.end();
        work.execute(channel::close);
        work.shutdown();
        try {
            if (!work.awaitTermination(LEAVE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                work.shutdownNow();
            }
        } catch (InterruptedException ends) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(BytesMessage message) {
        try {
            channel.send(message);
        } catch (Exception notIn) { // not joined yet, or left: nobody is there who could get it
            LOG.debug("cluster message not sent: {}", notIn.getMessage());
        }
    }

    /** Never empty: JGroups keeps the list that it has when it is given none. */
    private List<InetSocketAddress> others(List<InetSocketAddress> found) {
        List<InetSocketAddress> others = new ArrayList<>(found);
        others.removeIf(one -> isOfOtherFamily(one)
                || (one.getPort() == own.getPort() && ground.isLocal().test(one.getAddress())));
        others.add(own);
        return others;
    }

    private Views.Label label(Address address) {
        String name = NameCache.get(address);
        Object at = channel.down(new Event(Event.GET_PHYSICAL_ADDRESS, address));
        InetSocketAddress known = at instanceof IpAddress ip
                ? new InetSocketAddress(ip.getIpAddress(), ip.getPort())
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new Views.Label(name == null ? AddressText.of(known) : name, known);
    }

    private static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
