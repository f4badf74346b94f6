package dev.lander.registry;

import java.net.InetAddress;

/** A control connection as the registry sees it: what was registered over it lives as long as it does. */
public interface Link {
    /** The peer's address: that of every component registered over this link. */
    InetAddress address();

    /** The component is registered over this link from now on. */
    void onRegistered(Component component);

    /** The component, which this link has, has reported its state, and so answered all checks before. */
    void onAnswered(Component component);

    /** The component, which this link had, is registered no more. */
    void onLeft(Component component);

    /** The component has registered over another link: this one no longer has it. */
    void onTakenOver(Component component);

    /**
     * The component, which this link has, begins with a small share of its weight: {@link Component#grow} is to be
     * called again and again until it says that it has all of it. It may begin anew before that.
     */
    void onSlowStart(Component component);

    /** Whether it stands for what other Landers hold: of theirs this one counts nothing, and checks nothing. */
    default boolean isOfOthers() {
        return false;
    }

    /** The component, which this link has, drains from now on: its owner and an operator may both have asked for it. */
    void onDraining(Component component);
}
