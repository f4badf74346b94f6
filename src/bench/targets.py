"""What is asked of Lander, and whether a report's rows have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CLOSE = 0.10  # as near to its target as that, a row is decided by DECIDING rounds of that row alone
DECIDING = 21


@dataclass(frozen=True)
class Target:
    """A figure of ours, over a peer's or on its own, is to be at most `most`; `prize` is the wish beyond."""

    row: str
    figure: str
    most: float
    prize: float | None = None
    ours: str = "Lander"
    theirs: str | None = "HAProxy"


@dataclass(frozen=True)
class Verdict:
    """How a target was met. Values are None when a peer is missing."""

    target: Target
    median: float | None
    lower_quartile: float | None
    word: str


TARGETS: tuple[Target, ...] = (
    Target("keepalive", "cpu_us", 0.95, 0.90),
    Target("keepalive", "cpu_us", 1.05, theirs="limit"),
    Target("connections", "cpu_us", 1.12, 1.05),
    Target("names", "cpu_us", 1.10, ours="Lander server_names", theirs="Lander"),
    Target("names", "cpu_us", 1.00, ours="Lander server_names", theirs="HAProxy req.ssl_sni"),
    Target("names", "cpu_us", 1.00, ours="Lander server_names", theirs="nginx ssl_preread"),
    *(
        Target(f"bulk-{streams}-{direction}", "cpu_us", most, prize, theirs=theirs)
        for streams in (1, 8)
        for direction in ("up", "down")
        for theirs, most, prize in (
            ("HAProxy", 0.20 if (streams, direction) == (8, "down") else 0.30, None),
            ("nginx", 0.75, None),
            ("HAProxy 512K", 1.05, 1.00),
            ("nginx 512K", 1.05, 1.00),
            ("HAProxy splice 1M", 1.05, None),
        )
    ),
    *(
        Target(f"veth-bulk-{streams}-{direction}", "cpu_us", most, theirs=theirs)
        for streams in (1, 8)
        for direction in ("up", "down")
        for theirs, most in (
            ("HAProxy", 0.20 if (streams, direction) == (8, "down") else 0.36),
            ("HAProxy splice 1M", 1.05),
        )
    ),
    Target("stream", "cpu_us", 1.50, 1.20, theirs="HAProxy splice 1M"),
    Target("veth-stream", "cpu_us", 1.50, 1.20, theirs="HAProxy splice 1M"),
    *(
        Target(row, "cpu_us", most, prize, "Lander responses 1", "nginx responses 1")
        for row, most, prize in (("udp-64", 0.42, 0.35), ("udp-1200", 0.42, 0.35), ("udp-fresh", 0.65, 0.55))
    ),
    Target("udp-fresh", "lost", 0, ours="Lander responses 1", theirs=None),
    Target("udp-fresh", "lost", 0, ours="Lander at the flow cap", theirs=None),
    Target("latency", "p50_us", 1.05),
    Target("latency", "p99_us", 1.05),
    Target("latency", "p50_us", 0.5, ours="Lander busy-poll"),
    Target("latency-bulk", "p99_us", 1.5),
    Target("latency-stream", "p99_us", 0.7),
    Target("idle-memory", "bytes", 0.75, 0.60),
    Target("busy-memory", "mb", 100, 60, theirs=None),
    Target("busy-memory-cores", "mb", 100, 60, theirs=None),
    Target("start-up", "start_ms", 290, 270, theirs=None),
    Target("burst", "wall_ms", 1.0),
    Target("growth-idle", "cpu_us", 1.05, ours="Lander, 8,000 idle relays", theirs="Lander"),
    Target("growth-components", "cpu_us", 1.05, ours="Lander, 1,000 components", theirs="Lander"),
    Target("growth-admin", "cpu_us", 1.02, ours="Lander, watched", theirs="Lander"),
    Target("growth-ports", "cpu_us", 1.05, ours="Lander, 1,000 relay ports", theirs="Lander"),
)

# Wishes among them: missing one is no loss.
WISHES = {("keepalive", "limit"), ("latency", "Lander busy-poll")}


def is_wish(target: Target) -> bool:
    """Whether the target as a whole is a prize."""
    return (target.row, target.theirs) in WISHES or (target.row, target.ours) in WISHES


def judge(target: Target, row: dict[str, Any]) -> Verdict:
    """Judges by a row of the report's JSON."""
    peers = row["peers"]
    ours = peers.get(target.ours)
    theirs = peers.get(target.theirs) if target.theirs else None
    if ours is None or (target.theirs and theirs is None):
        return Verdict(target, None, None, "not measured")
    if target.figure == "lost":
        return Verdict(target, ours["errors"], ours["errors"], "met" if ours["errors"] == 0 else "not met")
    if target.figure not in ours or (theirs and target.figure not in theirs):
        return Verdict(target, None, None, "not measured")
    median, lower = (
        ours[target.figure][key] / (theirs[target.figure][key] if theirs else 1) for key in ("median", "lower_quartile")
    )
    return Verdict(target, median, lower, _word(target, median, lower, ours))


def _word(target: Target, median: float, lower: float, ours: dict[str, Any]) -> str:
    if ours["errors"] > 0:
        return f"not met: {ours['errors']:.0f} answers wrong or lost"
    near = abs(median / target.most - 1) <= CLOSE and target.theirs is not None
    if near and ours["rounds"] < DECIDING:
        so_far = "met" if median <= target.most else "not met"
        return f"close, {so_far} by the median: needs `make bench ROW={target.row}`"
    if median > target.most or lower > target.most:
        return "not met"
    return "met, and the prize" if target.prize is not None and max(median, lower) <= target.prize else "met"
