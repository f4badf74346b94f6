package dev.lander.cluster;

import dev.lander.registry.Component;
import dev.lander.registry.Link;
import java.net.InetAddress;
import java.util.function.Consumer;

/** Stands in the registry for all that only other Landers hold: they check it, and answer for it. */
record OthersLink(Consumer<Component> slowStarts) implements Link {
    @Override
    public boolean isOfOthers() {
        return true;
    }

    /** Nobody's: what others hold has addresses of its own. */
    @Override
    public InetAddress address() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public void onRegistered(Component component) {}

    @Override
    public void onAnswered(Component component) {}

    @Override
    public void onLeft(Component component) {}

    @Override
    public void onTakenOver(Component component) {}

    @Override
    public void onSlowStart(Component component) {
        slowStarts.accept(component);
    }

    @Override
    public void onDraining(Component component) {}
}
