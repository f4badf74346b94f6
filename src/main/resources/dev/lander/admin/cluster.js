import { arrange, byId, element, setAttribute, setHidden, setText } from "./dom.js";
import * as format from "./format.js";

/** The table of the Landers that share their registrations; there is none without a cluster. */

const COLUMNS = [
    { key: "name", name: "Lander", cell: (m, own) => [m.name, own ? "this one" : ""] },
    { key: "address", name: "Address", cell: (m) => [m.address, ""] },
    { key: "up", name: "Up", cell: (m, own, now) => [format.duration((now - m.since) / 1000), ""] },
    { key: "holds", name: "Holds", cell: (m) => [format.exact(m.holds), ""] },
    { key: "heard", name: "Last heard", cell: (m, own, now) => [own ? "–" : format.moment(m.heard, now), ""] },
    { key: "refused", name: "Cannot serve", cell: (m) => refusals(m.refused) },
];

export class Cluster {
    constructor() {
        this.section = byId("cluster");
        this.body = byId("members").tBodies[0];
        this.rows = new Map();
        for (const column of COLUMNS) {
            const head = element("th", "m-" + column.key, column.name);
            head.scope = "col";
            head.setAttribute("role", "columnheader");
            byId("members-head").append(head);
        }
    }

    /** Takes over the status; now is Lander's clock, in ms since 1970. */
    update(status, now) {
        const members = status.members ?? [];
        setHidden(this.section, members.length === 0);
        setText(byId("members-count"), members.length === 0 ? "" : `${format.exact(members.length)} Landers`);
        for (const id of [...this.rows.keys()].filter((id) => !members.some((member) => member.id === id))) {
            this.rows.delete(id);
        }
        arrange(this.body, members.map((member, index) => this.row(member, index === 0, now)));
    }

    row(member, own, now) {
        let row = this.rows.get(member.id);
        if (row === undefined) {
            row = element("tr", "member", ...COLUMNS.map(cell));
            row.setAttribute("role", "row");
            this.rows.set(member.id, row);
        }
        row.classList.toggle("refusing", member.refused.length > 0);
        COLUMNS.forEach((column, index) => {
            const [first, second] = column.cell(member, own, now);
            const shown = row.children[index];
            setText(shown.firstChild, first);
            setText(shown.lastChild, second);
            setAttribute(shown, "title", column.key === "refused" && first !== "–" ? `${first} ${second}` : null);
        });
        return row;
    }
}

function cell(column) {
    const made = element("td", "m-" + column.key, element("span", "first"), element("span", "second"));
    made.setAttribute("role", "cell");
    made.dataset.label = column.name;
    return made;
}

/** The first service that a member cannot serve, why, and how many more there are. */
function refusals(refused) {
    if (refused.length === 0) {
        return ["–", ""];
    }
    const more = refused.length === 1 ? "" : `, and ${refused.length - 1} more`;
    return [refused[0].service + more, refused[0].why];
}
