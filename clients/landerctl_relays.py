"""`landerctl.py relays`: which clients are connected, and how far each has come."""

from __future__ import annotations

import argparse
import json
from typing import Any, Callable, Iterator

import arguments
import lander
import landerctl_drain
import landerctl_table

Relay = dict[str, Any]

# Title, whether it is aligned to the right, and the cell.
COLUMNS: tuple[tuple[str, bool, Callable[[Relay], Any]], ...] = (
    ("SERVICE", False, lambda relay: landerctl_table.service_text(relay["protocol"], relay["relay_port"], relay)),
    ("CLIENT", False, lambda relay: relay["client"]),
    ("COMPONENT", False, lambda relay: relay["component"] or "-"),
    ("AGE", True, lambda relay: landerctl_table.age_text(relay["age_ms"])),
    ("IN", True, lambda relay: landerctl_table.size_text(relay["bytes_in"])),
    ("OUT", True, lambda relay: landerctl_table.size_text(relay["bytes_out"])),
    ("PHASE", False, lambda relay: relay["phase"]),
    ("WAITS FOR", False, lambda relay: relay["waits_for"]),
    ("SPILLED", True, lambda relay: landerctl_table.size_text(relay["spilled"])),
)


def run(options: argparse.Namespace) -> int:
    """Returns the exit status."""
    with lander.Connection(options.balancer, tls=options.tls) as connection:
        relays = [relay for only in _filters(options) for relay in _pages(connection, only)]
    text = json.dumps({"relays": relays}, indent=2) if options.json else "\n".join(table(relays))
    landerctl_table.write(text + "\n")
    return 0


def table(relays: list[Relay]) -> list[str]:
    """Lines: a row for each, the oldest of a service first, its cells under their titles."""
    if not relays:
        return ["nobody is connected"]
    rows = [[title for title, _, _ in COLUMNS]]
    for relay in sorted(relays, key=lambda one: (one["protocol"], one["relay_port"], -one["age_ms"])):
        rows.append([landerctl_table.printable(cell(relay)) for _, _, cell in COLUMNS])
    return landerctl_table.lines(rows, [right for _, right, _ in COLUMNS])


def _filters(options: argparse.Namespace) -> Iterator[lander.Message]:
    """The fields that ask for what is wanted; several when the component's name has several addresses."""
    asked = {"token": options.token, "protocol": options.protocol, "relay_port": options.relay_port}
    fields = {name: value for name, value in asked.items() if value is not None}
    if options.component is None:
        yield fields
        return
    host, port = options.component
    for address in sorted({host} if "%" in host else landerctl_drain.addresses(host)):
        yield {**fields, "component": arguments.address_text(address, port)}


def _pages(connection: lander.Connection, only: lander.Message) -> Iterator[Relay]:
    after: int | None = 0
    while after is not None:
        page = connection.ask({"cmd": "relays", **only, "after": after})
        yield from page["relays"]
        after = page.get("next")
