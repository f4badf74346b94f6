"""Base of the tests here: a time limit for each, and a way to wait for a condition."""

from __future__ import annotations

import signal
import time
import unittest
from typing import Callable

# Seconds for one test; a healthy one takes a small part of it.
LIMIT = 60.0
# Seconds for what should come at once.
PATIENCE = 20.0


class LimitedTestCase(unittest.TestCase):
    def setUp(self) -> None:
        def give_up(number: int, frame: object) -> None:
            raise AssertionError(f"took longer than {LIMIT:g} s")

        # Ignored in what a script runs in the background, and so by all programs that are started here.
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))
        signal.signal(signal.SIGALRM, give_up)
        signal.setitimer(signal.ITIMER_REAL, LIMIT, LIMIT)  # again and again: clean-ups may hang, too
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)

    def eventually(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                self.fail(f"{what}: not within {PATIENCE:g} s")
            time.sleep(0.005)
