"""What the figures were measured on: machine, system, versions."""

from __future__ import annotations

import os
import pathlib
import platform
import re
import subprocess

from lander_peer import java
from peers import HAPROXY_PROGRAM, NGINX_PROGRAM
from proc import interrupts
from processes import ROOT, Failed


def describe() -> dict[str, str]:
    """One line for each thing that matters."""
    return {
        "CPU": f"{_cpu_model()}, {os.cpu_count()} cores",
        "Memory": _memory(),
        "System": f"{_first(['sh', '-c', '. /etc/os-release; echo $PRETTY_NAME'])}, Linux {platform.release()}",
        "Load before": "{:.1f} in the last minute, {:.1f} in the last 15".format(*os.getloadavg()[::2]),
        "Lander": _first(["git", "-C", str(ROOT), "log", "-1", "--format=%h", "--", "src/main"]),
        "Java": _java(),
        "HAProxy": _first([HAPROXY_PROGRAM, "-v"], r"version (\S+)"),
        "nginx": _first([NGINX_PROGRAM, "-v"], r"nginx/(\S+)"),
        "pen": _first(["dpkg-query", "-W", "-f", "${Version}", "pen"]),
        "wrk": _first(["wrk", "-v"], r"wrk (?:debian/)?(\S+)"),
        "Interrupts between processors": "counted" if interrupts() is not None else "not readable",
        "gcc": _first(["gcc", "-dumpfullversion"]),
    }


def _first(command: list[str], pattern: str = r"(.+)") -> str:
    """What the pattern finds in the command's output; nothing when there is no such command."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return "not installed"
    found = re.search(pattern, done.stdout)
    return found[1] if found else ""


def _java() -> str:
    try:
        return _first([java(), "-version"], r"Runtime Environment ([^\n]+)")
    except Failed as failure:
        return str(failure)


def _cpu_model() -> str:
    found = re.search(r"model name\s*: (.+)", pathlib.Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.machine()


def _memory() -> str:
    found = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())
    return f"{int(found[1]) / 1048576:.0f} GiB" if found else "unknown"
