/**
 * Asks Lander for its state every second, one question at a time, and says when it has lost or found it again. While
 * nobody sees the page, or it is paused, it asks nothing.
 */

const PERIOD_MS = 1000;
/** Longer than Lander ever needs; a machine that has vanished answers nothing at all. */
const PATIENCE_MS = 3000;
/** One question may fail; without an answer for this long the process counts as lost. */
const LOST_MS = 1900;

export class Feed {
    /**
     * @param onData is given {status, rates, events, restarted}; events are the new ones
     * @param onLink is given "live", "paused" or "lost", and when the last answer came, in ms since 1970
     */
    constructor(onData, onLink) {
        this.onData = onData;
        this.onLink = onLink;
        this.paused = false;
        this.asking = false;
        this.timer = 0;
        this.lastAnswer = 0;
        this.firstQuestion = Date.now();
        this.forget();
    }

    start() {
        document.addEventListener("visibilitychange", () => this.ask());
        this.ask();
    }

    setPaused(paused) {
        this.paused = paused;
        if (paused) {
            this.onLink("paused", this.lastAnswer);
        } else {
            this.ask();
        }
    }

    /** Another process has other events, and other numbers for them. */
    forget() {
        this.born = null;
        this.lastEvent = 0;
        this.lastSample = 0;
    }

    async ask() {
        clearTimeout(this.timer);
        if (this.asking || this.paused || document.hidden) {
            return;
        }
        this.asking = true;
        const began = Date.now();
        try {
            const data = await this.questions();
            this.lastAnswer = Date.now();
            if (!this.paused) {
                this.onData(data);
                this.onLink("live", this.lastAnswer);
            }
        } catch (fault) {
            if (!(fault instanceof NoAnswer)) {
                throw fault;
            }
            if (!this.paused && Date.now() - Math.max(this.lastAnswer, this.firstQuestion) >= LOST_MS) {
                this.onLink("lost", this.lastAnswer);
            }
        } finally {
            this.asking = false;
            this.timer = setTimeout(() => this.ask(), Math.max(0, began + PERIOD_MS - Date.now()));
        }
    }

    async questions() {
        let answers = await this.round();
        const born = answers.rates.process.pid + "/" + answers.rates.process.started;
        const restarted = this.born !== null && this.born !== born;
        if (restarted) {
            this.forget();
            answers = await this.round();
        }
        this.born = born;
        this.lastEvent = answers.events.reduce((last, event) => Math.max(last, event.id), this.lastEvent);
        // After the machine's clock was put back, samples have times that were there before.
        const known = this.lastSample > answers.rates.time / 1000 ? 0 : this.lastSample;
        this.lastSample = answers.rates.samples.reduce((last, sample) => Math.max(last, sample.t), known);
        return { ...answers, restarted };
    }

    async round() {
        const [status, rates, events] = await Promise.all([
            get("api/status"),
            get("api/rates" + (this.lastSample > 0 ? "?since=" + this.lastSample : "")),
            get("api/events?since=" + this.lastEvent),
        ]);
        return { status, rates, events: events.events };
    }
}

/** Lander has not answered, or not as it should. */
class NoAnswer extends Error {}

async function get(path) {
    try {
        const response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
        if (!response.ok) {
            throw new NoAnswer(path + ": status " + response.status);
        }
        return await response.json();
    } catch (fault) {
        throw fault instanceof NoAnswer ? fault : new NoAnswer(path + ": " + fault.message);
    }
}
