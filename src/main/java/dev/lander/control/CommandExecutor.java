package dev.lander.control;

import dev.lander.control.wire.Command;
import dev.lander.control.wire.CommandCodec;
import dev.lander.control.wire.ErrorCode;
import dev.lander.control.wire.Reply;
import dev.lander.listing.OpenRelays;
import dev.lander.listing.RelayPage;
import dev.lander.metrics.Counter;
import dev.lander.reactor.FaultHandler;
import dev.lander.registry.Component;
import dev.lander.registry.Link;
import dev.lander.registry.Outcome;
import dev.lander.registry.Registration;
import dev.lander.registry.Registry;
import dev.lander.registry.RelayPort;
import dev.lander.text.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Carries out one connection's commands: calls the registry and sends the replies, one for each, in order. */
final class CommandExecutor implements Command.Handler, OpenRelays.Asker {
    /** The connection whose commands these are. */
    interface Peer extends FaultHandler, DrainWatch.Watcher {
        /** Sends a reply, in its turn. */
        void send(Reply reply);

        /** A long reply will be sent, soon: until then no further command is carried out. */
        void awaitLongReply();

        /** Sends that reply; until it is written, no further command is read. */
        void sendLongReply(ByteBuffer reply);

        /** Keeps back what is sent from now on until the next select: then the ports released before it are free. */
        void holdUntilPortsAreFree();

        /** Whether the peer sends {@code port} and {@code relay_port} the other way round. */
        boolean sendsPortsSwapped();

        /** Sends what is to be sent, then closes. */
        void part();
    }

    /** After this many commands without the right token the connection is closed. */
    private static final int MAX_UNAUTHORIZED = 10;

    private static final int MAX_STATUS_BYTES = 16 * 1024 * 1024;

    private final ControlContext context;
    private final Registry registry;
    private final Link link;
    private final Peer peer;
    private int unauthorized;

    CommandExecutor(ControlContext context, Link link, Peer peer) {
        this.context = context;
        this.registry = context.registry();
        this.link = link;
        this.peer = peer;
    }

    @Override
    public void onRegister(Command.Register command) {
        Access access = context.access();
        if (!access.mayRegister(command.token())) {
            refuseUnauthorized();
        } else if (command.registration().host() != null && !access.mayNameHost(command.token())) {
            refuseUnauthorized("host is for those who send the right token, of Lander's --token-file");
        } else if (!access.mayBind(command.registration().relayPort().number())) {
            refuse(ErrorCode.FORBIDDEN, "relay_port must be in " + access.relayPorts());
        } else if (context.ending().getAsBoolean()) {
            refuse(ErrorCode.INTERNAL_ERROR, "lander is ending");
        } else {
            register(command.registration());
        }
    }

    private void register(Registration registration) {
        Outcome outcome = registry.register(link, registration);
        reply(outcome);
        Component component = registry.find(link, registration.relayPort(), registration.host(), registration.port());
        if (outcome.kind() == Outcome.Kind.DONE && component != null && component.isHeld()) {
            link.onDraining(component); // as whoever drains, it is told how many relays are left
        }
    }

    @Override
    public void onUnregister(Command.Unregister command) {
        Component component = find(command.relayPort(), command.host(), command.port());
        if (component == null) {
            reply(Outcome.notRegistered(command.relayPort(), command.port()));
            return;
        }
        peer.holdUntilPortsAreFree();
        registry.unregister(component);
        reply(Outcome.DONE);
    }

    @Override
    public void onHealthCheck(Command.HealthCheck command) {
        reply(registry.report(link, command.relayPort(), command.host(), command.good()));
    }

    @Override
    public void onDrain(Command.Drain command) {
        InetAddress host = command.host();
        Component own = find(command.relayPort(), host, command.port());
        if (own != null) {
            reply(Outcome.DONE);
            registry.drain(own);
        } else if (host == null) {
            reply(Outcome.notRegistered(command.relayPort(), command.port()));
        } else if (!context.access().mayOperate(link.address(), command.token())) {
            refuseUnauthorized();
        } else {
            drainForOperator(command, host);
        }
    }

    @Override
    public void onUndrain(Command.Undrain command) {
        if (!context.access().mayOperate(link.address(), command.token())) {
            refuseUnauthorized();
            return;
        }
        InetSocketAddress address = new InetSocketAddress(command.host(), command.port());
        Component component = registry.find(command.relayPort(), address);
        RelayPort relayPort =
                component == null ? command.relayPort() : component.service().relayPort();
        reply(registry.operatorDrains().undrain(relayPort, address, component));
        if (component != null && !component.isDraining()) {
            context.drainWatches().end(component);
        }
    }

    @Override
    public void onStatus(Command.Status command) {
        peer.awaitLongReply();
        context.status().ask(command.relayPort(), peer, this::onStatus);
    }

    private void onStatus(ByteBuffer status) {
        if (status.remaining() > MAX_STATUS_BYTES) {
            String why = "the status has more than " + MAX_STATUS_BYTES + " bytes: ask for one relay_port";
            context.log().count(Counter.COMMAND_REFUSED, peer, "error", ErrorCode.LIMIT.number(), "why", why);
            peer.sendLongReply(CommandCodec.encode(new Reply(ErrorCode.LIMIT, why)));
        } else {
            peer.sendLongReply(status);
        }
    }

    @Override
    public void onRelays(Command.Relays command) {
        if (!context.access().mayOperate(link.address(), command.token())) {
            refuseUnauthorized();
        } else {
            peer.awaitLongReply();
            context.openRelays().ask(command.query(), this);
        }
    }

    @Override
    public void onPage(RelayPage page) {
        peer.sendLongReply(CommandCodec.encodeRelays(page));
    }

    @Override
    public void onFault(Exception defect) {
        peer.onFault(defect);
    }

    /** The connection is closed: no answer is awaited any more. */
    void end() {
        context.openRelays().forget(this);
    }

    /** As in the log. */
    @Override
    public String toString() {
        return peer.toString();
    }

    @Override
    public void onRefused(Command.Refused command) {
        refuse(command.reply().error(), command.reply().message());
    }

    private void drainForOperator(Command.Drain command, InetAddress host) {
        Component component = registry.find(command.relayPort(), new InetSocketAddress(host, command.port()));
        if (component == null) {
            String name = AddressText.of(new InetSocketAddress(host, command.port()));
            refuse(ErrorCode.NOT_REGISTERED, name + " is not registered on " + command.relayPort());
            return;
        }
        Outcome outcome = registry.operatorDrains().drain(component);
        reply(outcome);
        if (outcome.equals(Outcome.DONE)) {
            context.drainWatches().add(component, peer);
        }
    }

    /**
     * This connection's registration. A peer that sends the ports of a register the other way round sends those of an
     * unregister or drain in either order: as registered goes first.
     */
    private @Nullable Component find(RelayPort relayPort, @Nullable InetAddress host, int port) {
        if (peer.sendsPortsSwapped()) {
            RelayPort swapped = new RelayPort(relayPort.protocol(), port, relayPort.route());
            Component component = registry.find(link, swapped, host, relayPort.number());
            if (component != null) {
                return component;
            }
        }
        return registry.find(link, relayPort, host, port);
    }

    private void reply(Outcome outcome) {
        ErrorCode error =
                switch (outcome.kind()) {
                    case DONE -> ErrorCode.OK;
                    case ALREADY_REGISTERED -> ErrorCode.ALREADY_REGISTERED;
                    case NOT_REGISTERED -> ErrorCode.NOT_REGISTERED;
                    case RELAYS_TO_ITSELF -> ErrorCode.PORT_IN_USE;
                    case CONFLICT -> ErrorCode.CONFLICT;
                    case LIMIT -> ErrorCode.LIMIT;
                    case BIND_FAILED -> ErrorCode.BIND_FAILED;
                };
        if (error == ErrorCode.OK) {
            peer.send(outcome.detail().isEmpty() ? Reply.OK : new Reply(ErrorCode.OK, outcome.detail()));
        } else {
            refuse(error, outcome.detail());
        }
    }

    private void refuseUnauthorized() {
        refuseUnauthorized("token is missing or wrong");
    }

    private void refuseUnauthorized(String why) {
        refuse(ErrorCode.UNAUTHORIZED, why);
        unauthorized++;
        if (unauthorized >= MAX_UNAUTHORIZED) {
            peer.part();
        }
    }

    private void refuse(ErrorCode error, String message) {
        context.log().count(Counter.COMMAND_REFUSED, peer, "error", error.number(), "why", message);
        peer.send(new Reply(error, message));
    }
}
