"""Every row of the benchmark: which workload, and which programs do it."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import Any, Union

from backends import Backends
from fresh_row import FreshRow, idle_memory, memory_after_requests, memory_on_all_cores, start_up
from generators import (
    NAME,
    STREAM_RATE,
    bulk,
    burst,
    hellos,
    hold,
    keepalive,
    ping,
    ping_beside_bulk,
    ping_beside_stream,
    requests,
    stream,
    udp,
)
from lander_peer import LanderRelay, lander, starting
from load_row import LoadRow
from peers import Peer, Service, direct, haproxy, limit, nginx, pen
from processes import ROOT, Failed, Lab

Row = Union[LoadRow, FreshRow]

FLOW_CAP = 1_000
MANY = 1_000  # components, and relay ports
IDLE_BESIDE = 8_000

# As shipped, and tuned: to our buffer's size, or to splice, by pipes as Linux makes them or of 1 MiB as Lander's are. The
# option splice-auto alone never splices.
HAPROXY_TUNED = haproxy("HAProxy 512K", settings="    tune.bufsize 524288")
SPLICE = "    option splice-request\n    option splice-response"
HAPROXY_SPLICE = haproxy("HAProxy splice", options=SPLICE)
HAPROXY_SPLICE_1M = haproxy("HAProxy splice 1M", settings="    tune.pipesize 1048576", options=SPLICE)
NGINX_TUNED = nginx("nginx 512K", settings="proxy_buffer_size 512k;")
BULK_PEERS = (
    direct(),
    limit(),
    haproxy(),
    HAPROXY_TUNED,
    HAPROXY_SPLICE,
    HAPROXY_SPLICE_1M,
    nginx(),
    NGINX_TUNED,
    lander(),
)
# What users of such a path would choose from.
VETH_PEERS = (haproxy(), HAPROXY_SPLICE_1M, nginx(), lander())
VETH = "Relays in a network namespace of their own, all else in another, joined by veth devices with an MTU of 1500."
NGINX_ONE = nginx("nginx responses 1", settings="proxy_responses 1;")
LANDER_ONE = lander("Lander responses 1", responses=1)
LANDER_AT_CAP = lander("Lander at the flow cap", options=("--max-udp-flows", str(FLOW_CAP)))
LANDER_BUSY = lander("Lander busy-poll", options=("--busy-poll", "50us"))

REQUEST = {"cpu_us": "CPU us/request", "rate": "requests/s"}
CONNECTION = {"cpu_us": "CPU us/connection", "rate": "connections/s"}
MIB = {"cpu_us": "CPU us/MiB", "rate": "MiB/s", "interrupts": "interrupts between processors/MiB"}
DATAGRAM = {"cpu_us": "CPU us/answer", "rate": "answers/s"}
PING = {"p50_us": "p50 us", "p99_us": "p99 us", "p999_us": "p99.9 us", "cpu_us": "CPU us/round trip"}


def _beside_idle_relays(lab: Lab, relay: LanderRelay) -> None:
    """8,000 relays of another service, each of which has carried one message."""
    service = Service("tcp", lab.free_port(), relay.service.others)
    relay.control.register([service])
    relay.others.append(hold(lab, service.port, IDLE_BESIDE))


def _beside_relay_ports(lab: Lab, relay: LanderRelay) -> None:
    """1,000 more services, each with a relay port of its own."""
    backends = relay.service.others
    relay.control.register(Service("tcp", port, backends[:1]) for port in lab.free_ports(MANY))


def _watched(lab: Lab, relay: LanderRelay) -> None:
    """An open status page, and a scrape of the metrics each second."""
    assert relay.child
    found = re.search(r"admin page on http://[^:]+:(\d+)/", relay.child.log.read_text())
    if not found:
        raise Failed("Lander does not say where its admin page is")
    relay.others.append(lab.start("watcher", [sys.executable, ROOT / "src/bench/watch.py", found[1]]))


def _bulk(streams: int, direction: str) -> LoadRow:
    whither = "to the backends" if direction == "up" else "from the backends"
    return LoadRow(
        f"bulk-{streams}-{direction}",
        f"Bulk, {streams} stream{'s' if streams > 1 else ''} {whither}",
        MIB,
        bulk(streams, direction),
        BULK_PEERS,
        warm=ping_beside_bulk,
        share=0.4,
        quick=(streams, direction) in ((1, "up"), (8, "down")),
        remark="As shipped, HAProxy and nginx have buffers of 16 KiB; Lander's and the limit's are 512 KiB, and Lander splices.",
    )


def _over_veth(row: LoadRow, peers: tuple[Peer, ...] = VETH_PEERS) -> LoadRow:
    """The same over veth."""
    title = f"{row.title}, over veth"
    return replace(row, name=f"veth-{row.name}", title=title, peers=peers, veth=True, quick=False, remark=VETH)


def _udp(size: int) -> LoadRow:
    return LoadRow(
        f"udp-{size}",
        f"UDP request and answer, {size} bytes, 64 long-lived sockets",
        DATAGRAM,
        udp(size, "keep"),
        (direct(), limit(), nginx(), NGINX_ONE, lander(), LANDER_ONE),
        protocol="udp",
        share=0.5,
        quick=size == 64,
    )


def _growth(name: str, title: str, loaded: Peer, **others: object) -> LoadRow:
    settings: dict[str, Any] = {"figures": REQUEST, "generate": keepalive, "needs": ("nginx", "wrk"), **others}
    return LoadRow(name, title, peers=(lander(), loaded), backends=Backends.http, quick=False, **settings)


SMALL_PEERS = (direct(), limit(), haproxy(), HAPROXY_TUNED, nginx(), pen(), lander())
KEEPALIVE = LoadRow(
    "keepalive",
    "Keep-alive requests, 64 connections",
    REQUEST,
    keepalive,
    SMALL_PEERS,
    backends=Backends.http,
    needs=("nginx", "wrk"),
    quick_without=(HAPROXY_TUNED.name, "pen"),
)
CONNECTIONS = LoadRow(
    "connections",
    "One connection per request",
    CONNECTION,
    requests,
    SMALL_PEERS,
    backends=Backends.http,
    needs=("nginx",),
    share=0.8,
    quick_without=(HAPROXY_TUNED.name, "pen"),
)
BULK = tuple(_bulk(streams, direction) for streams in (1, 8) for direction in ("up", "down"))
STREAM = LoadRow(
    "stream",
    f"One stream of {STREAM_RATE:,} MiB/s from the backends",
    MIB,
    stream,
    BULK_PEERS,
    warm=ping_beside_bulk,
    share=0.4,
    quick=False,
    remark="As where the network is the limit: all that differs is what it costs.",
)

ROWS: tuple[Row, ...] = (
    KEEPALIVE,
    CONNECTIONS,
    LoadRow(
        "names",
        "One connection per ClientHello, services told apart by its server name",
        CONNECTION,
        hellos,
        (
            direct(),
            limit(),
            haproxy(),
            haproxy("HAProxy req.ssl_sni", server_name=NAME),
            nginx(),
            nginx("nginx ssl_preread", server_name=NAME),
            lander(),
            lander("Lander server_names", server_name=NAME),
        ),
        share=0.6,
        quick=False,
        remark="Those without a name beside theirs pass the same bytes on unread. The hello has 517 bytes, and comes back.",
    ),
    *BULK,
    STREAM,
    *(_over_veth(row) for row in (*BULK, STREAM)),
    _over_veth(KEEPALIVE, (haproxy(), nginx(), lander())),
    _over_veth(CONNECTIONS, (haproxy(), nginx(), lander())),
    _udp(64),
    _udp(1200),
    LoadRow(
        "udp-fresh",
        "UDP request and answer, 64 bytes, a new client socket for each",
        DATAGRAM,
        udp(64, "fresh"),
        (direct(), limit(), nginx(), NGINX_ONE, LANDER_ONE, LANDER_AT_CAP),
        protocol="udp",
        share=0.5,
        remark=f"The flow cap is {FLOW_CAP} flows, so that it is reached at once; components declare no `responses`.",
    ),
    LoadRow(
        "latency",
        "Ping-pong of 64 bytes, flat out",
        PING,
        ping,
        (direct(), limit(), haproxy(), nginx(), lander(), LANDER_BUSY),
        share=0.5,
    ),
    LoadRow(
        "latency-bulk",
        "Ping-pong of 64 bytes beside a bulk stream through the same relay",
        {"p99_us": "p99 us", "p50_us": "p50 us", "p999_us": "p99.9 us", "bulk_mib": "bulk MiB/s"},
        ping_beside_bulk,
        (direct(), limit(), haproxy(), HAPROXY_TUNED, nginx(), lander()),
        share=0.5,
        quick=False,
    ),
    LoadRow(
        "latency-stream",
        f"Ping-pong of 64 bytes beside a stream of {STREAM_RATE:,} MiB/s through the same relay",
        {"p99_us": "p99 us", "p50_us": "p50 us", "p999_us": "p99.9 us", "bulk_mib": "stream MiB/s"},
        ping_beside_stream,
        (direct(), limit(), haproxy(), HAPROXY_TUNED, nginx(), lander()),
        share=0.5,
        quick=False,
        remark="The same stream for all: flat out, as in the row before, each relay has another one beside it.",
    ),
    FreshRow(
        "idle-memory",
        "Resident memory per idle relay, at 9,000",
        {"bytes": "bytes/relay", "mb": "MB in all"},
        idle_memory,
        (limit(), haproxy(), nginx(), lander()),
        quick_rounds=1,
        remark="Each relay has carried one small message and its echo. Bytes: what 9,000 relays add to a process that "
        "has served 200; Lander has served 20,000 before, until its compilers were at rest.",
    ),
    FreshRow(
        "busy-memory",
        "Resident memory after a minute of one connection per request, no JVM flags",
        {"mb": "MB in all", "rate": "connections/s"},
        memory_after_requests,
        (lander(),),
        most_rounds=1,
        quick=False,
        remark="One round of a minute. Pinned to one core, the JVM takes its serial collector.",
    ),
    FreshRow(
        "busy-memory-cores",
        "Resident memory after a minute of one connection per request, no JVM flags, on all cores",
        {"mb": "MB in all", "rate": "connections/s"},
        memory_on_all_cores,
        (lander(),),
        most_rounds=1,
        quick=False,
        remark="One round of a minute. With two cores and more the JVM takes G1. Generators take from the relay's cores.",
    ),
    FreshRow(
        "start-up",
        "Start-up until the port accepts, no JVM flags",
        {"start_ms": "ms"},
        start_up,
        (limit(), haproxy(), nginx(), starting()),
    ),
    LoadRow(
        "burst",
        "A burst of 10,000 new connections",
        {"wall_ms": "ms until all are served", "cpu_us": "CPU us/connection"},
        burst,
        quick_rounds=1,
        peers=(direct(), limit(), haproxy(), nginx(), lander()),
        remark="Each sends one small message, waits for its echo and closes. Who finds the backlog full tries again "
        "after a second.",
    ),
    _growth(
        "growth-idle",
        f"Keep-alive requests beside {IDLE_BESIDE} idle relays",
        lander("Lander, 8,000 idle relays", more=_beside_idle_relays),
    ),
    _growth(
        "growth-components",
        f"Keep-alive requests, {MANY} components on the service",
        lander("Lander, 1,000 components"),
        backends_of={"Lander, 1,000 components": lambda backends: backends.http(MANY)},
    ),
    _growth(
        "growth-admin",
        "Keep-alive requests beside an open status page and a scrape each second",
        lander("Lander, watched", options=("--admin", "0"), more=_watched),
    ),
    _growth(
        "growth-ports",
        f"One connection per request, {MANY} more relay ports open",
        lander("Lander, 1,000 relay ports", more=_beside_relay_ports),
        figures=CONNECTION,
        generate=requests,
        needs=("nginx",),
        share=0.8,
    ),
)
