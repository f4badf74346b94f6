package dev.lander.control;

import dev.lander.control.wire.CommandCodec;
import dev.lander.control.wire.FrameDecoder;
import dev.lander.control.wire.Reply;
import dev.lander.registry.Component;
import dev.lander.registry.RelayPort;
import dev.lander.text.AddressText;
import java.nio.ByteBuffer;

/** Everything that Lander says to one control peer, in the framing that the peer has chosen. */
final class Speech {
    private final FrameDecoder peer;
    private final Outbox outbox;

    /**
     * To one peer.
     *
     * @param peer knows the framing
     * @param outbox sends what is said
     */
    Speech(FrameDecoder peer, Outbox outbox) {
        this.peer = peer;
        this.outbox = outbox;
    }

    void reply(Reply reply) {
        add(CommandCodec.encode(reply));
    }

    /** For a peer whose framing is not certain. */
    void replyBare(Reply reply) {
        outbox.add(CommandCodec.encode(reply));
    }

    /** It does not count against what may be left unread. */
    void longReply(ByteBuffer reply) {
        outbox.addUncounted(peer.framing().frame(reply));
    }

    void drainProgress(Component component, int active) {
        RelayPort relayPort = component.service().relayPort();
        add(CommandCodec.encodeDrainProgress(relayPort, component.address().getPort(), active, host(component)));
    }

    void healthCheck(Component component) {
        RelayPort relayPort = component.service().relayPort();
        add(CommandCodec.encodeHealthCheck(relayPort, component.state().word(), host(component)));
    }

    /** Where the component is; empty when it is where the connection comes from that has it, as nearly all are. */
    private static String host(Component component) {
        return component.isElsewhere() ? AddressText.host(component.address().getAddress()) : "";
    }

    private void add(ByteBuffer message) {
        outbox.add(peer.framing().frame(message));
    }
}
