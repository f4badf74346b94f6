package dev.lander.registry;

import dev.lander.text.AddressText;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What operators have taken out of rotation. A drain holds for whatever registers with this address and relay port,
 * until an operator ends it.
 */
public final class OperatorDrains {
    /** More are refused: of what has left only an operator's undrain forgets any. */
    static final int MOST = 16_384;

    private record Key(RelayPort relayPort, InetSocketAddress address) {}

    /** Hears what operators ask for here. */
    @FunctionalInterface
    public interface Listener {
        /** What has this address and relay port is drained, or no longer. */
        void onAsked(RelayPort relayPort, InetSocketAddress address, boolean drained);
    }

    private final Set<Key> drained = new HashSet<>();
    private Listener listener = (relayPort, address, isDrained) -> {};

    /** The listener hears from now on. */
    public void onAsked(Listener hears) {
        listener = hears;
    }

    /** Takes the component out of rotation, now and whenever it registers again. */
    public Outcome drain(Component component) {
        Key key = new Key(component.service().relayPort(), component.address());
        if (drained.size() >= MOST && !drained.contains(key)) {
            return Outcome.refused(Outcome.Kind.LIMIT, MOST + " components are drained, and that is the limit");
        }
        listener.onAsked(key.relayPort(), key.address(), true);
        hold(key, component);
        return Outcome.DONE;
    }

    private void hold(Key key, @Nullable Component component) {
        drained.add(key);
        if (component != null) {
            component.mark(health -> health.setHeld(true));
            Link owner = component.link();
            if (owner != null) {
                owner.onDraining(component);
            }
        }
    }

    /**
     * An operator has asked for this elsewhere.
     *
     * @param component that has the address and relay port now; null = none is registered
     */
    public void hear(RelayPort relayPort, InetSocketAddress address, @Nullable Component component, boolean isDrained) {
        Key key = new Key(relayPort, address);
        if (!isDrained) {
            drained.remove(key);
            if (component != null) {
                component.mark(health -> health.setHeld(false));
            }
        } else if (drained.size() < MOST) {
            hold(key, component);
        }
    }

    /**
     * Ends the drain of what has this address and relay port; there need not be one.
     *
     * @param component that has them now; null = none is registered
     */
    public Outcome undrain(RelayPort relayPort, InetSocketAddress address, @Nullable Component component) {
        boolean wasDrained = drained.remove(new Key(relayPort, address));
        if (wasDrained) {
            listener.onAsked(relayPort, address, false);
        }
        if (component != null) {
            component.mark(health -> health.setHeld(false));
        } else if (!wasDrained) {
            return Outcome.refused(
                    Outcome.Kind.NOT_REGISTERED, AddressText.of(address) + " is not registered on " + relayPort);
        }
        return Outcome.DONE;
    }

    /** The component has registered: it starts out drained if an operator's drain holds for it. */
    void onRegistered(Component component) {
        if (!drained.isEmpty() && drained.contains(new Key(component.service().relayPort(), component.address()))) {
            component.mark(health -> health.setHeld(true));
        }
    }
}
