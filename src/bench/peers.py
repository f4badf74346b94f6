"""The peers: who relays, and how each is started for one service."""

from __future__ import annotations

import os
import pathlib
import shutil
import socket
import subprocess
from dataclasses import dataclass
from typing import Callable

from generators import PROGRAMS
from processes import Child, Failed, Lab, is_listening, wait_until

# make bench HAPROXY=... NGINX=...: others than those on PATH.
HAPROXY_PROGRAM = os.environ.get("HAPROXY") or "haproxy"
PEN_CLIENTS = 16_384
NGINX_PROGRAM = os.environ.get("NGINX") or "nginx"
NGINX_STREAM_MODULE = pathlib.Path("/usr/lib/nginx/modules/ngx_stream_module.so")


@dataclass(frozen=True)
class Service:
    """What a relay relays: a port of its own to these ports by turns."""

    protocol: str
    port: int
    backends: tuple[int, ...]
    others: tuple[int, ...] = ()  # backends of our own, for what a row does beside


class Relay:
    """A relay that runs, or nothing at all for `direct`."""

    def __init__(self, port: int, child: Child | None) -> None:
        self.port = port
        self.child = child

    def pids(self) -> list[int]:
        """Of all its processes."""
        return self.child.pids() if self.child else []

    def end(self, lab: Lab) -> None:
        """Ends it and what belongs to it."""
        if self.child:
            lab.end(self.child)


@dataclass(frozen=True)
class Peer:
    """One way to relay. `missing` gives what it lacks on this machine, or nothing."""

    name: str
    start: Callable[[Lab, Service], Relay]
    missing: Callable[[], str]


def is_ready(lab: Lab, service: Service) -> bool:
    """Whether the relay's port is there. TCP: whether it accepts, which costs it one connection."""
    if service.protocol == "udp":
        return is_listening(service.port, "udp")
    with socket.socket() as probe:
        return probe.connect_ex((lab.relay_host, service.port)) == 0


def started(lab: Lab, name: str, service: Service, command: list[str | pathlib.Path]) -> Relay:
    """Starts a relay and returns it when its port is there."""
    child = lab.start(name, command, relay=True)
    wait_until(lambda: is_ready(lab, service), f"the start of {name}", child)
    return Relay(service.port, child)


def direct() -> Peer:
    """No relay: clients go to the first backend."""
    return Peer("direct", lambda lab, service: Relay(service.backends[0], None), lambda: "")


def limit() -> Peer:
    """c/limit.c."""

    def start(lab: Lab, service: Service) -> Relay:
        backends = ",".join(map(str, service.backends))
        return started(lab, "limit", service, [PROGRAMS / "limit", f"{service.protocol}:{service.port}:{backends}"])

    return Peer("limit", start, lambda: "")


HAPROXY = """
global
    nbthread 1
{settings}
defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
{options}
listen relay
    bind {host}:{port}
    balance roundrobin
{rules}
{servers}
{more}
"""

BY_NAME = """
    tcp-request inspect-delay 5s
    tcp-request content accept if {{ req.ssl_hello_type 1 }}
    use_backend named if {{ req.ssl_sni -i {name} }}
"""


def haproxy(name: str = "HAProxy", settings: str = "", options: str = "", server_name: str = "") -> Peer:
    """HAProxy in mode tcp, one thread, with more lines for its sections `global` and `defaults`.

    With a server name those who ask for it are told from all others.
    """

    def start(lab: Lab, service: Service) -> Relay:
        config = lab.path / f"haproxy-{service.port}.cfg"
        servers = "\n".join(f"    server s{port} {lab.other_host}:{port}" for port in service.backends)
        config.write_text(
            HAPROXY.format(
                settings=settings,
                options=options,
                host=lab.relay_host,
                port=service.port,
                rules=BY_NAME.format(name=server_name) if server_name else "",
                servers=servers,
                more=f"backend named\n    balance roundrobin\n{servers}" if server_name else "",
            )
        )
        return started(lab, name, service, [HAPROXY_PROGRAM, "-db", "-f", config])

    return Peer(name, start, lambda: "" if shutil.which(HAPROXY_PROGRAM) else f"{HAPROXY_PROGRAM} is not installed")


NGINX = """
{module}
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log stderr;
events {{ worker_connections 19000; }}
stream {{
    upstream backends {{
{servers}
    }}
{routes}
    server {{
        listen {host}:{port}{udp};
        proxy_pass {to};
        {settings}
    }}
}}
"""


NGINX_ROUTES = """
    upstream others {{
{servers}
    }}
    map $ssl_preread_server_name $service {{
        {name} backends;
        default others;
    }}
"""


def nginx(name: str = "nginx", settings: str = "", server_name: str = "") -> Peer:
    """nginx's stream module, one worker, with more lines for its section `server`.

    With a server name those who ask for it are told from all others.

    As shipped but for worker_connections: the default of 512 could not do the work.
    """

    def start(lab: Lab, service: Service) -> Relay:
        directory = lab.path / f"nginx-{service.port}"
        directory.mkdir()
        config = directory / "nginx.conf"
        servers = "\n".join(f"        server {lab.other_host}:{port};" for port in service.backends)
        config.write_text(
            NGINX.format(
                module="" if _has_stream() else f"load_module {NGINX_STREAM_MODULE};",
                directory=directory,
                servers=servers,
                routes=NGINX_ROUTES.format(servers=servers, name=server_name) if server_name else "",
                to="$service" if server_name else "backends",
                host=lab.relay_host,
                port=service.port,
                udp=" udp" if service.protocol == "udp" else "",
                settings=settings + ("ssl_preread on;" if server_name else ""),
            )
        )
        return started(lab, name, service, [NGINX_PROGRAM, "-p", directory, "-c", config])

    return Peer(name, start, _nginx_missing)


def _has_stream() -> bool:
    """Whether it was built with the stream module; Debian's loads it."""
    built = subprocess.run([NGINX_PROGRAM, "-V"], capture_output=True, text=True).stderr
    return any(flag == "--with-stream" for flag in built.split())


def pen() -> Peer:
    """pen, which is small: one process, round robin."""

    def start(lab: Lab, service: Service) -> Relay:
        backends = [f"{lab.other_host}:{port}" for port in service.backends]
        clients = str(PEN_CLIENTS)
        listen = f"{lab.relay_host}:{service.port}"
        return started(lab, "pen", service, ["pen", "-f", "-r", "-x", clients, "-c", clients, listen, *backends])

    return Peer("pen", start, lambda: "" if shutil.which("pen") else "pen is not installed")


def _nginx_missing() -> str:
    if not shutil.which(NGINX_PROGRAM):
        return f"{NGINX_PROGRAM} is not installed"
    return "" if _has_stream() or NGINX_STREAM_MODULE.exists() else "nginx has no stream module (package libnginx-mod-stream)"


def require(program: str) -> None:
    """Raises Failed unless the program is on PATH."""
    if not shutil.which(program):
        raise Failed(f"{program} is not installed")
