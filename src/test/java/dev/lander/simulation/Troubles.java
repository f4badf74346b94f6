package dev.lander.simulation;

import static dev.lander.simulation.World.MS;
import static dev.lander.simulation.World.S;

import dev.lander.simulation.network.Addresses;
import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.SimulatedListenerChannel;
import dev.lander.simulation.network.SimulatedProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What befalls Lander itself and its machine. */
final class Troubles {
    private Troubles() {}

    static List<Part> draw(Setting setting, SplittableRandom random) {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("another program at port " + Setting.SQUATTED_PORT, Troubles::squat));
        if (setting.swarm().takes("stalls", 4, random)) {
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                long lengthNs = random.nextLong(20 * S);
                parts.add(at(random, "Lander stands still for " + lengthNs / MS + " ms", cast -> {
                    cast.troubleLander();
                    cast.stall(lengthNs);
                }));
            }
        }
        if (setting.swarm().takes("spurious readiness", 4, random)) {
            int oneIn = 2 + random.nextInt(20);
            parts.add(at(random, "readiness is announced that is not there", cast -> {
                cast.troubleLander();
                cast.selector().announceSpuriously(oneIn);
            }));
        }
        if (setting.swarm().takes("connects at once", 4, random)) {
            parts.add(new Part("connects to oneself stand at once", cast -> cast.landerHost()
                    .connectAtOnce(true)));
        }
        if (setting.swarm().takes("no free ports", 8, random)) {
            long lengthNs = random.nextLong(2 * S);
            parts.add(at(random, "Lander's machine has no free ports for " + lengthNs / MS + " ms", cast -> {
                cast.troubleLander();
                cast.landerHost().takeFreePorts(true);
                cast.world().after(lengthNs, () -> cast.landerHost().takeFreePorts(false));
            }));
        }
        if (setting.swarm().takes("descriptors run out", 8, random)) {
            parts.add(lasting(random, "something else has Lander's descriptors", cast -> {
                cast.troubleLander();
                return cast.landerHost().descriptors().takeMost();
            }));
        }
        for (int i = 0; setting.bindsEachAddress() && i < 3; i++) {
            boolean virtual = random.nextBoolean();
            InetAddress address = virtual ? Setting.VIRTUAL_ADDRESS : Setting.SECOND_ADDRESS;
            long checkedNs = random.nextBoolean() ? 0 : random.nextLong(5 * S);
            long stayNs = checkedNs + random.nextLong(10 * S);
            parts.add(at(random, "Lander's machine gets " + address, cast -> {
                Addresses addresses = cast.landerHost().addresses();
                addresses.begin(address);
                cast.world().after(checkedNs, () -> addresses.add(address));
                cast.world().after(stayNs, () -> {
                    cast.world().trace("machine", "loses " + address);
                    cast.onLeaver(); // its flows get no more answers
                    addresses.remove(address);
                });
            }));
        }
        if (setting.swarm().takes("no sending", 8, random)) {
            Host.Sending sending = random.nextBoolean() ? Host.Sending.FULL : Host.Sending.NO_BUFFERS;
            parts.add(lasting(random, "datagrams can't be sent: " + sending, cast -> {
                cast.troubleLander();
                cast.landerHost().setSending(sending);
                return () -> cast.landerHost().setSending(Host.Sending.DONE);
            }));
        }
        if (setting.swarm().takes("SIGHUP", 4, random)) {
            int number = random.nextInt(1_000);
            parts.add(at(random, "SIGHUP", cast -> reload(cast, setting.options().tokenFile, "secret" + number)));
        }
        if (setting.swarm().takes("SIGTERM", 4, random)) {
            parts.add(at(random, "SIGTERM", Cast::endLander));
        }
        return parts;
    }

    private static Part at(SplittableRandom random, String what, Part.Entry entry) {
        long atNs = 2 * S + random.nextLong(Scenario.SERVED_NS);
        return new Part(what + " at " + atNs / MS + " ms", cast -> cast.world().after(atNs, () -> {
            if (!cast.isQuiet()) {
                cast.world().trace("machine", what);
                entry.join(cast);
            }
        }));
    }

    /** Begins, and says how it ends. */
    private interface Lasting {
        Runnable begin(Cast cast);
    }

    private static Part lasting(SplittableRandom random, String what, Lasting trouble) {
        long lengthNs = random.nextLong(2 * S);
        return at(random, what + " for " + lengthNs / MS + " ms", cast -> cast.world()
                .after(lengthNs, trouble.begin(cast)::run));
    }

    private static void squat(Cast cast) throws IOException {
        SimulatedProvider program =
                new SimulatedProvider(cast.landerHost(), new dev.lander.simulation.network.Descriptors(World.PLENTY));
        SimulatedListenerChannel listener = (SimulatedListenerChannel) program.openServerSocketChannel();
        listener.bind(new InetSocketAddress(Setting.SQUATTED_PORT));
    }

    private static void reload(Cast cast, @Nullable Path tokenFile, String token) throws IOException {
        if (tokenFile != null) {
            Files.writeString(tokenFile, token + "\n");
            cast.changeToken(token);
        }
        cast.lander().reload();
        cast.lander().state().reactor().execute(cast::onTokenTaken);
    }
}
