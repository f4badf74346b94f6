package dev.lander.simulation;

import dev.lander.relay.FinishedRelay;
import dev.lander.relay.RelayEnd;

/** What came of each TCP connection is what the access log says of it. */
final class BytesArrive extends Invariant {
    /** What is shorter is on its way at once, whatever becomes of the connection. */
    private static final int LITTLE = 8 * 1024;

    BytesArrive(Cast cast) {
        super(
                cast,
                "every byte that a relay took was delivered in order, or its relay ended by a cause that the access log"
                        + " names");
    }

    @Override
    void onFinished(FinishedRelay relay) {
        Conversation conversation = cast.conversation(relay);
        if (conversation != null && relay.service().toString().startsWith("tcp")) {
            check(conversation.finished == null, "two lines for", conversation);
            conversation.finished = relay;
            if (relay.end() == RelayEnd.IDLE) {
                checkIdle(conversation, relay);
            }
        }
    }

    /**
     * Time in which Lander stood still does not count: of each stall two seconds do at most. What the relay has not
     * taken, since the component reads no more, is no activity.
     */
    private void checkIdle(Conversation one, FinishedRelay relay) {
        long idleNs = world.nowNs() - one.lastSentNs - (cast.stalledNs() - one.stalledBeforeNs);
        long hiddenNs = 2L * cast.stalls() * World.S;
        long wantedNs = cast.setting().options().idleTimeout.toNanos();
        boolean began = one.lastSentNs > 0 && bytesIn(one, relay) == one.clientSent;
        check(!began || cast.stalls() > 1 || idleNs + hiddenNs >= wantedNs, "it was idle for less", one);
    }

    @Override
    void onEnd() {
        for (Conversation one : cast.conversations()) {
            check(one.componentGot <= one.clientSent && one.clientGot <= one.componentSent, one);
            FinishedRelay relay = one.finished;
            if (relay == null) {
                check(one.clientGot == 0 && !one.known, "no line for", one);
            } else {
                checkCounts(one, relay);
                check(isTrue(one, relay.end()), "the cause is not true:", one);
            }
        }
    }

    private void checkCounts(Conversation one, FinishedRelay relay) {
        long out = relay.bytesOut() - greeting(relay);
        long in = bytesIn(one, relay);
        check(in <= one.clientSent && out <= one.componentSent, one);
        check(!one.known || one.componentGot <= in, one);
        check(one.clientGot <= out, one);
        boolean orderly = relay.end() == RelayEnd.CLIENT_CLOSED || relay.end() == RelayEnd.COMPONENT_CLOSED;
        if (orderly && !one.clientBroke && !mayBeBroken(one)) {
            check(in == one.clientSent && out == one.componentSent, one);
            check(one.componentGot == one.clientSent && one.clientGot == one.componentSent && one.clientSawEnd, one);
        }
        boolean little = in <= LITTLE && out <= LITTLE;
        if (relay.end() == RelayEnd.CLIENT_RESET && !one.componentBroke && one.known && little) {
            check(one.componentGot == in, "bytes before a reset are lost:", one);
        }
        if (relay.end() == RelayEnd.COMPONENT_RESET && one.componentBroke && one.style == Conversation.Style.RESET) {
            check(!one.clientSawEnd, "a reset is passed on as an orderly end:", one);
        }
        if (relay.end() == RelayEnd.COMPONENT_RESET && !one.clientBroke && little) {
            check(one.clientGot == out, "bytes before a reset are lost:", one);
        }
    }

    /** Whether a whole hello may come too late for Lander. */
    private boolean mayHelloBeLate() {
        return cast.setting().partitions() || cast.isLanderTroubled();
    }

    /** Of a connection whose head it has not read, a component that crashes does not know which one it breaks. */
    private boolean mayBeBroken(Conversation one) {
        return one.componentBroke || (!one.known && cast.components().stream().anyMatch(ServiceComponent::hasCrashed));
    }

    /** What the relay took from the client besides its hello. */
    private static long bytesIn(Conversation one, FinishedRelay relay) {
        return Math.max(0, relay.bytesIn() - one.opening.bytes().remaining());
    }

    /** How much of what the relay took from the component is its greeting. */
    private long greeting(FinishedRelay relay) {
        boolean greets = cast.setting().services().stream()
                .anyMatch(terms -> terms.greets() && relay.service().number() == terms.relayPort());
        return greets ? Math.min(relay.bytesOut(), Session.GREETING.length) : 0;
    }

    private boolean isTrue(Conversation one, RelayEnd end) {
        return switch (end) {
            case CLIENT_CLOSED, COMPONENT_CLOSED -> true;
            case CLIENT_RESET -> one.clientBroke || one.clientFault != null;
            case COMPONENT_RESET -> one.componentBroke || !one.known;
            case NO_COMPONENT -> one.clientGot == 0 && !one.known;
            case IDLE -> cast.setting().hasIdleTimeout();
            case PROXY_HEADER -> one.clientBroke;
            case NO_SERVICE -> NamesLead.isOfNobody(one, end);
            case CLIENT_HELLO -> one.clientBroke || mayHelloBeLate() || (one.asksForTls && !one.opening.isWhole());
            case PREAMBLE -> one.asksForTls && one.clientGot == 0 && !one.known;
            case MAX_DURATION ->
                cast.components().stream()
                        .anyMatch(component -> component.plan().more().contains("max_duration"));
            case CUT -> cast.isEndAsked();
            default -> false;
        };
    }
}
