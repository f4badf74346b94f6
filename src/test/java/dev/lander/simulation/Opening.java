package dev.lander.simulation;

import dev.lander.registry.Route;
import dev.lander.relay.tls.Hellos;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What a client sends first to a port that services share.
 *
 * @param bytes as they are sent
 * @param serverName that it asks for; empty = none
 * @param protocols that it offers
 */
record Opening(Kind kind, ByteBuffer bytes, String serverName, List<String> protocols) {
    enum Kind {
        /** Nothing but what it has to say: it speaks no TLS. */
        NONE,
        WHOLE,
        /** A hello whose end never comes. */
        CUT,
        /** What looks like a hello, and is none. */
        BROKEN
    }

    static final Opening NONE = new Opening(Kind.NONE, ByteBuffer.allocate(0), "", List.of());

    /** The byte with which a hello's record begins; no conversation's head begins so. */
    static final byte RECORD = 22;

    /** How long what precedes a record's content is. */
    static final int RECORD_HEAD = 5;

    /** Of a client that usually wants to be served by this service. */
    static Opening draw(Terms wanted, SplittableRandom random) {
        int dice = random.nextInt(12);
        if (dice == 0) {
            return NONE;
        }
        String name = dice < 3 ? "nobody.example" : nameFor(wanted.route(), random);
        String[] protocols = dice == 3
                ? new String[] {"smtp"}
                : wanted.route().alpn().stream().limit(1).toArray(String[]::new);
        byte[] whole = Hellos.of(random.nextInt(4) == 0 ? name.toUpperCase(Locale.ROOT) : name, protocols);
        return switch (dice) {
            case 10 -> {
                byte[] part = Arrays.copyOf(whole, 1 + random.nextInt(whole.length - 1));
                yield new Opening(Kind.CUT, ByteBuffer.wrap(part), "", List.of());
            }
            case 11 ->
                new Opening(Kind.BROKEN, ByteBuffer.wrap(Hellos.record(new byte[] {99, 0, 0, 0})), "", List.of());
            default -> new Opening(Kind.WHOLE, ByteBuffer.wrap(whole), name, List.of(protocols));
        };
    }

    private static String nameFor(Route route, SplittableRandom random) {
        List<String> names = route.serverNames();
        return names.isEmpty()
                ? "other.example"
                : names.get(random.nextInt(names.size())).replace("*", "y");
    }

    boolean isWhole() {
        return kind == Kind.WHOLE;
    }

    /** Whether nobody can serve it as long as the port's clients are told apart. */
    boolean isHopeless() {
        return kind == Kind.CUT || kind == Kind.BROKEN;
    }

    /**
     * How well it fits a service, the higher the better; 0 = it does not.
     *
     * @param route the service's
     */
    int fit(Route route) {
        int byName = route.serverNames().isEmpty() ? 1 : nameFit(route.serverNames());
        boolean byProtocol = route.alpn().stream().anyMatch(protocols::contains);
        if (byName == 0 || (!route.alpn().isEmpty() && !byProtocol)) {
            return 0;
        }
        return 2 * byName + (byProtocol ? 1 : 0);
    }

    private int nameFit(List<String> names) {
        int end = serverName.indexOf('.');
        boolean wild = end > 0 && names.contains("*" + serverName.substring(end));
        return names.contains(serverName) ? 3 : wild ? 2 : 0;
    }

    @Override
    public String toString() {
        return kind == Kind.NONE ? "" : kind + " hello " + serverName + protocols;
    }
}
