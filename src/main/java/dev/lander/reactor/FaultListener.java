package dev.lander.reactor;

/** Hears of every exception that a handler or task let out, after the loop has contained it. */
@FunctionalInterface
public interface FaultListener {
    /**
     * Counts and logs the fault; must not throw.
     *
     * @param source the handler or task that threw
     */
    void onFault(Object source, Exception fault);
}
