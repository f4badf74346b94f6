"""A program as process 1 of a container: it then inherits every orphan there, and must collect them when they end."""

from __future__ import annotations

import os
import signal
from typing import Callable

# What `docker stop`, a terminal or an operator may send to a container.
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


def run(program: Callable[[], int]) -> int:
    """Runs the program, in a child process if this is process 1, and returns its exit status.

    To be called before any thread is started.
    """
    if os.getpid() != 1:
        return program()
    signals = {signal.SIGCHLD, *FORWARDED}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    child = os.fork()
    if child == 0:
        os.setsid()  # a terminal's Ctrl-C comes by the parent alone, and so once
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return program()
    while True:
        number = signal.sigwait(signals)
        if number != signal.SIGCHLD:
            os.kill(child, number)
            continue
        status = _reap(child)
        if status is not None:
            return status if status >= 0 else 128 - status


def _reap(child: int) -> int | None:
    """Collects all that have ended: the child's status if it is among them, negative for a signal."""
    ended = None
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if process == 0:
            return ended
        if process == child:
            ended = os.waitstatus_to_exitcode(status)
