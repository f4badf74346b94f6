#!/usr/bin/env python3
"""Puts a server that knows nothing of Lander behind it: PostgreSQL, Redis, nginx, a DNS server.

    agent.py 10.0.0.5:9988 --port 5432 --relay-port 5432 --name db1
    agent.py 10.0.0.5:9988 10.0.0.6:9988 --protocol udp --port 53 --relay-port 53 -- named -f

It runs on the server's machine (the balancer sends clients to the address that the agent comes from),
checks the server and reports it good only while the check passes: one failed check is no reason yet to take
it out (--check-failures). The server is not registered before the check has passed for the first time:
nobody should be sent to a server that does not serve yet. A check that speaks the server's protocol finds more
than a connect, and disturbs the server less: --check redis, --check http:/health.

A balancer that refuses the registration is tried again, like one that is down, as long as another has
registered the server. When all refuse, the agent exits with 1. The files of --token-file and --tls-... are
read again for each new link.

SIGTERM or SIGINT ends it without cutting a client off: it drains, waits until the server has no client
left (--drain-timeout at most), unregisters, ends the command if it started one, and exits with 0. A
second signal ends it at once, and kills the command. A command that exits by itself is unregistered,
and the agent exits with its status.

Options may stand in a file, as @FILE: words and quotes as in a shell, and # begins a comment.

As process 1 of a container it also collects what its command has left behind.

A UDP client counts as one until the balancer has seen nothing of it for its --udp-timeout, or the
answers of --responses: without the latter, a short --drain-timeout is as good as a long one.
"""

from __future__ import annotations

import argparse
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import Any, Callable, Tuple

import agent_options
import checks
import lander
import pid1

log = logging.getLogger("agent")

# What has happened, and its detail: "stop" (the signal), "exited" (the command's status), "failed" (why:
# the registration was refused, as a rule), "drained" (whether nobody is left).
Event = Tuple[str, Any]


class Agent:
    """One thread watches the server and one the command; the main one decides, by the events they report."""

    def __init__(self, options: argparse.Namespace, command: list[str]) -> None:
        self._options = options
        self._command = command
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._registration: lander.Registration | None = None  # once the check has passed
        self._registering = threading.Lock()  # held while that is set, so that none is missed at the end
        self._child: subprocess.Popen | None = None
        self._stopping = False  # a signal has come

    def run(self) -> int:
        """Returns the exit status."""
        self._catch_signals()
        if self._command:
            # In a session of its own: Ctrl-C at the terminal is for the agent, which ends the command last.
            self._child = subprocess.Popen(self._command, start_new_session=True)
            log.info("started %s, process %d", self._command[0], self._child.pid)
            self._in_background(lambda: ("exited", self._child.wait()))
        self._in_background(self._watch)
        event, detail = self._events.get()
        if event == "stop":
            log.info("%s: ending", detail)
            return self._end_gently()
        if event == "exited":
            self._unregister()
            return _exit_status(detail)
        log.error("%s", detail)
        self._unregister()
        self._end_child()
        return 1

    def _watch(self) -> None:
        """Checks the server, for ever."""
        verdict = checks.Verdict(self._options.check_failures, self._options.check_successes)
        trouble: str | None = "not checked yet"
        while True:
            before, trouble = trouble, self._options.check()
            if trouble and trouble != before:
                log.warning("check failed: %s", trouble)
            elif before and not trouble:
                log.info("check passed")
            was_good = verdict.good
            good = verdict.after(not trouble)
            if good != was_good:
                log.info("the server is well" if good else "the server is not well: no new clients")
            if self._registration:
                self._registration.healthy = good
            elif good:
                self._register()
            time.sleep(self._options.check_interval)

    def _register(self) -> None:
        with self._registering:
            if self._stopping:
                return
            try:
                self._registration = lander.register(**self._options.registration, background=True)
            except OSError as error:  # a file that is just being replaced
                log.warning("cannot register: %s", error)
            else:
                self._in_background(lambda: self._registration.wait(None))

    def _end_gently(self) -> int:
        """Drains, unregisters and only then ends the command, unless that ends first."""
        with self._registering:
            registered = self._registration is not None
        if registered:
            self._in_background(self._drain)
            event, reached_zero = self._events.get()
            if event == "drained":
                log.info("drained: no client left" if reached_zero else "clients are left after the drain")
        self._unregister()
        self._end_child()
        return 0

    def _drain(self) -> Event:
        return "drained", self._registration.drain(self._options.drain_timeout)

    def _unregister(self) -> None:
        if self._registration:
            self._registration.close()
            log.info("unregistered")

    def _end_child(self) -> None:
        if self._child:
            self._child.terminate()
            _exit_status(self._child.wait())

    def _catch_signals(self) -> None:
        """By a pipe: a handler in Python may not run while the main thread waits for the next event."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, frame: None)
        threading.Thread(target=self._on_signals, args=[reader], daemon=True).start()

    def _on_signals(self, reader: int) -> None:
        first = os.read(reader, 1)[0]
        self._stopping = True
        self._events.put(("stop", signal.Signals(first).name))
        second = os.read(reader, 1)[0]
        if self._child and self._child.returncode is None:
            os.killpg(self._child.pid, signal.SIGKILL)  # its children, too: they would keep the server's port
        os._exit(128 + second)

    def _in_background(self, work: Callable[[], Event | None]) -> None:
        """Does the work in a thread and reports the event that it returns, if any, or that it failed."""

        def run() -> None:
            try:
                event = work()
            except Exception as error:
                event = "failed", error
            if event:
                self._events.put(event)

        threading.Thread(target=run, daemon=True).start()


def _exit_status(returned: int) -> int:
    """What a shell would make of a child's end; it is logged, too."""
    if returned < 0:
        log.info("the command was ended by %s", signal.Signals(-returned).name)
        return 128 - returned
    log.info("the command exited with %d", returned)
    return returned


def main() -> int:
    arguments = sys.argv[1:]
    split = arguments.index("--") if "--" in arguments else len(arguments)
    options = agent_options.parse(arguments[:split], description=__doc__)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    try:
        return pid1.run(lambda: Agent(options, arguments[split + 1 :]).run())
    except OSError as error:
        log.error("cannot start the command: %s", error)
        return 127


if __name__ == "__main__":
    sys.exit(main())
