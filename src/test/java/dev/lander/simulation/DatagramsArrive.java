package dev.lander.simulation;

import dev.lander.metrics.Counter;
import dev.lander.metrics.Metrics;

/** Where nothing disturbs them, all datagrams that were sent to components are there, and so are all answers. */
final class DatagramsArrive extends Invariant {
    DatagramsArrive(Cast cast) {
        super(cast, "on a good network every datagram that was sent to a component arrives, and every answer");
    }

    @Override
    void onQuiet() {
        boolean calm = cast.setting().isCalm()
                && !cast.isLanderTroubled()
                && cast.components().stream().noneMatch(ServiceComponent::isTroubled);
        if (!calm) {
            return;
        }
        long sent = state().registry().traffic().datagrams();
        long received = cast.components().stream()
                .mapToLong(component -> component.datagrams().received())
                .sum();
        check(sent == received, "components have got " + received + " of " + sent);
        boolean open = cast.udpClients().stream().noneMatch(UdpClient::takesNewPorts);
        Metrics metrics = state().metrics();
        long dropped = metrics.value(Counter.ANSWER_LATE)
                + metrics.value(Counter.ANSWER_SURPLUS)
                + metrics.value(Counter.ANSWER_UNDECLARED)
                + metrics.value(Counter.ANSWER_SEND_FAILED);
        if (open && cast.answersInTime()) {
            long missing = metrics.value(Counter.ANSWERS_MISSING) + metrics.value(Counter.ANSWER_LATE);
            check(missing == 0, missing + " times answers were missing, or late, of components that keep their word");
        }
        // A flow that has ended early, since its component has left or another needs room, gets no more answers.
        if (open && !cast.hasLeavers() && metrics.value(Counter.FLOW_EVICTED) == 0 && cast.keepsTime()) {
            long answered = cast.components().stream()
                    .mapToLong(component -> component.datagrams().answered())
                    .sum();
            long got = cast.udpClients().stream().mapToLong(UdpClient::answers).sum();
            check(got + dropped == answered, "clients have got " + got + " of " + answered + ", dropped " + dropped);
        }
    }
}
