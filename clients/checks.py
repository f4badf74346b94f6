"""Ways to find out whether a server on this machine is well: what `--check` of agent.py chooses from.

Each check returns None if it is, or else the reason why not, and takes the target's timeout at most.
"""

from __future__ import annotations

import functools
import os
import re
import signal
import socket
import subprocess
import sys
from typing import Callable

import check_protocols
from check_target import Conversation, Target, Unwell, met_itself

Check = Callable[[Target], "str | None"]

HELP = (
    "tcp: it accepts a connection; tls[:NAME]: it shakes hands; http:/PATH or http://HOST/PATH: 2xx or 3xx; redis: "
    "it answers PING; postgres[:USER], mysql[:USER]: it lets USER log in without a password, or denies it; smtp: it "
    "greets; dns[:NAME]: it answers; bound: its UDP port is bound, which sends it nothing; udp: it takes an empty "
    "datagram, which some servers log or end at; else a shell command that exits with 0. Default: smtp, dns, mysql, "
    "postgres or redis at the usual --port of these (25, 587, 53, 3306, 5432, 6379), else tcp; for UDP dns at 53, "
    "else bound (with --check-host, udp)"
)

# How long to wait for "port unreachable" after a datagram; between addresses of one machine it comes at once.
UNREACHABLE_WAIT = 0.2

# A better check than a connect, which these servers log or count, or hold against the address it came from.
USUAL = {25: "smtp", 53: "dns", 587: "smtp", 3306: "mysql", 5432: "postgres", 6379: "redis"}

SPEAKING = {
    "tls": check_protocols.tls,
    "redis": check_protocols.redis,
    "postgres": check_protocols.postgres,
    "mysql": check_protocols.mysql,
    "smtp": check_protocols.smtp,
}

# Of the sockets listed there, by family.
UDP_SOCKETS = {socket.AF_INET: "/proc/net/udp", socket.AF_INET6: "/proc/net/udp6"}
UNCONNECTED = "07"


def default(protocol: str, port: int, elsewhere: bool) -> str:
    """The check for a server of which only this is known; `elsewhere`: it may be on another machine."""
    if protocol != "udp":
        return USUAL.get(port, "tcp")
    if port == 53:
        return "dns"
    return "udp" if elsewhere or not os.path.exists(UDP_SOCKETS[socket.AF_INET]) else "bound"


def named(how: str, protocol: str) -> Check:
    """The check that `--check` asks for. ValueError: its text says what is wrong."""
    simple = {"tcp": tcp, "udp": udp, "bound": bound}.get(how)
    if simple:
        return simple
    if how.startswith(("http:", "https:")):
        return _speaking(check_protocols.http, _url(how))
    match = re.fullmatch(r"(tls|redis|postgres|mysql|smtp|dns)(?::(\S+))?", how)
    if not match:
        return lambda target: command(how, target.timeout)
    kind, detail = match[1], match[2]
    if detail and kind in ("redis", "smtp"):
        raise ValueError(f"{kind} has nothing behind it")
    if kind == "dns":
        if detail:
            check_protocols.dns_name(detail)
        return _speaking(functools.partial(check_protocols.dns, protocol=protocol), detail)
    return _speaking(SPEAKING[kind], detail)


def _url(how: str) -> str:
    if not re.fullmatch(r"http:(//[^/\s]+(/\S*)?|/([^/\s]\S*)?)", how):
        raise ValueError("it is http:/PATH or http://HOST/PATH; for https there is curl")
    return how[len("http:") :]


def _speaking(check: Callable[[Target, "str | None"], None], detail: str | None) -> Check:
    def run(target: Target) -> str | None:
        try:
            check(target, detail)
            return None
        except (OSError, Unwell) as error:
            return f"{target}: {error}"

    return run


def tcp(target: Target) -> str | None:
    """A server is well if it accepts a connection."""
    try:
        Conversation(target).close()
        return None
    except OSError as error:
        return f"connect to {target}: {error}"


def udp(target: Target) -> str | None:
    """A server is well if it takes an empty datagram, and need not answer: only "port unreachable" is a no."""
    with socket.socket(target.family, socket.SOCK_DGRAM) as probe:
        probe.settimeout(min(target.timeout, UNREACHABLE_WAIT))
        try:
            probe.connect(target.socket_address(socket.SOCK_DGRAM))
            probe.send(b"")
            probe.recv(1)
        except socket.timeout:
            pass
        except OSError as error:
            return f"datagram to {target}: {error}"
        return "nobody listens there" if met_itself(probe) else None


def bound(target: Target) -> str | None:
    """A server is well if it has bound the UDP port; nothing is sent to it. For this machine and Linux."""
    address = target.socket_address(socket.SOCK_DGRAM)[0].partition("%")[0]
    wanted = {_kernel_text(address, target.port), _kernel_text("::", target.port)}
    if target.family == socket.AF_INET:
        wanted |= {_kernel_text(text, target.port) for text in ("0.0.0.0", "::ffff:" + address)}
    for path in UDP_SOCKETS.values():
        if os.path.exists(path):
            with open(path, encoding="ascii") as sockets:
                rows = [line.split() for line in sockets]
            if any(row[1] in wanted and row[3] == UNCONNECTED for row in rows):
                return None
    return f"nobody has bound UDP port {target}"


def _kernel_text(address: str, port: int) -> str:
    """As /proc/net/udp has it: words of 32 bits as they lie in memory."""
    packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
    words = [packed[at : at + 4] for at in range(0, len(packed), 4)]
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words) + f":{port:04X}"


def command(line: str, timeout: float) -> str | None:
    """Well is when this shell command exits with 0; one that takes too long is killed with its children."""
    quiet = subprocess.DEVNULL
    check = subprocess.Popen(
        line, shell=True, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        status = check.wait(timeout)
    except subprocess.TimeoutExpired:
        os.killpg(check.pid, signal.SIGKILL)
        check.wait()
        return f"`{line}` took longer than {timeout:g} s"
    return f"`{line}` exited with {status}" if status else None


def local_address(balancers: list[tuple[str, int]], family: int) -> str:
    """The address of this machine from which it reaches a balancer: where the balancer sends clients.

    The first balancer that has a name and a route decides: one that has not must not take the server from
    the others. OSError: none has.
    """
    for host, port in balancers:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as route:
                # Resolved here: `connect` by itself forgets the interface of fe80::1%eth0.
                route.connect(socket.getaddrinfo(host, port, family, socket.SOCK_DGRAM)[0][4])  # sends nothing
                return socket.getnameinfo(route.getsockname(), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)[0]
        except OSError as error:
            failure = error
    raise failure


class Verdict:
    """Whether the server is well: one check is not enough to say so, or to say that it is not any more."""

    def __init__(self, failures: int, successes: int) -> None:
        self.good = False
        self._needed = {True: successes, False: failures}
        self._in_a_row = 0
        self._last: bool | None = None

    def after(self, passed: bool) -> bool:
        """The verdict after one more check."""
        self._in_a_row = self._in_a_row + 1 if passed == self._last else 1
        self._last = passed
        if self._in_a_row >= self._needed[passed]:
            self.good = passed
        return self.good
