"""Rows in which a generator loads relays that are warm: CPU time per unit of work, rates, latencies."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import Callable, Iterator

from backends import Backends
from figures import Result, Sample
from generators import PROGRAMS, Generator
from network import namespaces
from peers import Peer, Relay, Service, require
from proc import compilers_ns, cpu_ns, interrupts, settled_cpu_ns
from processes import Failed, Lab

COMPILING_PIECE = 0.4  # seconds of load between two looks at the JVM's compilers
AT_REST = 0.03  # of the process's CPU time


@dataclass(frozen=True)
class Plan:
    """How much is measured: rounds, seconds of load in each, and seconds of load before the first.

    Lander has `warm_up` seconds and then, as the JVM compiles what it has seen often, as many again at most until its
    compilers have come to rest. The others, compiled long ago, have a third, and none when quick.
    """

    rounds: int
    seconds: float
    warm_up: float
    quick: bool = False


@dataclass(frozen=True)
class LoadRow:
    """A workload and who does it."""

    name: str
    title: str
    figures: dict[str, str]
    generate: Generator
    peers: tuple[Peer, ...]
    protocol: str = "tcp"
    backends: Callable[[Backends], list[int]] = Backends.own
    needs: tuple[str, ...] = ()
    remark: str = ""
    share: float = 1.0  # of the plan's seconds, in a full run
    quick: bool = True  # whether the quick run has it
    quick_without: tuple[str, ...] = ()  # peers that the quick run leaves out
    quick_rounds: int = 1000
    warm: Generator | None = None  # what Lander is loaded with first, when not with the workload itself
    veth: bool = False  # whether relays are in a network namespace of their own, see network.py
    backends_of: dict[str, Callable[[Backends], list[int]]] = field(default_factory=dict)

    @contextlib.contextmanager
    def place(self, lab: Lab, backends: Backends) -> Iterator[Backends]:
        """Where relays are started and loaded; gives the backends there."""
        if not self.veth:
            yield backends
            return
        with namespaces(lab):
            before = list(lab.children)
            try:
                yield Backends(lab, PROGRAMS)
            finally:
                lab.end(*(child for child in lab.children if child not in before))

    def run(self, lab: Lab, backends: Backends, plan: Plan) -> Result:
        """Starts all, warms up, measures round by round, ends all."""
        with self.place(lab, backends) as there:
            return self._run(lab, there, plan)

    def _run(self, lab: Lab, backends: Backends, plan: Plan) -> Result:
        for program in self.needs:
            require(program)
        result = Result(self.name, self.title, self.figures, remark=self.remark)
        relays: dict[str, Relay] = {}
        try:
            for peer in self.peers:
                if plan.quick and peer.name in self.quick_without:
                    continue
                relay = self._start(lab, backends, peer, plan, result)
                if relay:
                    relays[peer.name] = relay
                    result.samples[peer.name] = []
            seconds = plan.seconds * (1 if plan.quick else self.share)
            for round_number in range(min(plan.rounds, self.quick_rounds) if plan.quick else plan.rounds):
                names = list(relays)
                turn = round_number % max(1, len(names))
                for name in names[turn:] + names[:turn]:
                    try:
                        result.samples[name].append(self.measure(lab, relays[name], seconds))
                    except Failed as failure:
                        result.skipped[name] = str(failure)
                        relays.pop(name).end(lab)
        finally:
            for relay in relays.values():
                relay.end(lab)
        return result

    def start(self, lab: Lab, backends: Backends, peer: Peer) -> Relay:
        """Starts one relay for this workload."""
        ports = self.backends_of.get(peer.name, self.backends)(backends)
        return peer.start(lab, Service(self.protocol, lab.free_port(), tuple(ports), tuple(backends.own())))

    def _start(self, lab: Lab, backends: Backends, peer: Peer, plan: Plan, result: Result) -> Relay | None:
        reason = peer.missing()
        if reason:
            result.skipped[peer.name] = reason
            return None
        relay = None
        try:
            relay = self.start(lab, backends, peer)
            self._warm_up(lab, peer, relay, plan)
            return relay
        except Failed as failure:
            result.skipped[peer.name] = str(failure)
            if relay:
                relay.end(lab)
            return None

    def _warm_up(self, lab: Lab, peer: Peer, relay: Relay, plan: Plan) -> None:
        if not peer.name.startswith("Lander"):
            if peer.name != "direct" and not plan.quick:
                self.generate(lab, relay.port, plan.warm_up / 3)
            return
        (self.warm or self.generate)(lab, relay.port, plan.warm_up)
        pids = relay.pids()
        give_up = time.monotonic() + plan.warm_up
        while time.monotonic() < give_up:
            before, compiled_before = cpu_ns(pids), compilers_ns(pids)
            self.generate(lab, relay.port, COMPILING_PIECE)
            if compilers_ns(pids) - compiled_before < AT_REST * (cpu_ns(pids) - before):
                return

    def measure(self, lab: Lab, relay: Relay, seconds: float) -> Sample:
        """One round of one relay."""
        pids = relay.pids()
        before, interrupts_before = cpu_ns(pids), interrupts()
        sample = self.generate(lab, relay.port, seconds)
        interrupts_after = interrupts()
        used = settled_cpu_ns(pids) - before if pids else 0
        if sample["units"] == 0:
            raise Failed("no right answer at all")
        sample["rate"] = sample["units"] / sample["seconds"]
        if interrupts_before is not None and interrupts_after is not None:
            sample["interrupts"] = (interrupts_after - interrupts_before) / sample["units"]
        if pids:
            sample["cpu_us"] = used / 1000 / sample["units"]
        return sample
