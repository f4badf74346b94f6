package dev.lander.relay.tcp;

/**
 * How clients arrive, at all ports.
 *
 * @param limits bound how many there are
 * @param balancers some come through one, which tells who they are
 * @param hellos some tell by their first message which service they ask for
 */
record Arrivals(ClientLimits limits, Balancers balancers, AwaitedHellos hellos) {
    /** Ends all of which nothing has come yet. */
    void cut() {
        balancers.cut();
        hellos.cut();
    }
}
