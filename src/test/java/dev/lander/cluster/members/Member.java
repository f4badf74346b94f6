package dev.lander.cluster.members;

import dev.lander.cluster.ClusterSettings;
import dev.lander.cluster.MemberId;
import dev.lander.cluster.MemberListener;
import dev.lander.testing.RunningReactor;
import dev.lander.text.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A channel with a loop of its own, which keeps what it hears. */
final class Member implements MemberListener, AutoCloseable {
    private static final Duration LOOKING = Duration.ofSeconds(1);

    private final RunningReactor loop = new RunningReactor();
    private final Set<MemberId> others = ConcurrentHashMap.newKeySet();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final GroupChannel channel;

    private Member(ClusterSettings settings, @Nullable Supplier<SSLContext> certificates) throws IOException {
        GroupChannel.Ground ground = new GroupChannel.Ground(
                loop.reactor(), System::nanoTime, InetAddress::isLoopbackAddress, LOOKING, "host");
        this.channel = new GroupChannel(settings, certificates, ground, this);
        loop.start();
        channel.join();
    }

    /** One at this port of 127.0.0.1, which lists these ports there. */
    static Member start(Path keyFile, int port, List<Integer> listed) throws IOException {
        return new Member(settings(keyFile, port, listed, false), null);
    }

    static Member start(ClusterSettings settings, @Nullable Supplier<SSLContext> certificates) throws IOException {
        return new Member(settings, certificates);
    }

    static ClusterSettings settings(Path keyFile, int port, List<Integer> listed, boolean plain) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        List<HostPort> members = new ArrayList<>();
        listed.forEach(one -> members.add(new HostPort("127.0.0.1", one)));
        Duration grace = Duration.ofSeconds(ClusterSettings.DEFAULT_GRACE_S);
        return new ClusterSettings(members, loopback, port, keyFile, plain, null, grace);
    }

    static Path key(Path folder, String key) throws IOException {
        return Files.writeString(folder.resolve(key + ".key"), key.repeat(4) + "\n");
    }

    GroupChannel channel() {
        return channel;
    }

    RunningReactor loop() {
        return loop;
    }

    Set<MemberId> others() {
        return others;
    }

    List<String> received() {
        return received;
    }

    /** In the order in which the listener was called. */
    List<String> calls() {
        return calls;
    }

    /** How often it was asked to tell everything. */
    int asked() {
        return asked.get();
    }

    void multicast(String text) {
        channel.multicast(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(Member to, String text) {
        channel.send(to.channel().self(), text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void joined(MemberId member, String name, InetSocketAddress address) {
        others.add(member);
        calls.add("joined " + name + " " + address.getPort());
    }

    @Override
    public void received(MemberId member, byte[] message) {
        String text = new String(message, StandardCharsets.UTF_8);
        received.add(text);
        calls.add("received " + text);
    }

    @Override
    public void lost(MemberId member) {
        others.remove(member);
        calls.add("lost");
    }

    @Override
    public void tellAll() {
        asked.incrementAndGet();
        calls.add("tellAll");
    }

    @Override
    public void close() {
        channel.leave();
        loop.close();
    }
}
