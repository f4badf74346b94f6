"""The demonstration servers and the load clients, as processes, talking to each other directly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

try:
    import flask  # noqa: F401  api_server.py needs it
    import msgpack  # noqa: F401
except ImportError as missing:
    raise unittest.SkipTest(f"{missing.name} is missing (Debian: python3-{missing.name})") from None

from limited import LimitedTestCase
from scripted_balancer import ScriptedBalancer

CLIENTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

SERVERS = {"api_server.py": socket.SOCK_STREAM, "udp_server.py": socket.SOCK_DGRAM}


class DummiesTest(LimitedTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.balancer = ScriptedBalancer()
        self.addCleanup(self.balancer.close)

    def start_server(self, program: str, kind: int, *options: str) -> tuple[subprocess.Popen, str]:
        """Starts the server on a free port; returns it, registered, and its port."""
        port = self.free_port(kind)
        line = [sys.executable, os.path.join(CLIENTS, program), "127.0.0.1", str(self.balancer.port)]
        server = subprocess.Popen(
            [*line, port, "50000", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

        def end() -> None:
            server.kill()
            server.communicate()

        self.addCleanup(end)
        self.assertEqual(int(port), self.balancer.expect("register")["port"])
        return server, port

    def free_port(self, kind: int) -> str:
        with socket.socket(socket.AF_INET, kind) as reserved:
            reserved.bind(("127.0.0.1", 0))
            return str(reserved.getsockname()[1])

    def run_client(self, program: str, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, os.path.join(CLIENTS, program), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def test_a_crowd_gets_whole_answers_from_the_api_server(self):
        _, port = self.start_server("api_server.py", socket.SOCK_STREAM)
        for path in ("/", "/data", "/?size=100000"):
            with self.subTest(path):
                client = self.run_client("dummy_client.py", "127.0.0.1", port, "50", "--path", path)
                self.assertEqual(0, client.returncode, client.stderr)
                self.assertIn("success rate : 100%", client.stdout)
                self.assertIn(f"50 by component {port}", client.stdout)

    def test_the_api_server_bounds_its_answers(self):
        _, port = self.start_server("api_server.py", socket.SOCK_STREAM)
        client = self.run_client("dummy_client.py", "127.0.0.1", port, "1", "--path", "/?size=99999999999")
        self.assertIn("1 HTTP 400", client.stdout)

    def test_an_answer_that_is_cut_short_is_a_failure(self):
        def answer_in_part(listener: socket.socket) -> None:
            client, _ = listener.accept()
            with client:
                client.recv(4096)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")

        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=answer_in_part, args=[listener], daemon=True).start()
            client = self.run_client("dummy_client.py", "127.0.0.1", str(listener.getsockname()[1]), "1")
        self.assertEqual(1, client.returncode)
        self.assertIn("success      : 0", client.stdout)
        self.assertIn("1 IncompleteRead", client.stdout)

    def test_a_crowd_gets_its_datagrams_back_from_the_udp_server(self):
        server, port = self.start_server("udp_server.py", socket.SOCK_DGRAM, "--tag")
        client = self.run_client("udp_dummpy_client.py", "127.0.0.1", port, "50")
        self.assertEqual(0, client.returncode, client.stderr)
        self.assertIn(f"50 by component {port}", client.stdout)
        server.send_signal(signal.SIGTERM)
        drain = self.balancer.expect("drain")
        self.balancer.push({**drain, "active": 0})
        self.balancer.expect("unregister")
        self.assertEqual("echoed 50 datagrams\n", server.stdout.read())
        self.assertEqual(0, server.wait())

    def test_a_datagram_without_an_answer_is_a_failure(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            port = str(silent.getsockname()[1])
            client = self.run_client("udp_dummpy_client.py", "127.0.0.1", port, "2", "--timeout", "0.1")
        self.assertEqual(1, client.returncode)
        self.assertIn("2 no answer", client.stdout)

    def test_wrong_arguments_give_the_usage_and_2(self):
        for program in ("api_server.py", "udp_server.py", "dummy_client.py", "udp_dummpy_client.py"):
            for wrong in ([], ["70000", "30000", "50000"], ["0", "30000", "50000"]):
                with self.subTest(program, wrong=wrong):
                    ended = self.run_client(program, "127.0.0.1", *wrong[: 3 if "server" in program else 2])
                    self.assertEqual(2, ended.returncode)
                    self.assertIn(f"usage: python3 {program} [", ended.stderr)

    def test_what_is_no_host_is_told_without_a_stack_trace(self):
        servers = [(p, ("9988", self.free_port(kind), "50000")) for p, kind in SERVERS.items()]
        for program, rest in [*servers, ("dummy_client.py", ("80", "2")), ("udp_dummpy_client.py", ("80", "2"))]:
            with self.subTest(program):
                ended = self.run_client(program, "no..host", *rest)
                self.assertEqual(1, ended.returncode)
                self.assertNotIn("Traceback", ended.stderr)

    def test_a_token_file_that_is_not_text_is_told_without_a_stack_trace(self):
        with tempfile.NamedTemporaryFile() as token:
            token.write(b"\xff\xfe\n")
            token.flush()
            for program, kind in SERVERS.items():
                with self.subTest(program):
                    ports = str(self.balancer.port), self.free_port(kind), "50000"
                    ended = self.run_client(program, "127.0.0.1", *ports, "--token-file", token.name)
                    self.assertEqual(1, ended.returncode)
                    self.assertIn("--token-file: ", ended.stderr)
                    self.assertNotIn("Traceback", ended.stderr)


if __name__ == "__main__":
    unittest.main()
