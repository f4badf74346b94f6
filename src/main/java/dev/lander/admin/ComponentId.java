package dev.lander.admin;

import dev.lander.registry.Component;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;
import dev.lander.text.AddressText;

/** What a component is known by as long as it is registered; names may occur twice. */
record ComponentId(RelayPort relayPort, String host, int port) {
    static ComponentId of(Component component) {
        return new ComponentId(
                component.service().relayPort(),
                AddressText.host(component.address().getAddress()),
                component.address().getPort());
    }

    static ComponentId of(ServiceStatus service, ComponentStatus component) {
        return new ComponentId(service.relayPort(), component.host(), component.port());
    }
}
