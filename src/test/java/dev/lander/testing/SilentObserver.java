package dev.lander.testing;

import dev.lander.registry.Component;
import dev.lander.registry.Observer;
import dev.lander.registry.Service;
import dev.lander.registry.State;

/** Nobody hears of what happens. */
public final class SilentObserver implements Observer {
    @Override
    public void onRegistered(Component component) {}

    @Override
    public void onTakenOver(Component component) {}

    @Override
    public void onLeft(Component component) {}

    @Override
    public void onStateChanged(Component component, State before) {}

    @Override
    public void onBound(Service service) {}

    @Override
    public void onReleased(Service service) {}
}
