"""Rows about a process itself, so that each round starts a new one: start-up time, memory."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Callable

from backends import Backends
from figures import Result, Sample
from generators import burst, hold, requests
from load_row import Plan
from peers import Peer, Relay, Service
from proc import compilers_ns, resident_bytes
from processes import Failed, Lab

IDLE = 9_000
MINUTE = 60.0
COMPILING = 5.0  # seconds at most

Measure = Callable[[Lab, Backends, Peer, Plan], Sample]


@dataclass(frozen=True)
class FreshRow:
    """What is measured, and of which program."""

    name: str
    title: str
    figures: dict[str, str]
    measure: Measure
    peers: tuple[Peer, ...]
    most_rounds: int = 1000
    quick: bool = True  # whether the quick run has it
    quick_rounds: int = 1000
    remark: str = ""

    def run(self, lab: Lab, backends: Backends, plan: Plan) -> Result:
        """Measures round by round."""
        result = Result(self.name, self.title, self.figures, remark=self.remark)
        peers = list(self.peers)
        for peer in self.peers:
            if reason := peer.missing():
                result.skipped[peer.name] = reason
                peers.remove(peer)
        for round_number in range(min(plan.rounds, self.quick_rounds if plan.quick else self.most_rounds)):
            turn = round_number % max(1, len(peers))
            for peer in peers[turn:] + peers[:turn]:
                try:
                    sample = self.measure(lab, backends, peer, plan)
                    result.samples.setdefault(peer.name, []).append(sample)
                except Failed as failure:
                    result.skipped[peer.name] = str(failure)
                    peers.remove(peer)
        return result


def start_up(lab: Lab, backends: Backends, peer: Peer, plan: Plan) -> Sample:
    """Milliseconds from starting the process to a port that accepts: the relay port, of Lander the control channel."""
    service = Service("tcp", lab.free_port(), tuple(backends.own()))
    begun = time.monotonic()
    relay = peer.start(lab, service)
    sample = {"start_ms": (time.monotonic() - begun) * 1000}
    relay.end(lab)
    return sample


def idle_memory(lab: Lab, backends: Backends, peer: Peer, plan: Plan) -> Sample:
    """Resident bytes that each of 9,000 relays adds, after one small message and its echo through each.

    Lander has served two bursts before, so that what the JVM's compilers take is not counted for its relays.
    """
    relay = peer.start(lab, Service("tcp", lab.free_port(), tuple(backends.own())))
    held = None
    try:
        if peer.name.startswith("Lander"):
            for _ in range(2):
                burst(lab, relay.port, 0)
            _let_compilers_rest(relay)
        lab.end(hold(lab, relay.port, 200))
        before = resident_bytes(relay.pids())
        held = hold(lab, relay.port, IDLE)
        time.sleep(0.2)
        after = resident_bytes(relay.pids())
        return {"bytes": (after - before) / IDLE, "mb": after / 1e6}
    finally:
        if held:
            lab.end(held)
        relay.end(lab)


def _let_compilers_rest(relay: Relay) -> None:
    give_up = time.monotonic() + COMPILING
    before = -1
    while (now := compilers_ns(relay.pids())) != before and time.monotonic() < give_up:
        before = now
        time.sleep(0.3)


def memory_on_all_cores(lab: Lab, backends: Backends, peer: Peer, plan: Plan) -> Sample:
    """The same where the relay may use every core, as without any setting: there the JVM takes another collector."""
    pinned, lab.relay_cpus = lab.relay_cpus, lab.cpus
    try:
        return memory_after_requests(lab, backends, peer, plan)
    finally:
        lab.relay_cpus = pinned


def memory_after_requests(lab: Lab, backends: Backends, peer: Peer, plan: Plan) -> Sample:
    """Resident size in MB (10^6 bytes) after a minute of one connection per request."""
    relay = peer.start(lab, Service("tcp", lab.free_port(), tuple(backends.http())))
    try:
        sample = requests(lab, relay.port, MINUTE)
        sample["rate"] = sample["units"] / sample["seconds"]
        sample["mb"] = resident_bytes(relay.pids()) / 1e6
        return sample
    finally:
        relay.end(lab)
