package dev.lander.log;

import dev.lander.registry.Component;
import dev.lander.registry.Observer;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.State;
import java.util.List;

/**
 * Several observers of one registry, each told in turn.
 *
 * @param all the observers
 */
public record Observers(List<Observer> all) implements Observer {
    @Override
    public void onRegistered(Component component) {
        all.forEach(observer -> observer.onRegistered(component));
    }

    @Override
    public void onTakenOver(Component component) {
        all.forEach(observer -> observer.onTakenOver(component));
    }

    @Override
    public void onLeft(Component component) {
        all.forEach(observer -> observer.onLeft(component));
    }

    @Override
    public void onStateChanged(Component component, State before) {
        all.forEach(observer -> observer.onStateChanged(component, before));
    }

    @Override
    public void onBound(Service service) {
        all.forEach(observer -> observer.onBound(service));
    }

    @Override
    public void onBindFailed(RelayPort relayPort, String why) {
        all.forEach(observer -> observer.onBindFailed(relayPort, why));
    }

    @Override
    public void onReleased(Service service) {
        all.forEach(observer -> observer.onReleased(service));
    }
}
