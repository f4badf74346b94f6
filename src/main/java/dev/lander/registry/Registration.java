package dev.lander.registry;

/**
 * A component's wish to serve behind a relay port. Its address is not in it: that is the control connection's.
 *
 * @param relayPort the port that Lander binds
 * @param port the component's own port, 1 to 65535
 * @param traits the component's own fields
 * @param terms the service's fields
 */
public record Registration(RelayPort relayPort, int port, ComponentTraits traits, ServiceTerms terms) {}
