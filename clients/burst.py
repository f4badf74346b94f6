"""What the two load clients share: their arguments, a crowd of threads, and the figures at the end."""

from __future__ import annotations

import argparse
import collections
import threading
from typing import Callable

import arguments

# Enough for one request; the default of 8 MiB would reserve 8 GB of address space for 1000 threads.
STACK_BYTES = 512 * 1024


def parser(program: str, description: str) -> argparse.ArgumentParser:
    """The three arguments that the load clients have always had, and what has come since."""
    parser = argparse.ArgumentParser(
        usage=f"python3 {program} [Server IP] [Server Port] [num of request] [options]",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("host", metavar="Server-IP")
    parser.add_argument("port", metavar="Server-Port", type=arguments.port, help="relay port of a balancer, or a server's own")
    parser.add_argument("requests", metavar="num-of-request", type=number_of_requests)
    parser.add_argument("--timeout", type=float, default=5.0, metavar="SECONDS", help="longest wait for a connection or for bytes (5)")
    return parser


def all_at_once(count: int, request: Callable[[int], None]) -> None:
    """Calls request(0) ... request(count - 1), each in a thread of its own; returns when all are done.

    They wait for each other at the start, so that the last begins as soon as the first.
    """
    threading.stack_size(STACK_BYTES)
    start = threading.Event()

    def run(index: int) -> None:
        start.wait()
        request(index)

    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(count)]
    for thread in threads:
        thread.start()
    start.set()
    for thread in threads:
        thread.join()


class Tally:
    """Counts outcomes from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.failures: collections.Counter[str] = collections.Counter()  # by kind
        self.successes: collections.Counter[str] = collections.Counter()  # by who answered; "" is unknown

    def success(self, component: str = "") -> None:
        with self._lock:
            self.successes[component] += 1

    def failure(self, kind: str) -> None:
        with self._lock:
            self.failures[kind] += 1

    def report(self, seconds: float) -> int:
        """Prints the figures; returns the exit status: 0 if nothing failed."""
        good, bad = sum(self.successes.values()), sum(self.failures.values())
        print(f"success rate : {100 * good / (good + bad):g}%")
        print(f"success      : {good}")
        for component, count in sorted(self.successes.items()):
            if component:
                print(f"               {count} by component {component}")
        print(f"failure      : {bad}")
        for kind, count in self.failures.most_common():
            print(f"               {count} {kind}")
        print(f"FIN: {seconds:.5f} sec")
        return 1 if bad else 0


def number_of_requests(text: str) -> int:
    """At least 1: of none at all there is no success rate."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one request")
    return number
