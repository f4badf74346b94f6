"""`landerctl.py status`: what is registered, as a table or as JSON, once or again and again."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sys
import time
from typing import Any, Callable, Iterator

import arguments
import lander
import landerctl_end
import landerctl_table

REFRESH_SECONDS = 1.0

Service = dict[str, Any]
Component = dict[str, Any]


def run(options: argparse.Namespace) -> int:
    """Returns the exit status."""
    with contextlib.ExitStack() as at_end:
        link = _Link(options)
        at_end.callback(link.close)
        services = link.services()
        if not options.watch:
            landerctl_table.write((_json(services, indent=2) if options.json else "\n".join(table(services))) + "\n")
            return 0
        with contextlib.suppress(KeyboardInterrupt):
            _watch(link, services, options)
        return 0


class _Link:
    """Asks for the status, over the same connection as long as that holds."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._connection: lander.Connection | None = None
        self._command: dict[str, Any] = {"cmd": "status"}
        if options.relay_port is not None:
            self._command["relay_port"] = options.relay_port

    def services(self) -> list[Service]:
        """OSError: there is no link; the next call tries to get a new one."""
        try:
            if self._connection is None:
                self._connection = lander.Connection(self._options.balancer, tls=self._options.tls)
            return self._connection.ask(self._command).get("services", [])
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None


def _watch(link: _Link, services: list[Service], options: argparse.Namespace) -> None:
    """Shows it each second, for ever; a balancer that is not reached is tried again."""
    in_place = not options.json and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    balancer = arguments.address_text(*options.balancer)
    news = _summary(services)
    with _screen() if in_place else contextlib.nullcontext(_write_lines) as show:
        while True:
            shown_at = time.monotonic()
            if options.json:
                show([_json(services)])
            else:
                show([f"{balancer}  {time.strftime('%H:%M:%S')}  {news}", "", *table(services), ""])
            news = ""
            while not news:
                time.sleep(max(0.0, shown_at + REFRESH_SECONDS - time.monotonic()))
                try:
                    services = link.services()
                    news = _summary(services)
                except OSError as error:
                    shown_at = time.monotonic()
                    if not options.json:
                        news = f"NOT REACHED ({landerctl_end.reason(error)}); this is how it was"


def _summary(services: list[Service]) -> str:
    components = [component for service in services for component in service["components"]]
    active = sum(component["active"] for component in components)
    good = sum(component["state"] == "good" for component in components)
    return f"{good} of {len(components)} components good, {active} active"


def _json(services: list[Service], indent: int | None = None) -> str:
    return json.dumps({"services": services}, indent=indent)


def _write_lines(lines: list[str]) -> None:
    landerctl_table.write("".join(line + "\n" for line in lines))


@contextlib.contextmanager
def _screen() -> Iterator[Callable[[list[str]], None]]:
    """The terminal's second screen, without a cursor; what was there before is back at the end."""
    landerctl_table.write("\x1b[?1049h\x1b[?25l")
    try:
        yield _draw
    finally:
        landerctl_table.write("\x1b[?25h\x1b[?1049l")


def _draw(lines: list[str]) -> None:
    """Over what is there, without clearing it first: nothing flickers."""
    columns, rows = shutil.get_terminal_size()
    if len(lines) > rows:
        lines = [*lines[: rows - 1], f"... {len(lines) - rows + 1} lines more"]
    cut = (landerctl_table.cut(line, columns) + "\x1b[K" for line in lines)
    landerctl_table.write("\x1b[H" + "\n".join(cut) + "\x1b[J")


# Title, whether it is aligned to the right, and the cell. One that is empty in all rows is left out, but for the last.
COLUMNS: tuple[tuple[str, bool, Callable[[Service, Component], Any]], ...] = (
    ("SERVICE", False, lambda service, component: _service(service)),
    ("BALANCE", False, lambda service, component: service["balance"]),
    ("COMPONENT", False, lambda service, component: arguments.address_text(component["host"], component["port"])),
    ("STATE", False, lambda service, component: _state(component)),
    ("WEIGHT", True, lambda service, component: component["weight"]),
    ("PRIORITY", True, lambda service, component: component.get("priority", "")),
    ("ACTIVE", True, lambda service, component: component["active"]),
    ("TOTAL", True, lambda service, component: component["total"]),
    ("IN", True, lambda service, component: landerctl_table.size_text(component["bytes_in"])),
    ("OUT", True, lambda service, component: landerctl_table.size_text(component["bytes_out"])),
    ("FAILURES", True, lambda service, component: component["failures"]),
    ("REGISTERED WITH", False, lambda service, component: _holders(component)),
    ("TERMS LOST", False, lambda service, component: service.get("terms_lost", "")),
    ("NAME", False, lambda service, component: _own_name(component)),
)


def table(services: list[Service]) -> list[str]:
    """Lines: a row for each component, its cells under their titles."""
    rows = [[title for title, _, _ in COLUMNS]]
    for service in services:
        for component in service["components"]:
            rows.append([landerctl_table.printable(cell(service, component)) for _, _, cell in COLUMNS])
    if len(rows) == 1:
        return ["nothing is registered"]
    used = [index for index, column in enumerate(zip(*rows)) if any(column[1:]) or index == len(COLUMNS) - 1]
    rows = [[row[index] for index in used] for row in rows]
    return landerctl_table.lines(rows, [COLUMNS[index][1] for index in used])


def _service(service: Service) -> str:
    return landerctl_table.service_text(service["protocol"], service["relay_port"], service)


def _state(component: Component) -> str:
    """With who has drained it, when it was not its owner; or that it has all the relays that it may have."""
    why = component.get("drained_by") or ("full" if component.get("full") else "")
    return f"{component['state']} ({why})" if why else component["state"]


def _holders(component: Component) -> str:
    """Which Landers of a cluster have it, or since when none that is reached."""
    if "orphan_since" in component:
        age = max(0, int(time.time() * 1000) - component["orphan_since"])  # the clocks of two machines differ
        return f"orphan for {landerctl_table.age_text(age)}"
    return ", ".join(component.get("registered_with", []))


def _own_name(component: Component) -> str:
    """Nothing if it was given none, when its address is its name."""
    name = component["name"]
    return "" if name == f"{component['host']}:{component['port']}" else name
