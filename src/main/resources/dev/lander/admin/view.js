import { byId } from "./dom.js";

/** What the reader has chosen to see. It is kept in the address's hash, so that it can be sent to somebody else. */
export class View {
    /** @param listener is told of each choice: onFilter(filter), onSort(column, down) */
    constructor(listener) {
        this.listener = listener;
        this.filter = new Filter("");
        this.sort = "service";
        this.down = false;
        this.field = byId("filter");
    }

    start() {
        this.field.addEventListener("input", () => this.setFilter(this.field.value));
        this.field.addEventListener("keydown", (event) => {
            if (event.key === "Escape") {
                event.preventDefault();
                this.field.value = "";
                this.setFilter("");
            }
        });
        document.addEventListener("keydown", (event) => {
            const typing = event.target instanceof Element && event.target.closest("input, select, textarea");
            if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
                event.preventDefault();
                this.field.focus();
                this.field.select();
            }
        });
        document.querySelector(".skip").addEventListener("click", (event) => {
            event.preventDefault(); // the hash is the filter's
            byId("services").focus();
        });
        window.addEventListener("hashchange", () => this.read());
        this.read();
    }

    /** From the address. */
    read() {
        const chosen = new URLSearchParams(location.hash.slice(1));
        this.sort = chosen.get("sort") ?? "service";
        this.down = chosen.get("order") === "down";
        this.filter = new Filter(chosen.get("filter") ?? "");
        if (this.field.value !== this.filter.written) {
            this.field.value = this.filter.written;
        }
        this.listener.onSort(this.sort, this.down);
        this.listener.onFilter(this.filter);
    }

    setFilter(written) {
        this.filter = new Filter(written);
        this.write();
        this.listener.onFilter(this.filter);
    }

    setSort(sort, down) {
        this.sort = sort;
        this.down = down;
        this.write();
    }

    /** Shows the components in this state alone, or, if so already, no longer. */
    toggleState(state) {
        this.field.value = this.filter.withState(this.filter.state === state ? null : state);
        this.setFilter(this.field.value);
    }

    /** To the address. */
    write() {
        const chosen = new URLSearchParams();
        if (this.filter.written !== "") {
            chosen.set("filter", this.filter.written);
        }
        if (this.sort !== "service" || this.down) {
            chosen.set("sort", this.sort);
            chosen.set("order", this.down ? "down" : "up");
        }
        const hash = chosen.toString();
        history.replaceState(null, "", hash === "" ? location.pathname + location.search : "#" + hash);
    }
}

/** Words that must all occur; "state:bad" is the state alone, and not a name with "bad" in it. */
class Filter {
    constructor(written) {
        this.written = written;
        const words = written.toLowerCase().split(/\s+/).filter((word) => word !== "");
        this.words = words.filter((word) => !word.startsWith("state:"));
        this.state = words.find((word) => word.startsWith("state:"))?.slice("state:".length) ?? null;
    }

    get isEmpty() {
        return this.words.length === 0 && this.state === null;
    }

    matches(text, state) {
        return (this.state === null || this.state === state) && this.matchesText(text);
    }

    /** For what has no state. */
    matchesText(text) {
        return this.words.every((word) => text.includes(word));
    }

    withState(state) {
        const others = this.written.split(/\s+/).filter((word) => word !== "" && !word.toLowerCase().startsWith("state:"));
        return [...others, ...(state === null ? [] : ["state:" + state])].join(" ");
    }
}
