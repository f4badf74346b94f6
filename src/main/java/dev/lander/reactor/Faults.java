package dev.lander.reactor;

/** Calls what may fail, and contains the fault: the listener hears of it, and what the owner owns ends. */
final class Faults {
    private final FaultListener listener;

    Faults(FaultListener listener) {
        this.listener = listener;
    }

    /** The owner's work has failed. */
    void contain(FaultHandler owner, Exception fault) {
        listener.onFault(owner, fault);
        try {
            owner.onFault(fault);
        } catch (RuntimeException second) {
            listener.onFault(owner, second);
        }
    }

    void run(FaultHandler owner, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException defect) {
            contain(owner, defect);
        }
    }

    /** Runs what belongs to nobody: there is nothing to close. */
    void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException defect) {
            listener.onFault(task, defect);
        }
    }
}
