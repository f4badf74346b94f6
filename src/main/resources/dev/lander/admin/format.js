/** Numbers and times as people read them. Everything is in English, as the page is. */

const COUNT = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const ONE_DIGIT = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const MINUTE = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** A whole number with its thousands apart. */
export const exact = (n) => COUNT.format(n);

/** A count that fits a column: exact below a million. */
export const count = (n) => (n < 1e6 ? COUNT.format(n) : SHORT.format(n));

/** A count for an axis. */
export const tick = (n) => (n < 1000 ? String(n) : SHORT.format(n));

/** A rate's number, per second. */
export function rate(n) {
    if (n > 0 && n < 0.05) {
        return "<0.1";
    }
    return n < 9.95 ? ONE_DIGIT.format(n) : count(n);
}

/** Bytes in binary units. */
export function bytes(n) {
    let unit = 0;
    let value = n;
    while (value >= 1000 && unit < BINARY.length - 1) {
        value /= 1024;
        unit++;
    }
    const digits = unit === 0 || value >= 99.95 ? 0 : 1;
    return value.toFixed(digits) + "\u00a0" + BINARY[unit];
}

/** Bytes for an axis. */
export const byteTick = (n) => bytes(n).replace(".0", "");

/** How long something has lasted, in its two largest units. */
export function duration(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    if (s < 60) {
        return s + " s";
    }
    if (s < 3600) {
        return Math.floor(s / 60) + " min";
    }
    if (s < 86400) {
        return Math.floor(s / 3600) + " h " + Math.floor((s % 3600) / 60) + " min";
    }
    return Math.floor(s / 86400) + " d " + Math.floor((s % 86400) / 3600) + " h";
}

/** The time of day to the second. */
export const clock = (millis) => CLOCK.format(millis);

/** The time of day to the minute. */
export const minute = (millis) => MINUTE.format(millis);

/** The time of day, after the date when that is another day than now. */
export function moment(millis, now) {
    const sameDay = DAY.format(millis) === DAY.format(now);
    return sameDay ? clock(millis) : DAY.format(millis) + " " + minute(millis);
}

/** Date and time. */
export const full = (millis) => FULL.format(millis);

/** What a service that shares its port asks of clients, as in Lander's log without the port: "shop.example.com,+1(h2)". */
export function asked({ server_names: names = [], alpn = [] }) {
    const first = (words) => words[0] + (words.length > 1 ? ",+" + (words.length - 1) : "");
    return (names.length > 0 ? first(names) : "") + (alpn.length > 0 ? `(${first(alpn)})` : "");
}
