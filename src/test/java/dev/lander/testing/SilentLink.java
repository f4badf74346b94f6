package dev.lander.testing;

import dev.lander.registry.Component;
import dev.lander.registry.Link;
import java.net.InetAddress;

/** A control connection whose peer is told nothing. */
public final class SilentLink implements Link {
    private final InetAddress address;

    /** Its peer is at this address. */
    public SilentLink(InetAddress address) {
        this.address = address;
    }

    @Override
    public InetAddress address() {
        return address;
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
    public void onSlowStart(Component component) {}

    @Override
    public void onDraining(Component component) {}
}
