package dev.lander.registry;

/** Hears what a service's components come to be. */
interface StateListener {
    /** The component's state has changed; the new one is {@link Component#state()}. */
    void onStateChanged(Component component, State before);

    /** What this Lander knows of the component by itself has changed: whether it drains, is bad or answers checks. */
    default void onMarked(Component component) {}
}
