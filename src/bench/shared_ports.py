"""Two Landers that share a relay port (--reuse-port) beside one alone: connections a second, and CPU time for each.

With four cores and more the two have the last ones and everything else the others. With two cores the generators
take from both what Lander could use, so only the CPU time of a connection says how far two processes go: at the same
price as one's, two cores carry twice as many.

Exit status: 0 measured; 1 it could not be measured; 2 a bad command line; 130 Ctrl-C.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import sys

import proc
from backends import Backends
from generators import PROGRAMS, compile_programs, requests
from lander_peer import Control, start_process
from peers import Service, require
from processes import Child, Failed, Lab

WARM_UP = 20.0  # seconds: see against.py
CORES_FOR_ALL = 4


class Shared:
    """One or more Landers at one relay port, each on a core of its own."""

    def __init__(self, lab: Lab, cpus: list[int], backends: tuple[int, ...]) -> None:
        self.service = Service("tcp", lab.free_port(), backends)
        self.children: list[Child] = []
        self.controls: list[Control] = []
        for cpu in cpus:
            lab.relay_cpus = [cpu]
            child, control_port = start_process(lab, ["--reuse-port"])
            control = Control(lab.relay_host, control_port)
            control.register([self.service])
            self.children.append(child)
            self.controls.append(control)

    def pids(self) -> list[int]:
        return [pid for child in self.children for pid in child.pids()]

    def measure(self, lab: Lab, seconds: float) -> tuple[float, float]:
        """Connections a second, and microseconds of CPU time for each."""
        before = proc.settled_cpu_ns(self.pids())
        sample = requests(lab, self.service.port, seconds)
        used = proc.settled_cpu_ns(self.pids()) - before
        if sample["wrong"] or sample["lost"] or not sample["units"]:
            raise Failed(f"answers were wrong or lost: {sample}")
        return sample["units"] / sample["seconds"], used / sample["units"] / 1000


def measure(rounds: int, seconds: float, warm_up: float) -> None:
    """Measures both by turns, and prints the medians."""
    with Lab() as lab:
        two = lab.cpus[-2:]
        if len(two) < 2:
            raise Failed("there is one core only")
        if len(lab.cpus) >= CORES_FOR_ALL:
            lab.other_cpus = lab.cpus[:-2]
        else:
            lab.other_cpus = lab.cpus
        backends = tuple(Backends(lab, PROGRAMS).http())
        setups = [Shared(lab, two[-1:], backends), Shared(lab, two, backends)]
        for setup in setups:
            setup.measure(lab, warm_up)
        rates: list[list[float]] = [[], []]
        prices: list[list[float]] = [[], []]
        for number in range(rounds):
            for i in (0, 1) if number % 2 else (1, 0):
                rate, price = setups[i].measure(lab, seconds)
                rates[i].append(rate)
                prices[i].append(price)
        for name, rate, price in zip(("one process", "two processes"), rates, prices):
            print(f"{name:14} {_spread(rate):>32} connections/s {_spread(price):>22} CPU us/connection")
        dearer = statistics.median(two / one for one, two in zip(*prices))
        faster = statistics.median(two / one for one, two in zip(*rates))
        print(f"by rounds, two against one: {faster:.2f} times the connections a second, with the generators", end=" ")
        print("elsewhere" if len(lab.cpus) >= CORES_FOR_ALL else "on the same two cores")
        print(f"by CPU time: {dearer:.2f} of the price, so two whole cores carry {2 / dearer:.2f} times as many")


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):,.1f} ({min(values):,.1f} to {max(values):,.1f})"


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Measures, and prints what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement (2)")
    parser.add_argument("--warm-up", type=float, default=WARM_UP, help="seconds for each, before (20)")
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        require("taskset")
        require("nginx")
        compile_programs()
        measure(arguments.rounds, arguments.seconds, arguments.warm_up)
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
