"""`landerctl.py cluster`: the Landers that share what is registered with any of them."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any, Callable

import lander
import landerctl_end
import landerctl_table

Member = dict[str, Any]

# Title, whether it is aligned to the right, and the cell, at this time in milliseconds since 1970.
COLUMNS: tuple[tuple[str, bool, Callable[[Member, int], Any]], ...] = (
    ("LANDER", False, lambda member, now: member["name"]),
    ("ADDRESS", False, lambda member, now: member["address"]),
    ("UP", True, lambda member, now: _age(member["since"], now)),
    ("HOLDS", True, lambda member, now: member["holds"]),
    ("HEARD", True, lambda member, now: _age(member["heard"], now) if member["heard"] else "-"),
    ("CANNOT SERVE", False, lambda member, now: _refused(member) or "-"),
)


def run(options: argparse.Namespace) -> int:
    """Returns the exit status."""
    with lander.Connection(options.balancer, tls=options.tls) as connection:
        # Members are in every status, and the services of one port are few.
        members = connection.ask({"cmd": "status", "relay_port": 1}).get("members")
    if members is None:
        raise landerctl_end.Failed("this Lander is in no cluster (--cluster)", landerctl_end.EXIT_NOT_DONE)
    text = json.dumps({"members": members}, indent=2) if options.json else "\n".join(table(members))
    landerctl_table.write(text + "\n")
    return 0


def table(members: list[Member]) -> list[str]:
    """Lines: a row for each, that of the asked one first, its cells under their titles."""
    now = int(time.time() * 1000)
    rows = [[title for title, _, _ in COLUMNS]]
    for member in members:
        rows.append([landerctl_table.printable(cell(member, now)) for _, _, cell in COLUMNS])
    return landerctl_table.lines(rows, [right for _, right, _ in COLUMNS])


def _age(since: int, now: int) -> str:
    """The clocks of two machines differ."""
    return landerctl_table.age_text(max(0, now - since))


def _refused(member: Member) -> str:
    return ", ".join(f"{refused['service']} ({refused['why']})" for refused in member["refused"])
