"""Two network namespaces joined by a pair of veth devices: the relays in one, generators and backends in the other.

Nobody else's network is touched, and nothing is left when their processes have ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
from typing import Iterator

from processes import HOST, Failed, Lab, wait_until

MTU = 1500
RELAYS, OTHERS = "10.222.0.2", "10.222.0.1"
CLONE_NEWNET = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def namespaces(lab: Lab) -> Iterator[None]:
    """While it lasts this process and what it starts is in one namespace, relays that it starts in the other."""
    before = os.open("/proc/self/ns/net", os.O_RDONLY)
    holder = None
    try:
        if _libc.unshare(CLONE_NEWNET) != 0:
            raise Failed(f"network namespaces: {os.strerror(ctypes.get_errno())}")
        own = os.readlink("/proc/self/ns/net")
        holder = lab.start("namespace", ["unshare", "--net", "sleep", "infinity"])
        relays = f"/proc/{holder.process.pid}/ns/net"
        wait_until(lambda: os.readlink(relays) != own, "a network namespace", holder)
        enter = ["nsenter", f"--net={relays}"]
        _ip("link", "add", "others", "mtu", str(MTU), "type", "veth", "peer", "name", "relays", "mtu", str(MTU))
        _ip("link", "set", "relays", "netns", str(holder.process.pid))
        for prefix, device, address in ([], "others", OTHERS), (enter, "relays", RELAYS):
            _ip("address", "add", f"{address}/24", "dev", device, prefix=prefix)
            _ip("link", "set", "lo", "up", prefix=prefix)
            _ip("link", "set", device, "up", prefix=prefix)
        lab.relay_host, lab.other_host, lab.relay_prefix = RELAYS, OTHERS, enter
        yield
    finally:
        lab.relay_host, lab.other_host, lab.relay_prefix = HOST, HOST, []
        if holder:
            lab.end(holder)
        _libc.setns(before, CLONE_NEWNET)
        os.close(before)


def _ip(*arguments: str, prefix: list[str] | None = None) -> None:
    try:
        done = subprocess.run([*(prefix or []), "ip", *arguments], capture_output=True, text=True, timeout=10)
    except FileNotFoundError:
        raise Failed("ip is not installed") from None
    if done.returncode != 0:
        raise Failed(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
