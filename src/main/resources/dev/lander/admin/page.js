import { Charts } from "./charts.js";
import { Cluster } from "./cluster.js";
import { byId, element, setAttribute, setHidden, setText } from "./dom.js";
import { Events } from "./events.js";
import { Feed } from "./feed.js";
import * as format from "./format.js";
import { Process } from "./process.js";
import { Services, STATE_NAMES } from "./services.js";
import { View } from "./view.js";

/** Lander's status page: puts what the feed brings into its parts. */

const charts = new Charts();
const cluster = new Cluster();
const events = new Events();
const process = new Process();
const services = new Services((sort, down) => view.setSort(sort, down));
const view = new View({
    onFilter(filter) {
        services.filter((text, state) => filter.matches(text, state));
        events.filter((text) => filter.matchesText(text));
        if (services.loaded) {
            showStates();
            const { components, shown } = services.tally;
            setText(byId("found"), filter.isEmpty ? "" : `${shown} of ${components} components`);
        }
    },
    onSort: (sort, down) => services.sortBy(sort, down),
});

const feed = new Feed(onData, onLink);
let link = "connecting";
let outBefore = null;

function onData({ status, rates, events: news, restarted }) {
    if (restarted) {
        events.clear();
        announce("Lander was started again");
    }
    charts.add(rates.samples, rates.time);
    // The chart is of samples: of two figures for one thing both would look wrong.
    process.update({ ...rates.process, tcp_relays: charts.newest?.relays ?? rates.process.tcp_relays });
    cluster.update(status, rates.time);
    services.update(status, rates, rates.time);
    events.add(news, rates.time);
    showStates();
    showTitle(rates.process.state);
}

function onLink(state, lastAnswer) {
    const words = { live: "Live", paused: "Paused", lost: "Lost" };
    setText(byId("link-state"), words[state]);
    setText(byId("link-time"), lastAnswer > 0 ? format.clock(lastAnswer) : "");
    setAttribute(document.body, "data-link", state);
    if (state === "lost") {
        const since = lastAnswer > 0 ? ` What is shown is as of ${format.clock(lastAnswer)}.` : "";
        setText(byId("lost"), "Lander does not answer." + since + " Trying again every second.");
        document.title = "Lost · Lander";
    } else if (link === "lost" && state === "live") {
        announce("Lander answers again");
    }
    setHidden(byId("lost"), state !== "lost");
    link = state;
}

/** One button for each state that some component is in; pressed, it shows those alone. */
function showStates() {
    const { states } = services.tally;
    const group = byId("states");
    const known = new Map([...group.children].map((button) => [button.dataset.state, button]));
    for (const state of new Set([...STATE_NAMES, ...Object.keys(states)])) {
        let button = known.get(state);
        if (button === undefined) {
            button = element("button", "chip", element("b", ""), " ", element("span", "", state));
            button.type = "button";
            button.dataset.state = state;
            button.addEventListener("click", () => view.toggleState(state));
            group.append(button);
        }
        const pressed = view.filter.state === state;
        setText(button.firstChild, format.exact(states[state] ?? 0));
        setAttribute(button, "aria-pressed", String(pressed));
        setHidden(button, states[state] === undefined && !pressed);
    }
}

function showTitle(state) {
    const { components, states } = services.tally;
    const out = components - (states.good ?? 0);
    document.title = (state === "draining" ? "Draining · " : "") + (out > 0 ? `${out} out · ` : "") + "Lander";
    if (outBefore !== null && out !== outBefore) {
        announce(out === 0 ? "All components are in rotation" : `${out} of ${components} components are out of rotation`);
    }
    outBefore = out;
}

/** To those who hear the page. */
function announce(text) {
    setText(byId("announcer"), text);
}

const pause = byId("pause");
pause.addEventListener("click", () => {
    feed.setPaused(!feed.paused);
    pause.setAttribute("aria-pressed", String(feed.paused));
});

view.start();
feed.start();
