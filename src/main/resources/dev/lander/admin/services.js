import { arrange, byId, element, isSelected, setAttribute, setHidden, setText } from "./dom.js";
import * as format from "./format.js";

/** The table of services and their components: patched in place, sorted by any column, filtered by text. */

/** More rows than this slow a browser down; the filter finds the others. */
const MOST_ROWS = 1000;

const NATURAL = new Intl.Collator("en", { numeric: true });

/** Each state's word, why a component is in it, and how far it is from good. */
const STATES = {
    good: ["Good", "in rotation", 0],
    draining: ["Draining", "gets no new clients", 1],
    silent: ["Silent", "misses health checks", 2],
    bad: ["Bad", "says so itself", 3],
    unreachable: ["Unreachable", "cannot be connected to", 4],
};

const BALANCE = {
    roundrobin: "round robin",
    leastconn: "least connections",
    random: "random of two",
    source: "by client address",
};

/** Each column: its key in the address, its heading, and what its rows are sorted by. */
const COLUMNS = [
    { key: "service", name: "Service", of: null },
    { key: "component", name: "Component", of: (c) => c.name },
    { key: "state", name: "State", of: (c) => stateOf(c.state)[2], down: true },
    { key: "with", name: "Registered with", of: (c) => c.with.join(", ") },
    { key: "since", name: "Since", of: (c) => c.since, down: true, number: true },
    { key: "weight", name: "Weight", of: (c) => c.weight, down: true, number: true },
    { key: "open", name: "Open", of: (c) => c.active, down: true, number: true },
    { key: "total", name: "Total", of: (c) => c.total, down: true, number: true },
    { key: "rate", name: "Rate", of: (c) => c.rate, down: true, number: true },
    { key: "in", name: "In", of: (c) => c.bytes_in, down: true, number: true },
    { key: "out", name: "Out", of: (c) => c.bytes_out, down: true, number: true },
    { key: "failures", name: "Failures", of: (c) => c.failures, down: true, number: true },
];

/** The states' names, the best first. */
export const STATE_NAMES = Object.keys(STATES);

const stateOf = (state) => STATES[state] ?? [state, "", 2];

export class Services {
    /** @param onSort is called when the reader chooses another order */
    constructor(onSort) {
        this.table = byId("table");
        this.rows = new Map();
        this.groups = new Map();
        this.flat = element("tbody", "flat");
        this.flat.setAttribute("role", "rowgroup");
        this.services = [];
        this.matches = () => true;
        this.column = COLUMNS[0];
        this.down = false;
        this.onSort = onSort;
        this.loaded = false;
        this.makeHead();
    }

    makeHead() {
        for (const column of COLUMNS) {
            const button = element("button", "", column.name);
            button.type = "button";
            button.addEventListener("click", () => this.choose(column));
            const head = element("th", "c-" + column.key, button);
            head.scope = "col";
            head.setAttribute("role", "columnheader");
            column.head = head;
            byId("head").append(head);
            byId("sort").append(new Option(column.name, column.key));
        }
        byId("sort").addEventListener("change", () => this.choose(COLUMNS.find((column) => column.key === byId("sort").value)));
        byId("direction").addEventListener("click", () => this.choose(this.column));
        this.showSort();
    }

    /** A column chosen again is turned round. */
    choose(column) {
        this.sortBy(column.key, column === this.column ? !this.down : column.down === true);
        this.onSort(this.column.key, this.down);
    }

    sortBy(key, down) {
        this.column = COLUMNS.find((column) => column.key === key) ?? COLUMNS[0];
        this.down = down;
        this.showSort();
        this.render(true);
    }

    showSort() {
        for (const column of COLUMNS) {
            setAttribute(column.head, "aria-sort", column === this.column ? (this.down ? "descending" : "ascending") : null);
        }
        byId("sort").value = this.column.key;
        setText(byId("direction"), this.down ? "↓" : "↑");
        setAttribute(byId("direction"), "aria-label", this.down ? "Descending; turn round" : "Ascending; turn round");
    }

    /** Shows only the components that fulfil this; it is given their text and their state. */
    filter(matches) {
        this.matches = matches;
        this.render(true);
    }

    /** How many components there are, how many are shown, and how many are in each state. */
    get tally() {
        const components = this.services.flatMap((service) => service.components);
        const states = {};
        for (const component of components) {
            states[component.state] = (states[component.state] ?? 0) + 1;
        }
        const shown = components.filter((component) => component.shown).length;
        return { services: this.services.length, components: components.length, shown, states };
    }

    /** Takes over status and rates; now is Lander's clock, in ms since 1970. */
    update(status, rates, now) {
        const live = new Map();
        for (const service of rates.services) {
            for (const component of service.components) {
                live.set(identity(service, component), component);
            }
        }
        this.now = now;
        const own = status.members?.[0].name ?? null;
        setAttribute(this.table, "data-cluster", own === null ? null : "");
        setHidden(byId("sort").querySelector("[value=with]"), own === null);
        const perPort = new Map();
        for (const service of status.services) {
            perPort.set(labelOf(service), (perPort.get(labelOf(service)) ?? 0) + 1);
        }
        this.services = status.services.map((service) => ({
            ...service,
            key: keyOf(service),
            label: labelOf(service),
            asked: format.asked(service) || (perPort.get(labelOf(service)) > 1 ? "everybody else" : ""),
            serving: Math.min(...service.components.filter((component) => component.state === "good" && !component.full).map(priorityOf)),
            asks: [...(service.server_names ?? []), ...(service.alpn ?? [])].join("\n") || null,
            components: service.components.map((component) => joined(service, component, live.get(identity(service, component)), own)),
        }));
        this.loaded = true;
        this.render(false);
    }

    render(chosen) {
        if (!this.loaded) {
            return;
        }
        const byService = this.column.of === null;
        this.services.sort((a, b) => (NATURAL.compare(a.protocol, b.protocol) || a.relay_port - b.relay_port || NATURAL.compare(a.asked, b.asked)) * (byService && this.down ? -1 : 1));
        for (const component of this.services.flatMap((service) => service.components)) {
            component.shown = this.matches(component.text, component.state);
        }
        // A row that moves loses the reader's selection: while there is one the order stays.
        if (chosen || !isSelected(this.table)) {
            arrange(this.table, [this.table.tHead, ...(byService ? this.grouped() : this.sorted())]);
            this.forget();
        }
        for (const service of this.services) {
            this.paint(service);
        }
        this.say();
    }

    /** A body for each service, with a heading and its components by name. */
    grouped() {
        let room = MOST_ROWS;
        const bodies = [];
        for (const service of this.services) {
            const shown = service.components.filter((component) => component.shown);
            if (shown.length === 0 || room <= 0) {
                continue;
            }
            const group = this.group(service);
            const order = this.ordered(shown, (c) => c.name, false).slice(0, room);
            arrange(group.body, [group.cells.row, ...order.map((component) => this.row(component).row)]);
            room -= order.length;
            bodies.push(group.body);
        }
        return bodies;
    }

    /** One body with all components in the chosen order. */
    sorted() {
        const shown = this.services.flatMap((service) => service.components).filter((component) => component.shown);
        const order = this.ordered(shown, this.column.of, this.down).slice(0, MOST_ROWS);
        arrange(this.flat, order.map((component) => this.row(component).row));
        return [this.flat];
    }

    ordered(components, of, down) {
        const turn = down ? -1 : 1;
        return components.sort((a, b) => {
            const [x, y] = [of(a), of(b)];
            const order = typeof x === "string" ? NATURAL.compare(x, y) : x - y;
            return order * turn || NATURAL.compare(a.name, b.name) || NATURAL.compare(a.key, b.key);
        });
    }

    row(component) {
        let cells = this.rows.get(component.key);
        if (cells === undefined) {
            cells = makeRow("component", "td");
            this.rows.set(component.key, cells);
        }
        return cells;
    }

    group(service) {
        let group = this.groups.get(service.key);
        if (group === undefined) {
            group = { body: element("tbody", ""), cells: makeRow("service", "th") };
            group.body.setAttribute("role", "rowgroup");
            group.body.dataset.service = service.key;
            this.groups.set(service.key, group);
        }
        return group;
    }

    /** Lets go of the rows of what is no longer there. */
    forget() {
        const services = new Set(this.services.map((service) => service.key));
        const components = new Set(this.services.flatMap((service) => service.components.map((component) => component.key)));
        [...this.groups.keys()].filter((key) => !services.has(key)).forEach((key) => this.groups.delete(key));
        [...this.rows.keys()].filter((key) => !components.has(key)).forEach((key) => this.rows.delete(key));
    }

    paint(service) {
        const group = this.groups.get(service.key);
        if (group !== undefined && group.body.isConnected) {
            paintService(group.cells, service);
        }
        for (const component of service.components) {
            const cells = this.rows.get(component.key);
            if (cells !== undefined && cells.row.isConnected) {
                paintComponent(cells, service, component, this.now);
            }
        }
    }

    /** How much there is, and where nothing is, what to do. */
    say() {
        const { services, components, shown } = this.tally;
        const plural = (n, word) => `${format.exact(n)} ${word}${n === 1 ? "" : "s"}`;
        let count = "";
        if (components > 0) {
            count = shown === components ? `${plural(services, "service")}, ${plural(components, "component")}`
                : `${format.exact(shown)} of ${plural(components, "component")}`;
        }
        setText(byId("count"), count + (shown > MOST_ROWS ? `; the first ${format.exact(MOST_ROWS)} are listed` : ""));
        setHidden(byId("empty"), components > 0);
        setHidden(this.table, shown === 0);
        setHidden(byId("legend"), shown === 0);
        setHidden(byId("no-match"), components === 0 || shown > 0);
        setText(byId("no-match"), `None of ${plural(components, "component")} matches the filter.`);
    }
}

const labelOf = (service) => service.protocol.toUpperCase() + "\u00a0" + service.relay_port;

const priorityOf = (component) => component.priority ?? 0;

/** Services that share a port are told apart by what they ask of clients. */
function keyOf(service) {
    return [service.protocol, service.relay_port].join("/") + (format.asked(service) && "#" + format.asked(service));
}

function identity(service, component) {
    return [keyOf(service), component.host, component.port].join("/");
}

/** Which Landers have the component, this one first. */
function holders(component, own) {
    const names = component.registered_with ?? [];
    return [...(names.includes(own) ? ["this one"] : []), ...names.filter((name) => name !== own)];
}

function joined(service, component, live, own) {
    const address = component.host.includes(":") ? `[${component.host}]:${component.port}` : `${component.host}:${component.port}`;
    const asks = [...(service.server_names ?? []), ...(service.alpn ?? [])];
    const text = [service.protocol, service.relay_port, ...asks, service.balance, component.name, address, component.host, component.state];
    if (component.registered_with !== undefined) {
        text.push(...component.registered_with, ...(component.orphan_since ? ["orphan"] : []));
    }
    return {
        ...component,
        key: identity(service, component),
        address: component.name === address || component.name === `${component.host}:${component.port}` ? "" : address,
        rate: live?.rate ?? 0,
        rateIn: live?.bytes_in_rate ?? 0,
        rateOut: live?.bytes_out_rate ?? 0,
        since: live?.state_since ?? 0,
        with: holders(component, own),
        text: text.join(" ").toLowerCase(),
        shown: true,
    };
}

/** A row of empty cells. Each has a first line and, where two fit, a second. */
function makeRow(className, headTag) {
    const row = element("tr", className);
    row.setAttribute("role", "row");
    const cells = { row };
    for (const column of COLUMNS) {
        const heads = column.key === (className === "service" ? "service" : "component");
        const cell = element(heads ? "th" : "td", "c-" + column.key, element("span", "first"), element("span", "second"));
        cell.setAttribute("role", heads ? "rowheader" : "cell");
        if (heads) {
            cell.scope = className === "service" ? "rowgroup" : "row";
        }
        cell.dataset.label = column.name;
        cells[column.key] = cell;
        row.append(cell);
    }
    return cells;
}

function put(cell, first, second = "", title = null) {
    setText(cell.firstChild, first);
    setText(cell.lastChild, second);
    setAttribute(cell, "title", title);
}

function putNumber(cell, n, first, second, title) {
    put(cell, first, second, title);
    cell.classList.toggle("zero", n === 0);
}

function paintFigures(cells, c) {
    putNumber(cells.open, c.active, format.count(c.active), "", format.exact(c.active));
    putNumber(cells.total, c.total, format.count(c.total), "", format.exact(c.total));
    putNumber(cells.rate, c.rate, format.rate(c.rate) + "/s", "", null);
    putNumber(cells.in, c.bytes_in, format.bytes(c.bytes_in), format.bytes(c.rateIn) + "/s", format.exact(c.bytes_in) + " bytes");
    putNumber(cells.out, c.bytes_out, format.bytes(c.bytes_out), format.bytes(c.rateOut) + "/s", format.exact(c.bytes_out) + " bytes");
    putNumber(cells.failures, c.failures, format.count(c.failures), "", format.exact(c.failures));
}

function whyInState(service, c) {
    if (c.drained_by === "operator") {
        return "until an operator undrains it";
    }
    if (c.state === "good" && c.full) {
        return "full";
    }
    if (c.state === "good" && priorityOf(c) > service.serving) {
        return c.active > 0 ? "gets no new clients" : "stands by";
    }
    return stateOf(c.state)[1];
}

function paintComponent(cells, service, c, now) {
    put(cells.service, service.label, service.asked, service.asks);
    put(cells.component, c.name, c.address, c.name);
    put(cells.state, stateOf(c.state)[0], whyInState(service, c), c.full ? "at its max_connections" : null);
    setAttribute(cells.row, "data-state", c.state);
    if (c.orphan_since) {
        put(cells.with, "orphan", "for " + format.duration((now - c.orphan_since) / 1000), format.full(c.orphan_since));
    } else {
        const [first = "", ...others] = c.with;
        put(cells.with, first, others.join(", "), c.with.join(", "));
    }
    cells.with.classList.toggle("orphan", c.orphan_since > 0);
    put(cells.since, c.since > 0 ? format.duration((now - c.since) / 1000) : "–", "", c.since > 0 ? format.full(c.since) : null);
    put(cells.weight, String(c.weight), c.priority > 0 ? `priority ${c.priority}` : "");
    paintFigures(cells, c);
}

/** The sums are of all the service's components, also of those that the filter hides. */
function paintService(cells, service) {
    const all = service.components;
    const sum = (of) => all.reduce((total, component) => total + of(component), 0);
    const good = all.filter((component) => component.state === "good").length;
    put(cells.service, service.label, service.asked, service.asks);
    const lost = service.terms_lost ? `registered here with other terms: ${service.terms_lost}` : null;
    put(cells.component, BALANCE[service.balance] ?? service.balance, lost === null ? "" : "other terms here", lost);
    put(cells.state, `${good} of ${all.length} good`);
    setAttribute(cells.row, "data-state", good === all.length ? "good" : good > 0 ? "partly" : "none");
    put(cells.since, "");
    put(cells.weight, String(sum((c) => c.weight)));
    paintFigures(cells, {
        active: sum((c) => c.active),
        total: sum((c) => c.total),
        rate: sum((c) => c.rate),
        bytes_in: sum((c) => c.bytes_in),
        bytes_out: sum((c) => c.bytes_out),
        rateIn: sum((c) => c.rateIn),
        rateOut: sum((c) => c.rateOut),
        failures: sum((c) => c.failures),
    });
}
