package dev.lander.registry;

import java.util.ArrayList;
import java.util.List;

/** Writes down what it hears. */
final class RecordingObserver implements Observer {
    final List<String> events = new ArrayList<>();

    @Override
    public void onRegistered(Component component) {
        events.add("registered " + component.name());
    }

    @Override
    public void onTakenOver(Component component) {
        events.add("taken over " + component.name());
    }

    @Override
    public void onLeft(Component component) {
        events.add("left " + component.name());
    }

    @Override
    public void onStateChanged(Component component, State before) {
        events.add(component.name() + " " + before.word() + " to "
                + component.state().word());
    }

    @Override
    public void onBound(Service service) {
        events.add("bound " + service.relayPort());
    }

    @Override
    public void onReleased(Service service) {
        events.add("released " + service.relayPort());
    }
}
