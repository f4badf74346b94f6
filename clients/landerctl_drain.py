"""`landerctl.py drain`: takes what a component has registered out of rotation, and waits until nobody is served.

`landerctl.py undrain` brings it back."""

from __future__ import annotations

import argparse
import dataclasses
import ipaddress
import os
import shutil
import socket
import sys
import time
from typing import Any

import arguments
import lander
import landerctl_table
from landerctl_end import EXIT_NOT_DONE, EXIT_NOT_REGISTERED, EXIT_USAGE, Failed, reason

# Seconds between two looks whether what is drained serves again, of which no news come: somebody has undrained it.
LOOK_SECONDS = 1.0


@dataclasses.dataclass
class Draining:
    """A registration that is being drained."""

    protocol: str
    relay_port: int
    host: str
    port: int
    route: dict[str, list[str]] = dataclasses.field(default_factory=dict)  # where services share the port
    active: int | None = None  # relays and flows that are open, once the balancer has said so

    def __str__(self) -> str:
        service = landerctl_table.service_text(self.protocol, self.relay_port, self.route)
        return f"{arguments.address_text(self.host, self.port)} at {service}"


def run(options: argparse.Namespace) -> int:
    """Returns the exit status."""
    deadline = time.monotonic() + options.timeout
    wanted = addresses(options.component[0])
    progress = _Progress()
    drainings: list[Draining] = []

    def on_push(message: lander.Message) -> None:
        for draining in drainings:
            if message["cmd"] == "drain" and _is_about(message, draining):
                draining.active = message["active"]
                if options.wait:
                    progress.show(drainings, draining)

    with lander.Connection(options.balancer, tls=options.tls, on_push=on_push) as connection:
        drainings += _registered(connection, wanted, options)
        _check(drainings, options)
        for draining in drainings:
            connection.ask(_command("drain", draining, options.token))
        try:
            if options.wait:
                _wait(connection, drainings, deadline)
        finally:
            progress.end()
    return 0


def run_undrain(options: argparse.Namespace) -> int:
    """Returns the exit status."""
    wanted = addresses(options.component[0])
    with lander.Connection(options.balancer, tls=options.tls) as connection:
        drained = _registered(connection, wanted, options)
        if not drained and options.protocol and options.relay_port and len(wanted) == 1:
            # A drain holds also for what has left; then it is named in full.
            named = _asked_route(options)
            drained = [Draining(options.protocol, options.relay_port, *wanted, options.component[1], named)]
        _check(drained, options)
        for one in drained:
            connection.ask(_command("undrain", one, options.token))
    return 0


def _check(found: list[Draining], options: argparse.Namespace) -> None:
    """Failed: there is nothing, or it is not clear whose it is."""
    if not found:
        balancer = arguments.address_text(*options.balancer)
        raise Failed(f"{_name(options)} is not registered at {balancer}", EXIT_NOT_REGISTERED)
    hosts = sorted({draining.host for draining in found})
    if len(hosts) > 1:
        several = f"{options.component[0]} is the name of several: {', '.join(hosts)}"
        raise Failed(several, EXIT_USAGE)


def addresses(host: str) -> set[str]:
    """Those of a host, or an address itself, as `_canonical`."""
    try:
        return {_canonical(host)}
    except ValueError:
        pass  # a name
    try:
        return {_canonical(resolved[4][0]) for resolved in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError) as error:
        raise Failed(f"{host}: {reason(error)}", EXIT_USAGE) from error


def _canonical(address: str) -> str:
    """The same text for the same address, without the interface; an IPv4-mapped one is its IPv4 address."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def _registered(connection: lander.Connection, wanted: set[str], options: argparse.Namespace) -> list[Draining]:
    """What the component has registered, as far as the options ask for it."""
    return [
        _draining(service, component)
        for service in _services(connection, options.relay_port)
        if options.protocol in (None, service["protocol"]) and _asked_route(options).items() <= _route(service).items()
        for component in service["components"]
        if component["port"] == options.component[1] and _canonical(component["host"]) in wanted
    ]


def _draining(service: dict[str, Any], component: dict[str, Any]) -> Draining:
    host = _canonical(component["host"])
    return Draining(service["protocol"], service["relay_port"], host, component["port"], _route(service))


def _route(message: dict[str, Any]) -> dict[str, list[str]]:
    return {field: message[field] for field in ("server_names", "alpn") if field in message}


def _asked_route(options: argparse.Namespace) -> dict[str, list[str]]:
    """As the balancer shows it: in lower case, the exact names first."""
    named: dict[str, list[str]] = {}
    if options.server_names:
        names = {name.lower() for name in options.server_names.split(",")}
        named["server_names"] = sorted(names, key=lambda name: (name.startswith("*."), name))
    if options.alpn:
        named["alpn"] = sorted(set(options.alpn.split(",")))
    return named


def _services(connection: lander.Connection, relay_port: int | None) -> list[dict[str, Any]]:
    only = {} if relay_port is None else {"relay_port": relay_port}
    return connection.ask({"cmd": "status", **only})["services"]


def _command(cmd: str, draining: Draining, token: str | None) -> lander.Message:
    command = {"cmd": cmd, **dataclasses.asdict(draining), **draining.route}
    del command["active"], command["route"]
    return command if token is None else {**command, "token": token}


def _wait(connection: lander.Connection, drainings: list[Draining], deadline: float) -> None:
    """Returns when nobody is served any more. Failed: something came in between."""
    look_at = time.monotonic() + LOOK_SECONDS
    while any(draining.active != 0 for draining in drainings):
        now = time.monotonic()
        if now >= deadline:
            left = sum(draining.active or 0 for draining in drainings)
            raise Failed(f"not in time: {left} still active; it goes on draining", EXIT_NOT_DONE)
        if now >= look_at:
            look_at = now + LOOK_SECONDS
            for draining in _serving_again(connection, drainings):
                raise Failed(f"{draining} is not drained any more", EXIT_NOT_DONE)
        else:
            connection.receive(min(deadline, look_at) - now)


def _serving_again(connection: lander.Connection, drainings: list[Draining]) -> list[Draining]:
    """Those that are not draining any more, though clients were left: no news will come of them."""
    serving = [
        _draining(service, component)
        for relay_port in sorted({draining.relay_port for draining in drainings})
        for service in _services(connection, relay_port)
        for component in service["components"]
        if component["state"] != "draining"
    ]
    return [
        draining
        for draining in drainings
        if draining.active != 0 and dataclasses.replace(draining, active=None) in serving
    ]


def _is_about(message: lander.Message, draining: Draining) -> bool:
    """It names no host, and need not: all that is drained here is at one."""
    same = all(message[field] == getattr(draining, field) for field in ("protocol", "relay_port", "port"))
    return same and _route(message) == draining.route


class _Progress:
    """On standard error: one line that changes on a terminal, elsewhere a line for each change."""

    def __init__(self) -> None:
        self._in_place = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._begun = False

    def show(self, drainings: list[Draining], changed: Draining) -> None:
        if not self._in_place:
            print(_news(changed), file=sys.stderr, flush=True)
            return
        columns, _ = shutil.get_terminal_size()
        line = ", ".join(_news(draining) for draining in drainings if draining.active is not None)
        print(f"\r{line[: columns - 1]}\x1b[K", end="", file=sys.stderr, flush=True)
        self._begun = True

    def end(self) -> None:
        if self._begun:
            print(file=sys.stderr)


def _news(draining: Draining) -> str:
    return f"{draining}: " + (f"{draining.active} active" if draining.active else "drained")


def _name(options: argparse.Namespace) -> str:
    """Of what was asked for."""
    port = f" at relay port {options.relay_port}" if options.relay_port is not None else ""
    protocol = f" for {options.protocol}" if options.protocol else ""
    return arguments.address_text(*options.component) + protocol + port
