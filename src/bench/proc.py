"""What the system says of a process: CPU time, resident memory, threads."""

from __future__ import annotations

import os
import pathlib
import time
from typing import Callable, Iterable

CPUCLOCK_SCHED = 2  # linux/posix-timers: a process's clock, as clock_getcpuclockid gives it


def cpu_ns(pids: Iterable[int]) -> int:
    """The CPU time that the processes have used so far, all threads, in nanoseconds.

    It is the sum of /proc/PID/task/*/schedstat, which forgets a thread when it ends (the JVM ends idle compiler
    threads), or the process's CPU clock, which is the same sum and keeps them: whichever is more.
    """
    return sum(max(_schedstat_ns(pid), _clock_ns(pid)) for pid in pids)


def compilers_ns(pids: Iterable[int]) -> int:
    """The part of it that a JVM's living compiler threads have used; of other programs 0."""
    return sum(_schedstat_ns(pid, lambda name: name.startswith(("C1 Compiler", "C2 Compiler"))) for pid in pids)


def _schedstat_ns(pid: int, counts: Callable[[str], bool] | None = None) -> int:
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        try:
            if counts is None or counts((task / "comm").read_text()):
                total += int((task / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended since it was listed
    return total


def _clock_ns(pid: int) -> int:
    try:
        return time.clock_gettime_ns((~pid << 3) | CPUCLOCK_SCHED)
    except OSError:
        return 0


def settled_cpu_ns(pids: Iterable[int]) -> int:
    """The same, once the processes have finished what they were doing (0.3 s at most)."""
    pids = list(pids)
    used = cpu_ns(pids)
    for _ in range(15):
        time.sleep(0.02)
        before, used = used, cpu_ns(pids)
        if used - before < 200_000:
            break
    return used


def interrupts() -> int | None:
    """How often processors have interrupted each other so far, to wake or to call; None = the system does not tell."""
    try:
        lines = pathlib.Path("/proc/interrupts").read_text().splitlines()
    except OSError:
        return None
    counted = [line.split() for line in lines if line.split()[0] in ("RES:", "CAL:")]
    return sum(int(cell) for line in counted for cell in line if cell.isdigit()) if counted else None


def resident_bytes(pids: Iterable[int]) -> int:
    """Resident memory of the processes (VmRSS), in bytes."""
    total = 0
    for pid in pids:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1]) * 1024
    return total


def exists(pid: int) -> bool:
    """Whether there is such a process."""
    return os.path.exists(f"/proc/{pid}")
