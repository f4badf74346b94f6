"""A flame graph from counted stacks, as an SVG that any browser shows: point at a frame for its name and share."""

from __future__ import annotations

import collections
import re
from html import escape
from typing import Iterable

Stack = tuple[str, ...]  # outermost frame first

WIDTH, FRAME, LEAST = 1400, 16, 0.5  # pixels; narrower frames than LEAST are left out
CHARACTER = 6.2  # pixels
# As the JVM's map for perf names compiled methods: return type, class and method, arguments.
JAVA_METHOD = re.compile(r"\S+ ([\w$.]+)\(.*\)$")
COLOURS = {"kernel": "#e8590c", "java": "#37b24d", "other": "#fab005"}


class Frame:
    """One frame in the tree of all stacks."""

    def __init__(self) -> None:
        self.count = 0
        self.callees: dict[str, Frame] = {}

    def add(self, stack: Iterable[str], count: int) -> None:
        """Counts a stack from here inwards."""
        frame = self
        frame.count += count
        for name in stack:
            frame = frame.callees.setdefault(name, Frame())
            frame.count += count

    def depth(self) -> int:
        """The longest way inwards."""
        return 1 + max((callee.depth() for callee in self.callees.values()), default=0)


def collapse(script: str) -> collections.Counter[Stack]:
    """Counts the stacks in the output of `perf script -F comm,ip,sym`."""
    stacks: collections.Counter[Stack] = collections.Counter()
    for block in script.split("\n\n"):
        lines = block.strip("\n").splitlines()
        if len(lines) > 1:
            names = [_name(line) for line in lines[1:]]
            stacks[(lines[0].strip(), *reversed(names))] += 1
    return stacks


def _name(line: str) -> str:
    address, _, symbol = line.strip().partition(" ")
    java_method = JAVA_METHOD.match(symbol)
    if java_method:
        return f"{java_method[1]}()"
    return f"{symbol or '[unknown]'} [k]" if address.startswith("ffff") else symbol or "[unknown]"


def draw(title: str, stacks: collections.Counter[Stack]) -> str:
    """The SVG: the width of a frame is its share of all samples, callees stand on their callers."""
    root = Frame()
    for stack, count in stacks.items():
        root.add(stack, count)
    height = (root.depth() + 2) * FRAME
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">',
        "<style>text { font: 10px monospace; pointer-events: none } rect { stroke: #fff; stroke-width: 0.5 }</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="8" y="12">{escape(title)}, {root.count} samples</text>',
    ]
    if root.count:
        _draw(root, "all", 0.0, height - FRAME, WIDTH / root.count, root.count, parts)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _draw(frame: Frame, name: str, x: float, y: float, scale: float, total: int, parts: list[str]) -> None:
    width = frame.count * scale
    if width < LEAST:
        return
    tip = f"{name}: {frame.count} samples, {100 * frame.count / total:.1f} %"
    parts.append(
        f'<g><title>{escape(tip)}</title>'
        f'<rect x="{x:.1f}" y="{y:.0f}" width="{width:.1f}" height="{FRAME}" fill="{_colour(name)}"/>'
    )
    room = int((width - 4) / CHARACTER)
    if room > 2:
        parts.append(f'<text x="{x + 2:.1f}" y="{y + 12:.0f}">{escape(name[:room])}</text>')
    parts.append("</g>")
    for callee, inner in sorted(frame.callees.items()):
        _draw(inner, callee, x, y - FRAME, scale, total, parts)
        x += inner.count * scale


def _colour(name: str) -> str:
    if name.endswith("[k]"):
        return COLOURS["kernel"]
    return COLOURS["java" if name.endswith("()") or name == "Interpreter" else "other"]
