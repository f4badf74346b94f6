"""Ways to find out from outside whether a server on this machine is well.

Each check returns None if it is, or else the reason why not, and takes `timeout` seconds at most.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess

import arguments

# How long to wait for "port unreachable" after a datagram; between addresses of one machine it comes at once.
UNREACHABLE_WAIT = 0.2


def local_address(balancers: list[tuple[str, int]], family: int) -> str:
    """The address of this machine from which it reaches a balancer: where the balancer sends clients.

    The first balancer that has a name and a route decides: one that has not must not take the server from
    the others. OSError: none has.
    """
    for balancer in balancers:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as route:
                route.connect(balancer)  # sends nothing
                return route.getsockname()[0]
        except OSError as error:
            failure = error
    raise failure


def tcp(host: str, port: int, family: int, timeout: float) -> str | None:
    """Well is who accepts a connection."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(timeout)
        try:
            probe.connect((host, port))
        except OSError as error:
            return f"connect to {arguments.address_text(host, port)}: {error}"
        return _met_itself(probe)


def udp(host: str, port: int, family: int, timeout: float) -> str | None:
    """Well is who takes an empty datagram, and need not answer: only "port unreachable" is a no."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.settimeout(min(timeout, UNREACHABLE_WAIT))
        try:
            probe.connect((host, port))
            probe.send(b"")
            probe.recv(1)
        except socket.timeout:
            pass
        except OSError as error:
            return f"datagram to {arguments.address_text(host, port)}: {error}"
        return _met_itself(probe)


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


def _met_itself(probe: socket.socket) -> str | None:
    """A probe whose own port happens to be the absent server's reaches itself."""
    return "nobody listens there" if probe.getsockname() == probe.getpeername() else None
