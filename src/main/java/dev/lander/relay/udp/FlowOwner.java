package dev.lander.relay.udp;

import dev.lander.relay.RelayEnd;

/** Hears of what comes over a flow, and ends it. */
interface FlowOwner {
    /** The component has answered, in as many bytes. */
    void onAnswer(UdpFlow flow, int length);

    /** A datagram to the component was answered by "port unreachable" or the like. */
    void onRefused();

    /** Answers that the component has declared did not come in time. */
    void onAnswersMissing(UdpFlow flow, long count);

    /** The flow is to end. */
    void end(UdpFlow flow, RelayEnd why);
}
