import { byId, setAttribute, setHidden, setText } from "./dom.js";
import * as format from "./format.js";

/** The line about the process, and what depends on where and how it runs. */
export class Process {
    constructor() {
        this.cells = new Map([...document.querySelectorAll("[data-process]")].map((cell) => [cell.dataset.process, cell]));
    }

    update(process) {
        this.put("version", process.version);
        this.put("uptime", format.duration(process.uptime_seconds), "Started " + format.full(process.started));
        this.put("tcp_relays", format.exact(process.tcp_relays));
        this.put("udp_flows", format.exact(process.udp_flows));
        this.put("control_connections", format.exact(process.control_connections));
        this.put("fds", `${format.exact(process.fds_open)} of ${format.exact(process.fds_limit)}`);
        this.put("heap", `${format.bytes(process.heap_used_bytes)} of ${format.bytes(process.heap_max_bytes)}`);
        this.put("pid", `${process.pid}, Java ${process.java.split("+")[0]}`, process.java);
        bar("fds", process.fds_open / process.fds_limit);
        bar("heap", process.heap_used_bytes / process.heap_max_bytes);

        const draining = process.state === "draining";
        setHidden(byId("draining"), !draining);
        setText(byId("draining"), draining
            ? `Lander is draining: it takes no new clients, and ends when ${format.exact(process.tcp_relays)} open relays have.` : "");
        const joining = process.state === "joining";
        setHidden(byId("joining"), !joining);
        setText(byId("joining"), joining ? "Lander is joining its cluster: what is registered with the others has not come yet." : "");
        this.example(process.control_port);
    }

    put(name, text, title = null) {
        const cell = this.cells.get(name);
        setText(cell, text);
        setAttribute(cell, "title", title);
    }

    /** The empty page's commands work when copied, as far as the addresses are known. */
    example(port) {
        const known = { host: location.hostname, port: port ?? "PORT", hostport: `${location.hostname}:${port ?? "PORT"}` };
        for (const part of document.querySelectorAll("[data-control]")) {
            setText(part, String(known[part.dataset.control]));
        }
    }
}

function bar(name, share) {
    const filled = document.querySelector(`[data-bar=${name}]`);
    filled.style.inlineSize = Math.min(100, Math.round(share * 100)) + "%";
    filled.classList.toggle("high", share > 0.85);
}
