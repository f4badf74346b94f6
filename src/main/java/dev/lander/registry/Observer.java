package dev.lander.registry;

/** Hears of what an operator would want to know; must not throw. */
public interface Observer {
    /** A component is registered. */
    void onRegistered(Component component);

    /** A registered component has moved to another control connection. */
    void onTakenOver(Component component);

    /** A component is no longer registered. */
    void onLeft(Component component);

    /** A component's state has changed; the new one is {@link Component#state()}. */
    void onStateChanged(Component component, State before);

    /** The service's relay port is bound: its first component registers. */
    void onBound(Service service);

    /** The system has refused to bind the relay port; the component that asked for it is told why. */
    default void onBindFailed(RelayPort relayPort, String why) {}

    /** The service's relay port is released: its last component left. */
    void onReleased(Service service);
}
