package dev.lander.reactor;

/** Owns deadlines: the loop calls it when one of them is due. */
public interface DeadlineHandler extends FaultHandler {
    /** The deadline, which this handler has started, is due. What it throws ends in {@link #onFault}. */
    void onDeadline(Deadline due);
}
