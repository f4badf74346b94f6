import { arrange, byId, element, setHidden, setText } from "./dom.js";
import * as format from "./format.js";

/** The list of what has happened, newest first. */

const KEPT = 1000;

/** What each event is called here, and whether it is good news, bad news or neither. */
const WORDS = {
    registered: ["Registered", "plain"],
    registered_again: ["Registered again", "plain"],
    left: ["Left", "plain"],
    out_of_rotation: ["Out of rotation", "bad"],
    in_rotation: ["Back in rotation", "good"],
    port_bound: ["Port bound", "plain"],
    port_closed: ["Port closed", "plain"],
    bind_failed: ["Bind failed", "bad"],
    member_joined: ["Lander joined", "good"],
    member_lost: ["Lander lost", "bad"],
    member_leaving: ["Lander leaves", "plain"],
    peer_cannot_serve: ["Lander cannot serve", "bad"],
    peer_serves: ["Lander serves again", "good"],
    terms_lost: ["Other terms hold", "bad"],
};

export class Events {
    constructor() {
        this.list = byId("events");
        this.all = byId("all-events");
        this.items = [];
        this.matches = () => true;
        this.expanded = false;
        this.all.addEventListener("click", () => {
            this.expanded = !this.expanded;
            this.all.setAttribute("aria-expanded", String(this.expanded));
            this.list.classList.toggle("expanded", this.expanded);
            this.render();
        });
    }

    clear() {
        this.items = [];
    }

    /** Adds these events, oldest first. */
    add(events, now) {
        for (const event of events) {
            this.items.unshift(item(event, now));
        }
        this.items.length = Math.min(this.items.length, KEPT);
        this.render();
    }

    /** Shows only the events whose text fulfils this. */
    filter(matches) {
        this.matches = matches;
        this.render();
    }

    render() {
        const shown = this.items.filter((one) => this.matches(one.text)).map((one) => one.row);
        arrange(this.list, shown);
        setHidden(this.list, shown.length === 0);
        setHidden(byId("no-events"), shown.length > 0);
        setText(byId("no-events"), this.items.length === 0 ? "Nothing has happened yet." : "No event matches the filter.");
        setHidden(this.all, shown.length <= 3);
        setText(this.all, this.expanded ? "Show fewer" : `Show all ${format.exact(shown.length)}`);
    }
}

function item(event, now) {
    const [word, kind] = WORDS[event.event] ?? [event.event.replaceAll("_", " "), "plain"];
    const port = event.protocol ? `${event.protocol.toUpperCase()} ${event.relay_port}` : "";
    const service = [port, format.asked(event)].filter((part) => part).join(" ");
    const row = byId("event").content.firstElementChild.cloneNode(true);
    const time = row.querySelector("time");
    time.dateTime = new Date(event.time).toISOString();
    time.title = format.full(event.time);
    setText(time, format.moment(event.time, now));
    const what = row.querySelector(".what");
    what.classList.add(kind);
    setText(what, word);

    const whom = row.querySelector(".whom");
    const parts = [event.component, service].filter((part) => part);
    if (parts.length > 0) {
        whom.append(element("b", "", parts[0]));
    }
    const rest = [...parts.slice(1), event.cause].filter((part) => part).join(" · ");
    if (rest !== "") {
        whom.append(" ", element("span", "quiet", rest));
    }
    whom.title = whom.textContent;
    return { row, text: `${word} ${service} ${event.component ?? ""} ${event.cause ?? ""}`.toLowerCase() };
}
