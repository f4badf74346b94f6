package dev.lander.reactor;

/**
 * What happens when a deadline is due, for an owner with several deadlines.
 *
 * @param owner ends when the action fails
 * @param action what happens
 */
public record Expiry(FaultHandler owner, Runnable action) implements DeadlineHandler {
    @Override
    public void onDeadline(Deadline due) {
        action.run();
    }

    @Override
    public void onFault(Exception fault) {
        owner.onFault(fault);
    }

    /** As in the log: the owner's. */
    @Override
    public String toString() {
        return owner.toString();
    }
}
