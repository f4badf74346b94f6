package dev.lander.registry;

/**
 * The health of one component: four marks, independent of each other, each lifted only by its own event. A component
 * without any is in rotation; what the marks mean for choosing is {@link Component}'s business.
 */
final class Health {
    /** Failed tries in a row that make a component unreachable. */
    static final int FAILURES_TO_UNREACHABLE = 3;

    /** Taken out of rotation for good; only a takeover lifts it. */
    private boolean draining;

    /** Taken out of rotation by an operator, until one brings it back; no takeover lifts that. */
    private boolean held;

    /** It reported a state other than good, and not good since. */
    private boolean bad;

    /** {@link #FAILURES_TO_UNREACHABLE} tries in a row failed, and none succeeded since. */
    private boolean unreachable;

    /** It has answered once, then missed checks in a row, and not answered since. */
    private boolean silent;

    private boolean everAnswered;

    /** What other Landers say. */
    private Elsewhere elsewhere = Elsewhere.NOTHING;

    /** Checks sent since the last answer. */
    private int unansweredChecks;

    /** Failed tries since the last that succeeded. */
    private int failuresInRow;

    State state() {
        if (isDraining()) {
            return State.DRAINING;
        } else if (isBad()) {
            return State.BAD;
        } else if (unreachable) {
            return State.UNREACHABLE;
        }
        return isSilent() ? State.SILENT : State.GOOD;
    }

    private boolean isBad() {
        return bad || elsewhere.bad();
    }

    private boolean isSilent() {
        return elsewhere.lastResort() || (everAnswered ? silent && !elsewhere.heard() : elsewhere.silent());
    }

    /** What this Lander has found out itself; what it has heard from others is no part of it. */
    OwnMarks ownMarks() {
        return new OwnMarks(draining, bad, everAnswered, silent);
    }

    void setElsewhere(Elsewhere said) {
        elsewhere = said;
    }

    boolean isDraining() {
        return draining || held;
    }

    boolean isHeld() {
        return held;
    }

    boolean isUnreachable() {
        return unreachable;
    }

    /** Whether a try has failed since the last that succeeded. */
    boolean hasFailed() {
        return failuresInRow > 0;
    }

    /** Whether it may be chosen at all: marked neither draining nor bad. */
    boolean mayServe() {
        return !isDraining() && !isBad();
    }

    /** Whether it has answered at least one check. */
    boolean everAnswered() {
        return everAnswered;
    }

    /** Whether it has answered before and now owes at least this many answers. */
    boolean owesAnswers(long checks) {
        return everAnswered && unansweredChecks >= checks;
    }

    void drain() {
        draining = true;
    }

    void undrain() {
        draining = false;
    }

    void setHeld(boolean byOperator) {
        held = byOperator;
    }

    void reported(boolean good) {
        everAnswered = true;
        unansweredChecks = 0;
        silent = false;
        bad = !good;
    }

    /**
     * Another check is about to be sent: those before it that are unanswered were missed.
     *
     * @param misses how many missed in a row make it silent
     */
    void checkDue(int misses) {
        if (owesAnswers(misses)) {
            silent = true;
        }
        unansweredChecks++;
    }

    void onConnectFailed() {
        failuresInRow++;
        if (failuresInRow >= FAILURES_TO_UNREACHABLE) {
            unreachable = true;
        }
    }

    void onReached() {
        failuresInRow = 0;
        unreachable = false;
    }

    /** It is checked from here no more. */
    void forgetChecks() {
        bad = false;
        silent = false;
        everAnswered = false;
        unansweredChecks = 0;
    }

    /** As new: a takeover clears everything but what an operator holds. */
    void clear() {
        forgetChecks();
        draining = false;
        unreachable = false;
        failuresInRow = 0;
    }
}
