"""Tables of landerctl.py: their cells, and how wide they are on a terminal."""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import Any, Mapping, Sequence

import landerctl_end


def lines(rows: list[list[str]], right: list[bool]) -> list[str]:
    """A line for each row, its cells under each other; those of the columns that are `right` end under each other."""
    widths = [max(map(width, column)) for column in zip(*rows)]
    return ["  ".join(map(_pad, row, widths, right)).rstrip() for row in rows]


def write(text: str) -> None:
    """On standard output. Failed: nobody reads it."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains once more at its end
        lost = f"standard output: {landerctl_end.reason(error)}"
        raise landerctl_end.Failed(lost, landerctl_end.EXIT_NOT_DONE) from error


def service_text(protocol: str, relay_port: int, route: Mapping[str, Any]) -> str:
    """As in Lander's log: tcp/443, or tcp/443#shop.example.com,+1(h2) where services share the port."""
    names, protocols = route.get("server_names", []), route.get("alpn", [])
    asked = _first(names) + (f"({_first(protocols)})" if protocols else "")
    return f"{protocol}/{relay_port}" + (f"#{asked}" if asked else "")


def _first(words: Sequence[str]) -> str:
    return "" if not words else words[0] if len(words) == 1 else f"{words[0]},+{len(words) - 1}"


def size_text(size: int) -> str:
    """Bytes, to three digits: 999B, 1.50KiB, 12.3MiB, 512GiB."""
    value, unit = float(size), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB"):
        if value < 999.5:  # what would be written with four digits
            break
        value, unit = value / 1024, larger
    if unit == "B":
        return f"{size}B"
    decimals = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{decimals}f}{unit}"


def age_text(milliseconds: int) -> str:
    """As its two largest units: 0.5s, 59.9s, 1m00s, 2h07m, 3d23h."""
    seconds = milliseconds // 1000
    if seconds < 60:
        return f"{milliseconds // 100 / 10:.1f}s"
    if seconds < 3600:
        return f"{seconds // 60}m{seconds % 60:02}s"
    if seconds < 86400:
        return f"{seconds // 3600}h{seconds // 60 % 60:02}m"
    return f"{seconds // 86400}d{seconds // 3600 % 24:02}h"


def printable(cell: Any) -> str:
    """A name may be anybody's: what could move the cursor, or turn the writing direction, is left out."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(cell))


def _pad(text: str, columns: int, right: bool) -> str:
    blanks = " " * (columns - width(text))
    return blanks + text if right else text + blanks


def cut(text: str, columns: int) -> str:
    used = 0
    for i, letter in enumerate(text):
        used += width(letter)
        if used > columns:
            return text[:i]
    return text


def width(text: str) -> int:
    """In columns of a terminal."""
    return sum(_letter_width(letter) for letter in text)


def _letter_width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
