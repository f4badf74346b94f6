package dev.lander.control.wire;

import dev.lander.listing.RelayQuery;
import dev.lander.registry.Registration;
import dev.lander.registry.RelayPort;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a component or an operator can ask on the control channel. Java 17 has no pattern switch, so each command calls
 * its own method of a {@link Handler}: a new command does not compile until it is handled.
 */
public sealed interface Command {
    /** Calls the handler's method for this command. */
    void applyTo(Handler handler);

    /** Carries commands out; one method for each. */
    interface Handler {
        void onRegister(Register command);

        void onUnregister(Unregister command);

        void onHealthCheck(HealthCheck command);

        void onDrain(Drain command);

        void onUndrain(Undrain command);

        void onStatus(Status command);

        void onRelays(Relays command);

        void onRefused(Refused command);
    }

    /** Serve behind a relay port from now on; {@code token} is the shared secret, if one was sent. */
    record Register(Registration registration, @Nullable String token) implements Command {
        @Override
        public void applyTo(Handler handler) {
            handler.onRegister(this);
        }
    }

    /** End a registration of this connection's; {@code host} null = at its own address. */
    record Unregister(
            RelayPort relayPort, int port, @Nullable InetAddress host) implements Command {
        @Override
        public void applyTo(Handler handler) {
            handler.onUnregister(this);
        }
    }

    /** The state of all that this connection has on a relay port; {@code host} null = at its own address. */
    record HealthCheck(
            RelayPort relayPort, boolean good, @Nullable InetAddress host) implements Command {
        @Override
        public void applyTo(Handler handler) {
            handler.onHealthCheck(this);
        }
    }

    /** Take a registration out of rotation for good; with {@code host} an operator's, who names anybody's. */
    record Drain(
            RelayPort relayPort,
            int port,
            @Nullable InetAddress host,
            @Nullable String token) implements Command {
        @Override
        public void applyTo(Handler handler) {
            handler.onDrain(this);
        }
    }

    /** Let go what an operator has drained. */
    record Undrain(
            RelayPort relayPort,
            int port,
            InetAddress host,
            @Nullable String token) implements Command {
        @Override
        public void applyTo(Handler handler) {
            handler.onUndrain(this);
        }
    }

    /** Tell what is registered; {@code relayPort} 0 = all services. */
    record Status(int relayPort) implements Command {
        @Override
        public void applyTo(Handler handler) {
            handler.onStatus(this);
        }
    }

    /** Tell what is open, as an operator may; {@code token} is the shared secret, if one was sent. */
    record Relays(RelayQuery query, @Nullable String token) implements Command {
        @Override
        public void applyTo(Handler handler) {
            handler.onRelays(this);
        }
    }

    /** A message that is no command; what is wrong with it is the reply. */
    record Refused(Reply reply) implements Command {
        @Override
        public void applyTo(Handler handler) {
            handler.onRefused(this);
        }
    }
}
