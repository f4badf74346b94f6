"""landerctl.py as its users run it, a process, against a scripted balancer."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
from typing import Any

try:
    import msgpack  # noqa: F401  it needs that
except ImportError:
    raise unittest.SkipTest("msgpack is missing (Debian: python3-msgpack)") from None

CLIENTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, CLIENTS)

import landerctl_drain
import landerctl_status
import landerctl_table
from certificates import Certificates
from limited import LimitedTestCase
from scripted_balancer import Message, ScriptedBalancer

LANDERCTL = os.path.join(CLIENTS, "landerctl.py")


def component(port: int = 30000, host: str = "127.0.0.1", **fields: Any) -> Message:
    shown = {"name": f"{host}:{port}", "host": host, "port": port, "state": "good", "weight": 1, "active": 0}
    return {**shown, "total": 0, "bytes_in": 0, "bytes_out": 0, "failures": 0, **fields}


def service(*components: Message, protocol: str = "tcp", relay_port: int = 50000) -> Message:
    shown = {"protocol": protocol, "relay_port": relay_port, "balance": "roundrobin"}
    return {**shown, "components": list(components)}


class LanderctlTestCase(LimitedTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.services = [service(component())]
        self.members: list[Message] | None = None
        self.refused: dict[str, Message] = {}
        self.balancer = self.start_balancer()

    def start_balancer(self, **options: Any) -> ScriptedBalancer:
        balancer = ScriptedBalancer(**options)
        balancer.answer = self.answer
        self.addCleanup(balancer.close)
        return balancer

    def answer(self, message: Message) -> Message:
        """As Lander would: `services`, of one relay port if it asks for one; or what it is `refused`."""
        if message["cmd"] in self.refused:
            return self.refused[message["cmd"]]
        if message["cmd"] != "status":
            return {"error": 0}
        wanted = [one for one in self.services if message.get("relay_port", one["relay_port"]) == one["relay_port"]]
        members = {} if self.members is None else {"members": self.members}
        return {"error": 0, **members, "services": wanted}

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen:
        line = [sys.executable, LANDERCTL, f"{self.balancer.host}:{self.balancer.port}", *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(line, text=True, **{**pipes, **options})

        def end() -> None:
            process.kill()
            process.wait()
            for pipe in filter(None, (process.stdout, process.stderr)):
                pipe.close()

        self.addCleanup(end)
        return process

    def assertEnds(self, process: subprocess.Popen, status: int, *said: str) -> str:
        """Waits for it; on standard error are these texts, each in a line of its own. Returns what it printed."""
        printed, errors = process.communicate()
        self.assertEqual(status, process.returncode, errors)
        self.assertEqual(len(said), len(errors.splitlines()), errors)
        for text, line in zip(said, errors.splitlines()):
            self.assertIn(text, line)
        return printed

    def run_status(self, *options: str) -> str:
        return self.assertEnds(self.start("status", *options), 0)


class TableTest(LanderctlTestCase):
    def test_has_a_row_for_each_component_under_aligned_titles(self):
        db = component(5432, "10.0.0.77", name="db-1", weight=256, active=7, total=123456, failures=3, state="silent")
        traffic = {"bytes_in": 1536, "bytes_out": 5 * 1024**3}
        dns = service(component(53, "0:0:0:0:0:0:0:1", **traffic), protocol="udp", relay_port=53)
        self.services = [service(component(), db), dns]
        expected = """
SERVICE    BALANCE     COMPONENT        STATE   WEIGHT  ACTIVE   TOTAL       IN      OUT  FAILURES  NAME
tcp/50000  roundrobin  127.0.0.1:30000  good         1       0       0       0B       0B         0
tcp/50000  roundrobin  10.0.0.77:5432   silent     256       7  123456       0B       0B         3  db-1
udp/53     roundrobin  [::1]:53         good         1       0       0  1.50KiB  5.00GiB         0
"""
        self.assertEqual(expected.strip().splitlines(), self.run_status().splitlines())

    def test_shows_priorities_where_there_are_any(self):
        self.services = [service(component(), component(30001, priority=1))]
        title, first, second = self.run_status().splitlines()
        self.assertIn("WEIGHT  PRIORITY  ACTIVE", title)
        self.assertEqual(len("WEIGHT  PRIORITY") + title.index("WEIGHT"), second.index("1       0") + 1)
        self.assertEqual(" ", first[second.index("1       0")])

    def test_says_who_is_full_and_whom_an_operator_has_drained(self):
        drained = component(30001, state="draining", drained_by="operator")
        self.services = [service(component(full=True), drained)]
        _, first, second = self.run_status().splitlines()
        self.assertIn("  good (full)  ", first)
        self.assertIn("  draining (operator)  ", second)

    def test_shows_which_landers_have_a_component_where_they_are_several(self):
        held = component(registered_with=["lb1", "lb2"])
        orphan = component(30001, registered_with=[], orphan_since=int(time.time() * 1000) - 3_600_000)
        self.services = [{**service(held, orphan), "terms_lost": "balance is source"}]
        title, first, second = self.run_status().splitlines()
        self.assertIn("FAILURES  REGISTERED WITH   TERMS LOST", title)
        self.assertTrue(first.rstrip().endswith("  lb1, lb2          balance is source"), first)
        self.assertTrue(second.rstrip().endswith("  orphan for 1h00m  balance is source"), second)

    def test_may_be_of_one_relay_port(self):
        self.services = [service(component()), service(component(7), relay_port=60000)]
        self.assertEqual(2, len(self.run_status("--relay-port", "60000").splitlines()))
        self.assertEqual({"cmd": "status", "relay_port": 60000}, self.balancer.next_message())

    def test_says_when_there_is_nothing(self):
        self.services = []
        self.assertEqual("nothing is registered\n", self.run_status())

    def test_names_cannot_disturb_the_terminal_and_wide_letters_count_twice(self):
        self.services = [service(component(name="\x9b2J\u202eweb"), component(30001, state="好", failures=1234567890))]
        _, first, second = landerctl_status.table(self.services)
        self.assertTrue(first.endswith("  ?2J?web"))
        self.assertEqual(first.index("  ?2J"), len(second) + 1)

    def test_a_terminal_without_the_letters_gets_others(self):
        self.services = [service(component(name="bücher"))]
        process = self.start("status", env={**os.environ, "PYTHONIOENCODING": "ascii"})
        self.assertIn("b?cher", self.assertEnds(process, 0))

    def test_sizes_have_three_digits(self):
        sizes = {0: "0B", 999: "999B", 1000: "0.98KiB", 1024: "1.00KiB", 10_234: "9.99KiB", 10_235: "10.0KiB"}
        larger = {102_348: "99.9KiB", 102_349: "100KiB", 1_023_487: "999KiB", 1_023_488: "0.98MiB", 2**63: "8.00EiB"}
        for size, text in {**sizes, **larger}.items():
            with self.subTest(size):
                self.assertEqual(text, landerctl_table.size_text(size))


class ClusterTest(LanderctlTestCase):
    def test_has_a_row_for_each_member_with_what_it_cannot_serve(self):
        now = int(time.time() * 1000)
        refused = [{"service": "tcp/80", "why": "Address already in use"}]
        one = {"id": "0a", "name": "lb1", "address": "10.0.0.1:7988", "since": now - 7_620_000, "heard": 0, "holds": 12}
        other = {**one, "id": "0b", "name": "lb2", "address": "10.0.0.2:7988", "heard": now + 60_000, "holds": 3}
        self.members = [{**one, "refused": []}, {**other, "refused": refused}]
        expected = """
LANDER  ADDRESS           UP  HOLDS  HEARD  CANNOT SERVE
lb1     10.0.0.1:7988  2h07m     12      -  -
lb2     10.0.0.2:7988  2h07m      3   0.0s  tcp/80 (Address already in use)
"""
        shown = self.assertEnds(self.start("cluster"), 0)
        self.assertEqual(expected.strip().splitlines(), shown.splitlines())
        shown = self.assertEnds(self.start("cluster", "--json"), 0)
        self.assertEqual({"members": self.members}, json.loads(shown))

    def test_says_when_there_is_none(self):
        self.assertEnds(self.start("cluster"), 1, "this Lander is in no cluster (--cluster)")


class JsonTest(LanderctlTestCase):
    def test_is_the_tree_as_the_balancer_gives_it(self):
        self.services = [service(component(name="bücher", total=2**53 + 1))]
        self.assertEqual({"services": self.services}, json.loads(self.run_status("--json")))

    def test_watched_is_a_line_each_second(self):
        watching = self.start("status", "--watch", "--json")
        self.assertEqual({"services": self.services}, json.loads(watching.stdout.readline()))
        self.services = []
        self.assertEqual({"services": []}, json.loads(watching.stdout.readline()))
        watching.send_signal(signal.SIGINT)
        self.assertEnds(watching, 0)


class WatchTest(LanderctlTestCase):
    def test_into_a_file_has_no_escape_codes(self):
        watching = self.start("status", "--watch")
        lines = [watching.stdout.readline() for _ in range(9)]
        self.assertIn("1 of 1 components good", lines[0])
        self.assertEqual(lines[1:4], lines[6:9])
        self.assertNotIn("\x1b", "".join(lines))
        watching.send_signal(signal.SIGINT)
        self.assertEnds(watching, 0)

    def test_a_balancer_that_went_is_looked_for_until_it_is_back(self):
        watching = self.start("status", "--watch")
        self.expect_line(watching, "1 of 1 components good")
        self.balancer.close()
        self.expect_line(watching, "NOT REACHED")
        self.start_balancer(port=self.balancer.port)
        self.expect_line(watching, "1 of 1 components good")

    def test_ends_with_whoever_reads_it(self):
        watching = self.start("status", "--watch")
        watching.stdout.readline()
        watching.stdout.close()
        watching.stdout = None
        self.assertEnds(watching, 1, "landerctl: standard output: Broken pipe")

    def expect_line(self, watching: subprocess.Popen, text: str) -> None:
        self.assertTrue(any(text in line for line in watching.stdout), text)


class TerminalTest(LanderctlTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.terminal, self.inside = pty.openpty()
        self.addCleanup(os.close, self.terminal)
        self.shown = ""

    def start_inside(self, *arguments: str, rows: int = 24, columns: int = 80, **options: Any) -> subprocess.Popen:
        fcntl.ioctl(self.inside, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {name: value for name, value in os.environ.items() if name not in ("LINES", "COLUMNS")}
        process = self.start(*arguments, env={**environment, "TERM": "xterm"}, **options)
        os.close(self.inside)
        return process

    def read_until(self, text: str, times: int = 1) -> None:
        while self.shown.count(text) < times:
            try:
                self.shown += os.read(self.terminal, 65536).decode()
            except OSError:  # the other side has gone
                self.fail(f"not {times} times {text!r} in {self.shown!r}")

    def test_is_refreshed_in_place_and_restored(self):
        for number, status in ((signal.SIGINT, 0), (signal.SIGTERM, 128 + signal.SIGTERM)):
            with self.subTest(number):
                self.terminal, self.inside = pty.openpty()
                self.addCleanup(os.close, self.terminal)
                self.shown = ""
                watching = self.start_inside("status", "--watch", stdout=self.inside, columns=50)
                self.read_until("\x1b[J", times=2)
                self.assertTrue(self.shown.startswith("\x1b[?1049h\x1b[?25l\x1b[H"))
                self.assertEqual(2, self.shown.count("\x1b[H"))
                watching.send_signal(number)
                self.read_until("\x1b[?25h\x1b[?1049l")
                self.assertEqual(status, watching.wait())

    def test_what_does_not_fit_is_left_out(self):
        self.services = [service(*(component(port, state="☃好" * 9) for port in range(1000, 1030)))]
        self.start_inside("status", "--watch", stdout=self.inside, rows=10, columns=50)
        self.read_until("\x1b[J")
        lines = self.shown.split("\x1b[H")[1].replace("\x1b[K", "").replace("\x1b[J", "").split("\r\n")
        self.assertEqual(10, len(lines))
        self.assertEqual("... 25 lines more", lines[-1])
        self.assertLessEqual(max(map(landerctl_table.width, lines)), 50)

    def test_progress_of_a_drain_is_one_line(self):
        draining = self.start_inside("drain", "127.0.0.1:30000", stderr=self.inside)
        self.balancer.expect("status")
        news = {**self.balancer.expect("drain"), "active": 2}
        self.balancer.push(news)
        self.read_until("\r127.0.0.1:30000 at tcp/50000: 2 active\x1b[K")
        self.balancer.push({**news, "active": 0})
        self.read_until("\r127.0.0.1:30000 at tcp/50000: drained\x1b[K\r\n")
        self.assertEqual(0, draining.wait())


class RelaysTest(LanderctlTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.pages: list[list[Message]] = [[]]

    def answer(self, message: Message) -> Message:
        if message["cmd"] != "relays" or "relays" in self.refused:
            return super().answer(message)
        last = message["after"] == len(self.pages) - 1
        return {"error": 0, "relays": self.pages[message["after"]], **({} if last else {"next": message["after"] + 1})}

    @staticmethod
    def relay(client: str, **fields: Any) -> Message:
        shown = {"protocol": "tcp", "relay_port": 50000, "client": client, "component": "web-1", "age_ms": 400}
        counted = {"bytes_in": 0, "bytes_out": 0, "phase": "relaying", "waits_for": "either", "spilled": 0}
        return {**shown, **counted, **fields}

    def run_relays(self, *options: str) -> str:
        return self.assertEnds(self.start("relays", *options), 0)

    def test_all_pages_are_one_table_with_the_oldest_of_a_service_first(self):
        slow = self.relay("10.0.0.9:7", age_ms=7_620_000, bytes_out=5 * 1024**2, waits_for="client_to_read", spilled=65536)
        flow = self.relay("[2001:db8::1]:53", protocol="udp", relay_port=53, component="dns", phase="settled")
        waiting = self.relay("10.0.0.8:1", component="", phase="queueing", waits_for="room")
        self.pages = [[flow, waiting], [slow]]
        expected = """
SERVICE    CLIENT            COMPONENT    AGE  IN      OUT  PHASE     WAITS FOR       SPILLED
tcp/50000  10.0.0.9:7        web-1      2h07m  0B  5.00MiB  relaying  client_to_read  64.0KiB
tcp/50000  10.0.0.8:1        -           0.4s  0B       0B  queueing  room                 0B
udp/53     [2001:db8::1]:53  dns         0.4s  0B       0B  settled   either               0B
"""
        self.assertEqual(expected.strip().splitlines(), self.run_relays().splitlines())

    def test_as_json_they_are_as_the_balancer_gives_them(self):
        self.pages = [[self.relay("10.0.0.9:7")], [self.relay("10.0.0.9:8", spilled=2**53 + 1)]]
        self.assertEqual({"relays": self.pages[0] + self.pages[1]}, json.loads(self.run_relays("--json")))

    def test_nobody_is_said_in_words(self):
        self.assertEqual("nobody is connected\n", self.run_relays())

    def test_asks_for_what_the_options_name(self):
        with tempfile.NamedTemporaryFile("w") as token:
            token.write("secret\n")
            token.flush()
            self.run_relays("[0::1]:80", "--protocol", "udp", "--relay-port", "53", "--token-file", token.name)
        asked = {"cmd": "relays", "token": "secret", "protocol": "udp", "relay_port": 53, "after": 0}
        self.assertEqual({**asked, "component": "[::1]:80"}, self.balancer.next_message())
        self.run_relays("[fe80::1%lo]:80")
        self.assertEqual("[fe80::1%lo]:80", self.balancer.next_message()["component"])

    def test_a_refusal_is_1(self):
        self.refused["relays"] = {"error": 10, "message": "token is missing or wrong"}
        self.assertEnds(self.start("relays"), 1, "refused relays: token is missing or wrong (error 10)")

    def test_ages_are_their_two_largest_units(self):
        ages = {0: "0.0s", 59_999: "59.9s", 60_000: "1m00s", 3_599_000: "59m59s", 86_399_000: "23h59m"}
        for age, text in {**ages, 86_400_000: "1d00h", 400 * 86_400_000: "400d00h"}.items():
            with self.subTest(age):
                self.assertEqual(text, landerctl_table.age_text(age))


class DrainTest(LanderctlTestCase):
    def start_drain(self, *options: str, where: str = "127.0.0.1:30000") -> subprocess.Popen:
        return self.start("drain", where, *options)

    def expect_drain(self) -> Message:
        """Returns the news of it, but for the number."""
        while (message := self.balancer.next_message())["cmd"] == "status":
            pass
        self.assertEqual("drain", message["cmd"])
        return message

    def test_tells_how_many_are_left_and_ends_when_nobody_is(self):
        draining = self.start_drain()
        self.assertEqual({"cmd": "status"}, self.balancer.next_message())
        drain = {"cmd": "drain", "protocol": "tcp", "host": "127.0.0.1", "port": 30000, "relay_port": 50000}
        self.assertEqual(drain, self.balancer.next_message())
        self.services = [service(component(state="draining"))]
        self.balancer.push({**drain, "active": 12})
        self.balancer.expect("status")  # it looks whether the component is still there
        self.assertIsNone(draining.poll())
        self.balancer.push({"cmd": "from the future"})
        self.balancer.push({**drain, "active": 0})
        at = "127.0.0.1:30000 at tcp/50000: "
        self.assertEqual("", self.assertEnds(draining, 0, at + "12 active", at + "drained"))

    def test_shows_its_token(self):
        with tempfile.NamedTemporaryFile("w") as token:
            token.write("secret\n")
            token.flush()
            self.start_drain("--token-file", token.name)
            self.assertEqual("secret", self.expect_drain()["token"])

    def test_drains_all_that_the_component_has_registered(self):
        udp = service(component(), protocol="udp")
        self.services = [service(component(), component(30001)), udp, service(component(), relay_port=60000)]
        draining = self.start_drain()
        news = [self.expect_drain() for _ in range(3)]
        self.assertEqual([("tcp", 50000), ("udp", 50000), ("tcp", 60000)], self.names(news))
        for message in news[1:]:
            self.balancer.push({**message, "active": 0})
        self.services = []
        self.balancer.expect("status")
        self.assertIsNone(draining.poll())
        self.balancer.push({**news[0], "active": 0})
        self.assertEnds(draining, 0, "udp/50000: drained", "tcp/60000: drained", "tcp/50000: drained")

    def test_drains_only_what_the_options_name(self):
        self.services = [service(component(), protocol=p, relay_port=r) for r in (1, 2) for p in ("tcp", "udp")]
        drained = {
            ("--protocol", "udp"): [("udp", 1), ("udp", 2)],
            ("--relay-port", "2"): [("tcp", 2), ("udp", 2)],
            ("--relay-port", "1", "--protocol", "tcp"): [("tcp", 1)],
        }
        for options, expected in drained.items():
            with self.subTest(options):
                process = self.start_drain("--no-wait", *options)
                self.balancer.expect("status")
                self.assertEqual(expected, self.names([self.expect_drain() for _ in expected]))
                self.assertEnds(process, 0)
                self.assertTrue(self.balancer.heard_nothing())

    def test_services_that_share_a_port_are_drained_by_their_names(self):
        names = {"server_names": ["shop.example.com", "*.example.org"]}
        h2 = {"server_names": ["shop.example.com"], "alpn": ["h2"]}
        self.services = [{**service(component()), **route} for route in (names, h2, {})]
        draining = self.start_drain()
        news = [self.expect_drain() for _ in range(3)]
        self.assertEqual([names, h2, {}], [landerctl_drain._route(message) for message in news])
        for message in reversed(news):
            self.balancer.push({**message, "active": 0})
        shown = ("tcp/50000: drained", "tcp/50000#shop.example.com(h2): drained", "tcp/50000#shop.example.com,+1: drained")
        self.assertEnds(draining, 0, *shown)
        process = self.start_drain("--no-wait", "--server-names", "*.Example.org,shop.example.com")
        self.assertEqual(names, landerctl_drain._route(self.expect_drain()))
        self.assertEnds(process, 0)
        self.assertTrue(self.balancer.heard_nothing())
        _, *rows = landerctl_status.table(self.services)
        shown = ["tcp/50000#shop.example.com,+1", "tcp/50000#shop.example.com(h2)", "tcp/50000"]
        self.assertEqual(shown, [row.split()[0] for row in rows])

    def test_finds_the_component_by_any_form_of_its_address_and_by_name(self):
        forms = {
            "[::1]:30000": "0:0:0:0:0:0:0:1",
            "[0:0::0:1]:30000": "0:0:0:0:0:0:0:1",
            "[fe80::1%lo]:30000": "fe80:0:0:0:0:0:0:1%1",
            "[::ffff:127.0.0.1]:30000": "127.0.0.1",
            "localhost:30000": "127.0.0.1",
        }
        for form, host in forms.items():
            with self.subTest(form):
                self.services = [service(component(host=host), component(host="10.0.0.9"))]
                process = self.start_drain("--no-wait", where=form)
                self.assertIn(self.expect_drain()["host"], ("::1", "127.0.0.1", "fe80::1"))
                self.assertEnds(process, 0)

    def test_clients_that_are_left_after_the_timeout_are_1(self):
        draining = self.start_drain("--timeout", "300ms")
        self.balancer.push({**self.expect_drain(), "active": 3})
        self.assertEnds(draining, 1, "3 active", "not in time: 3 still active; it goes on draining")

    def test_a_component_that_serves_again_is_1(self):
        draining = self.start_drain()
        self.balancer.push({**self.expect_drain(), "active": 3})
        self.assertEnds(draining, 1, "3 active", "127.0.0.1:30000 at tcp/50000 is not drained any more")

    def test_undrain_names_what_is_registered_and_what_has_left(self):
        self.assert_undrains({"relay_port": 50000}, self.start("undrain", "127.0.0.1:30000"))
        self.services = []
        away = self.start("undrain", "127.0.0.1:30000", "--protocol", "udp", "--relay-port", "53")
        self.assert_undrains({"protocol": "udp", "relay_port": 53}, away)
        self.assertEnds(self.start("undrain", "127.0.0.1:30000"), 4, "is not registered")

    def assert_undrains(self, expected, process):
        while (command := self.balancer.next_message())["cmd"] == "status":
            pass
        self.assertEqual("undrain", command["cmd"])
        everywhere = {"host": "127.0.0.1", "port": 30000}
        self.assertEqual({**command, **everywhere, **expected}, command)
        self.assertEnds(process, 0)

    def test_a_component_that_is_not_registered_is_4(self):
        for options in ((), ("--protocol", "udp"), ("--relay-port", "1")):
            with self.subTest(options):
                where = "127.0.0.1:30000" if options else "127.0.0.1:30001"
                self.assertEnds(self.start_drain(*options, where=where), 4, f"landerctl: {where}")
        self.refused["drain"] = {"error": 4, "message": "127.0.0.1:30000 is not registered on tcp/50000"}
        self.assertEnds(self.start_drain(), 4, "is not registered on tcp/50000")

    def test_a_name_of_several_components_is_2(self):
        addresses = sorted({entry[4][0] for entry in socket.getaddrinfo("localhost", None)})
        if len(addresses) < 2:
            self.skipTest(f"localhost is {addresses} only")
        self.services = [service(*(component(host=address) for address in addresses))]
        self.assertEnds(self.start_drain(where="localhost:30000"), 2, "localhost is the name of several: ")

    def test_a_refusal_is_1(self):
        self.refused["drain"] = {"error": 10, "message": "token is missing or wrong"}
        self.assertEnds(self.start_drain(), 1, "refused drain: token is missing or wrong (error 10)")

    def test_a_link_that_is_lost_is_3(self):
        draining = self.start_drain()
        self.expect_drain()
        self.balancer.drop_connections()
        self.assertEnds(draining, 3, f"landerctl: 127.0.0.1:{self.balancer.port}: ")

    def test_an_interrupt_is_130(self):
        draining = self.start_drain()
        self.balancer.push({**self.expect_drain(), "active": 3})
        draining.stderr.readline()
        draining.send_signal(signal.SIGINT)
        self.assertEnds(draining, 130)

    @staticmethod
    def names(messages: list[Message]) -> list[tuple[str, int]]:
        return [(message["protocol"], message["relay_port"]) for message in messages]


class LinkTest(LanderctlTestCase):
    def test_a_balancer_that_is_not_there_is_3(self):
        self.balancer.close()
        for command in (["status"], ["status", "--watch"], ["relays"], ["drain", "127.0.0.1:30000"]):
            with self.subTest(command):
                self.assertEnds(self.start(*command), 3, f"landerctl: 127.0.0.1:{self.balancer.port}: Connection refused")

    def test_what_is_not_lander_is_3(self):
        self.balancer.answer = lambda message: self.balancer.push_bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        self.assertEnds(self.start("status"), 3, "not Lander")

    def test_a_refused_status_is_1(self):
        self.refused["status"] = {"error": 13, "message": "the status is too large"}
        self.assertEnds(self.start("status"), 1, "the status is too large (error 13)")

    def test_reaches_a_balancer_by_ipv6(self):
        try:
            six = self.start_balancer(host="::1")
        except OSError as error:
            self.skipTest(f"no IPv6 here: {error}")
        line = [sys.executable, LANDERCTL, f"[::1]:{six.port}", "status"]
        self.assertEqual(0, subprocess.run(line, stdout=subprocess.DEVNULL).returncode)

    def test_speaks_tls_with_its_certificate(self):
        with tempfile.TemporaryDirectory() as directory:
            certificates = Certificates(directory)
            self.balancer = self.start_balancer(tls=certificates.server_context(demand_certificate=True))
            ca = ("--tls-ca", certificates.ca)
            own = ("--tls-cert", certificates.path("client.pem"), "--tls-key", certificates.path("client.key"))
            draining = self.start(*ca, "drain", "127.0.0.1:30000", *own)  # before and behind the command
            self.balancer.expect("status")
            self.balancer.push({**self.balancer.expect("drain"), "active": 1})
            self.services = []
            self.balancer.expect("status")
            self.balancer.push({"cmd": "drain", "protocol": "tcp", "port": 30000, "relay_port": 50000, "active": 0})
            self.assertEnds(draining, 0, "1 active", "drained")
            self.assertEnds(self.start("status", "--tls"), 3, "CERTIFICATE_VERIFY_FAILED")


class CommandLineTest(LimitedTestCase):
    def test_wrong_arguments_give_the_usage_and_2(self):
        drain = ["lb:9988", "drain"]
        wrong = [[], ["lb:9988"], ["lb:0", "status"], ["lb:70000", "status"], ["lb:9988", "start"], drain]
        wrong += [[*drain, "web"], [*drain, "web:1", "--timeout", "5"], [*drain, "web:1", "--protocol", "sctp"]]
        wrong += [["lb:9988", "relays", "web"], ["lb:9988", "relays", "--protocol", "sctp"]]
        wrong += [["lb:9988", "status", "--relay-port", "0"], ["lb:9988", "status", "--token-file", "/nonexistent"]]
        for arguments in wrong:
            with self.subTest(arguments):
                ended = self.run_landerctl(*arguments)
                self.assertEqual(2, ended.returncode)
                self.assertIn("usage: landerctl.py", ended.stderr)

    def test_a_component_whose_name_nobody_knows_is_2(self):
        ended = self.run_landerctl("127.0.0.1:1", "drain", "host.invalid:1")
        self.assertEqual(2, ended.returncode)
        self.assertTrue(ended.stderr.startswith("landerctl: host.invalid: "), ended.stderr)

    def test_the_help_says_the_exit_statuses(self):
        shown = self.run_landerctl("--help").stdout
        for status in range(5):
            self.assertRegex(shown, f"\n  {status}  ")

    @staticmethod
    def run_landerctl(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, LANDERCTL, *arguments], capture_output=True, text=True)


if __name__ == "__main__":
    unittest.main()
