package dev.lander.registry;

import dev.lander.text.AddressText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is registered, to be handed out of the reactor's thread.
 *
 * @param services in the order in which their ports were bound
 */
public record Snapshot(List<ServiceStatus> services) {
    /**
     * One service.
     *
     * @param components in the order of registration
     * @param termsLost what its terms say differently from what a registration with this Lander has asked for; empty =
     *     nothing
     */
    public record ServiceStatus(
            RelayPort relayPort, Balance balance, List<ComponentStatus> components, String termsLost) {}

    /**
     * One component.
     *
     * @param weight as registered, whatever of it a slow start leaves for now
     * @param active open relays or flows
     * @param total relays begun; UDP: datagrams sent to it
     * @param bytesIn from clients to the component
     * @param bytesOut from the component to clients
     * @param failures tries that failed
     * @param answersMissing declared answers that did not come in time
     * @param priority its tier, 0 first
     * @param metricsPort where it serves metrics for Prometheus; 0 = it does not
     * @param full nothing but its {@code max_connections} keeps it from being chosen
     * @param held an operator has taken it out of rotation
     * @param holders the Landers of the cluster with which it is registered; null = there is no cluster
     */
    public record ComponentStatus(
            String name,
            String host,
            int port,
            State state,
            int weight,
            int active,
            long total,
            long bytesIn,
            long bytesOut,
            long failures,
            long answersMissing,
            int priority,
            int metricsPort,
            boolean full,
            boolean held,
            @Nullable Holders holders) {
        static ComponentStatus of(Component component, @Nullable Holders holders) {
            return new ComponentStatus(
                    component.name(),
                    AddressText.host(component.address().getAddress()),
                    component.address().getPort(),
                    component.state(),
                    component.traits().weight(),
                    component.active(),
                    component.tally().total(),
                    component.tally().bytesIn(),
                    component.tally().bytesOut(),
                    component.tally().failures(),
                    component.tally().answersMissing(),
                    component.traits().priority(),
                    component.traits().metricsPort(),
                    component.eligibility.isFull(),
                    component.isHeld(),
                    holders);
        }
    }
}
