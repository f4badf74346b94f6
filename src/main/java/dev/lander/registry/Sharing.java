package dev.lander.registry;

import org.jspecify.annotations.Nullable;

/** Tells others what is registered here, and knows what is registered with them. Called in the middle of changes. */
public interface Sharing {
    /** Of a Lander that is alone. */
    Sharing NONE = new Sharing() {
        @Override
        public void onHeld(Component component, ServiceTerms asked) {}

        @Override
        public void onMarked(Component component) {}

        @Override
        public @Nullable Link onReleased(Component component) {
            return null;
        }
    };

    /**
     * The component is registered over a link of this Lander's, perhaps anew.
     *
     * @param asked what it has asked of its service; what that has agreed on says more
     */
    void onHeld(Component component, ServiceTerms asked);

    /** What this Lander knows of the component by itself has changed: whether it drains, is bad or answers checks. */
    void onMarked(Component component);

    /**
     * The link that had the component, one of this Lander's, has it no more.
     *
     * @return the link to which it moves because others have it, too; null = it leaves
     */
    @Nullable
    Link onReleased(Component component);

    /** With which Landers the component is registered; null = this one is alone. */
    default @Nullable Holders holders(Component component) {
        return null;
    }

    /** What the service's terms say differently from what was asked of this Lander; empty = nothing. */
    default String lostTerms(Service service) {
        return "";
    }
}
