"""What stands behind the relays: nginx for HTTP, our own c/backend.c for all else.

They are started once, when first asked for.
"""

from __future__ import annotations

import pathlib

from processes import Lab, wait_until
from processes import is_listening

BODY = "lander-bench-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789-ok"

NGINX_HTTP = """
daemon off;
worker_processes 1;
pid {directory}/backend.pid;
error_log stderr;
events {{ worker_connections 19000; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    client_body_temp_path {directory}/t1;
    proxy_temp_path {directory}/t2;
    fastcgi_temp_path {directory}/t3;
    uwsgi_temp_path {directory}/t4;
    scgi_temp_path {directory}/t5;
    server {{
{listens}
        location / {{ return 200 "{body}"; }}
    }}
}}
"""


class Backends:
    """Two of each kind, as every workload has them, or many ports of the first kind."""

    def __init__(self, lab: Lab, programs: pathlib.Path) -> None:
        self._lab = lab
        self._programs = programs
        self._http: dict[int, list[int]] = {}
        self._own: list[int] = []

    def http(self, count: int = 2) -> list[int]:
        """Ports of nginx servers: two processes, that share the ports evenly, answer BODY to every request."""
        if count not in self._http:
            ports = self._lab.free_ports(count)
            for half in (ports[::2], ports[1::2]):
                directory = self._lab.path / f"http-{half[0]}"
                directory.mkdir()
                directory.chmod(0o755)
                listens = "\n".join(f"        listen {self._lab.other_host}:{port};" for port in half)
                config = directory / "nginx.conf"
                config.write_text(NGINX_HTTP.format(directory=directory, listens=listens, body=BODY))
                child = self._lab.start("nginx backend", ["nginx", "-p", directory, "-c", config])
                wait_until(lambda: is_listening(half[-1]), "the nginx backend's start", child)
            self._http[count] = ports
        return self._http[count]

    def own(self) -> list[int]:
        """Ports of two of our own backends, each TCP and UDP."""
        if not self._own:
            self._own = self._lab.free_ports(2)
            for port in self._own:
                child = self._lab.start("backend", [self._programs / "backend", str(port)], host=self._lab.other_host)
                wait_until(lambda: is_listening(port), "the backend's start", child)
        return self._own
