/* global uPlot */
import { byId, setAttribute, setText } from "./dom.js";
import * as format from "./format.js";

/** Four charts of the last ten minutes, drawn by uPlot from one sample a second. */

const SPAN_S = 600;
const HEIGHT = 112;
const STEP_S = 10;

const KINDS = [
    { key: "connections", name: "New connections", unit: "/s", show: format.rate, tick: format.tick, floor: 4 },
    { key: "datagrams", name: "Datagrams", unit: "/s", show: format.rate, tick: format.tick, floor: 4 },
    { key: "bytes", name: "Throughput", unit: "/s", show: format.bytes, tick: format.byteTick, floor: 4096, binary: true },
    { key: "relays", name: "Open relays", unit: "", show: format.count, tick: format.tick, floor: 4 },
];

const POWERS_OF_TWO = Array.from({ length: 50 }, (_, power) => 2 ** power);
const WHOLE_NUMBERS = [1, 2, 5].flatMap((n) => Array.from({ length: 12 }, (_, power) => n * 10 ** power)).sort((a, b) => a - b);

export class Charts {
    constructor() {
        this.samples = [];
        this.charts = KINDS.map((kind) => new Chart(kind));
        byId("charts").append(...this.charts.map((chart) => chart.figure));
        this.charts.forEach((chart) => chart.begin());
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
            this.charts.forEach((chart) => chart.plot.redraw(false, true)));
    }

    /** The last sample, if there is any. */
    get newest() {
        return this.samples.at(-1);
    }

    /** Adds these samples, of which some may be known, and shows the ten minutes before now, in ms since 1970. */
    add(samples, now) {
        const end = Math.floor(now / 1000);
        const isShown = (sample) => sample.t >= end - SPAN_S && sample.t <= end; // a clock may have been put back
        this.samples = this.samples.filter(isShown);
        const last = this.newest?.t ?? 0;
        this.samples = this.samples.concat(samples.filter((sample) => sample.t > last && isShown(sample)));

        const rows = withGaps(this.samples);
        const times = rows.map((row) => row.t);
        for (const chart of this.charts) {
            chart.show(times, rows.map((row) => row[chart.kind.key] ?? null), end);
        }
    }
}

/** Where a second is missing the line is broken: the process was not there, or nobody had asked for ten minutes. */
function withGaps(samples) {
    const rows = [];
    let before = null;
    for (const sample of samples) {
        if (before !== null && sample.t - before > 2) {
            rows.push({ t: before + 1 });
        }
        rows.push(sample);
        before = sample.t;
    }
    return rows;
}

class Chart {
    constructor(kind) {
        this.kind = kind;
        this.values = [[], []];
        this.end = 0;
        this.figure = byId("chart").content.firstElementChild.cloneNode(true);
        this.figure.dataset.chart = kind.key;
        this.holder = this.figure.querySelector(".plot");
        this.value = this.figure.querySelector(".value");
        this.when = this.figure.querySelector(".when");
        setText(this.figure.querySelector(".name"), kind.name);
        this.holder.addEventListener("keydown", (event) => this.onKey(event));
        this.holder.addEventListener("blur", () => this.point(null));
    }

    /** Only what is on the page has a size and colours. */
    begin() {
        this.plot = new uPlot(this.options(), this.values, this.holder);
        new ResizeObserver(() => {
            if (this.holder.clientWidth > 0 && this.holder.clientWidth !== this.plot.width) {
                this.plot.setSize({ width: this.holder.clientWidth, height: HEIGHT });
            }
        }).observe(this.holder);
    }

    show(times, values, end) {
        this.values = [times, values];
        this.end = end;
        this.plot.setData(this.values);
        this.tell();

        const known = values.filter((value) => value !== null);
        const told = known.length === 0 ? "no figures yet"
            : `now ${this.text(known[known.length - 1])}, at most ${this.text(Math.max(...known))}`;
        setAttribute(this.holder, "aria-label", `${this.kind.name}, the last ten minutes: ${told}. Arrow keys move through time.`);
    }

    /** The pointed-at figure and its time, or the newest one. */
    tell() {
        const index = this.plot.cursor.idx;
        const [times, values] = this.values;
        if (this.pointed() !== null && index !== null && index !== undefined && index < times.length) {
            setText(this.value, values[index] === null ? "–" : this.text(values[index]));
            setText(this.when, format.clock(times[index] * 1000));
        } else {
            setText(this.value, values.length > 0 ? this.text(values[values.length - 1] ?? 0) : "–");
            setText(this.when, "");
        }
    }

    text(value) {
        return this.kind.show(value) + this.kind.unit;
    }

    /** The time that the cursor is on, or null. */
    pointed() {
        const left = this.plot.cursor.left;
        return left !== undefined && left !== null && left >= 0 ? this.plot.posToVal(left, "x") : null;
    }

    point(time) {
        const left = time === null ? -10 : this.plot.valToPos(time, "x");
        this.plot.setCursor({ left, top: left < 0 ? -10 : HEIGHT / 3 }, true, true);
    }

    onKey(event) {
        const [times] = this.values;
        if (times.length === 0) {
            return;
        }
        const from = this.pointed() ?? times[times.length - 1];
        const to = { ArrowLeft: from - STEP_S, ArrowRight: from + STEP_S, Home: times[0], End: times[times.length - 1], Escape: null }[event.key];
        if (to === undefined) {
            return;
        }
        event.preventDefault();
        this.point(to === null ? null : Math.min(Math.max(to, times[0]), times[times.length - 1]));
        setText(byId("announcer"), to === null ? "" : this.value.textContent + " at " + this.when.textContent);
    }

    options() {
        const kind = this.kind;
        const colour = (name) => () => getComputedStyle(this.figure).getPropertyValue(name);
        const axis = { stroke: colour("--axis"), font: "11px " + getComputedStyle(document.body).fontFamily, ticks: { show: false } };
        const grid = { stroke: colour("--grid"), width: 1 };
        return {
            width: Math.max(this.holder.clientWidth, 120),
            height: HEIGHT,
            padding: [8, 16, 0, 0],
            legend: { show: false },
            select: { show: false },
            cursor: {
                sync: { key: "lander", scales: ["x", null], setSeries: false },
                drag: { x: false, y: false, setScale: false },
                y: false,
                points: { size: 7, width: 2, fill: colour("--card"), stroke: colour("--line") },
            },
            scales: {
                x: { time: true, range: () => [this.end - SPAN_S, this.end] },
                y: { range: (plot, least, most) => [0, Math.max((most ?? 0) * 1.1, kind.floor)] },
            },
            axes: [
                { ...axis, grid: { show: false }, size: 20, gap: 4, space: 70, incrs: [60, 120, 240, 300],
                    values: (plot, splits) => splits.map((t) => format.minute(t * 1000)) },
                { ...axis, grid, size: kind.binary ? 56 : 36, gap: 5, space: 28, incrs: kind.binary ? POWERS_OF_TWO : WHOLE_NUMBERS,
                    values: (plot, splits) => splits.map((n) => kind.tick(n)) },
            ],
            series: [
                {},
                { stroke: colour("--line"), fill: colour("--area"), width: 1.5, points: { show: false }, spanGaps: false },
            ],
            hooks: { setCursor: [() => this.plot && this.tell()] },
        };
    }
}
