"""The agent's checks against servers that say what they are told to; test_daemons.py has real ones."""

from __future__ import annotations

import os
import socket
import struct
import sys
import tempfile
import threading
import time
import unittest

CLIENTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, CLIENTS)

import check_protocols
import checks
from certificates import Certificates
from check_target import Target
from limited import PATIENCE, LimitedTestCase
from speaking_server import Heard, SpeakingServer


class CheckTestCase(LimitedTestCase):
    def serve(self, script) -> SpeakingServer:
        server = SpeakingServer(script)
        self.addCleanup(server.close)
        return server

    def answering(self, *answers: bytes) -> SpeakingServer:
        """Says these, whatever it hears."""

        def script(heard: Heard) -> None:
            for answer in answers:
                heard.say(answer)
            heard.hear_to_end()

        return self.serve(script)

    def check(self, how: str, port: int, protocol: str = "tcp", timeout: float = 10.0, proxy: str | None = None):
        return checks.named(how, protocol)(Target("127.0.0.1", port, socket.AF_INET, timeout, proxy))

    def assert_well(self, how: str, *answers: bytes) -> bytes:
        """Returns what the server heard."""
        server = self.answering(*answers)
        self.assertIsNone(self.check(how, server.port))
        return server.heard()

    def assert_unwell(self, reason: str, how: str, *answers: bytes) -> bytes:
        server = self.answering(*answers)
        trouble = self.check(how, server.port) or "nothing"
        self.assertIn(reason, trouble)
        self.assertIn(f"127.0.0.1:{server.port}", trouble)
        return server.heard()


class HttpTest(CheckTestCase):
    def test_asks_for_the_path_and_is_content_with_2xx_and_3xx(self):
        for status in (b"200 OK", b"204 No Content", b"301 Moved", b"399"):
            server = self.answering(b"HTTP/1.1 " + status + b"\r\n\r\n")
            self.assertIsNone(self.check("http:/a?b=c", server.port))
            heard = server.heard().decode()
            self.assertTrue(heard.startswith(f"GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"), heard)
            self.assertTrue(heard.endswith("\r\nConnection: close\r\n\r\n"), heard)

    def test_a_host_may_be_named(self):
        for how, path in (("http://www.example/a", "/a"), ("http://www.example", "/")):
            heard = self.assert_well(how, b"HTTP/1.0 200 OK\r\n\r\n").decode()
            self.assertTrue(heard.startswith(f"GET {path} HTTP/1.1\r\nHost: www.example\r\n"), heard)

    def test_says_what_it_got_instead(self):
        self.assert_unwell("GET /: HTTP/1.1 503 Not Now", "http:/", b"HTTP/1.1 503 Not Now\r\n\r\n")
        self.assert_unwell("GET /: -ERR ?[2J", "http:/", b"-ERR \x1b[2J\r\n")
        self.assert_unwell("a line of more than", "http:/", b"x" * 5000)

    def test_takes_in_the_page_so_that_the_server_sees_no_reset(self):
        ends: list[str] = []

        def script(heard: Heard) -> None:
            heard.hear(20)
            try:
                for _ in range(10):
                    heard.say(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000)
                ends.append("whole")
            except OSError as error:
                ends.append(str(error))

        server = self.serve(script)
        self.assertIsNone(self.check("http:/", server.port))
        server.heard()
        self.assertEqual(["whole"], ends)

    def test_a_page_without_end_is_not_read_for_ever(self):
        def script(heard: Heard) -> None:
            heard.say(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                heard.say(b"x")
                time.sleep(0.02)

        before = time.monotonic()
        self.assertIsNone(self.check("http:/", self.serve(script).port, timeout=PATIENCE))
        self.assertLess(time.monotonic() - before, PATIENCE / 2)


class LimitsTest(CheckTestCase):
    def test_a_server_that_does_not_answer_is_not_waited_for_longer_than_the_timeout(self):
        for how in ("http:/", "redis", "smtp", "postgres", "mysql", "tls", "dns"):
            with self.subTest(how):
                before = time.monotonic()
                server = self.serve(lambda heard: heard.hear_to_end())
                self.assertIn("timed out", self.check(how, server.port, timeout=0.1))
                self.assertLess(time.monotonic() - before, PATIENCE / 2)

    def test_a_server_that_answers_byte_by_byte_gets_no_more_time(self):
        def script(heard: Heard) -> None:
            while True:
                heard.say(b"2")
                time.sleep(0.02)

        before = time.monotonic()
        self.assertIn("timed out", self.check("smtp", self.serve(script).port, timeout=0.3))
        self.assertLess(time.monotonic() - before, PATIENCE / 2)

    def test_a_server_that_closes_is_told(self):
        for how in ("http:/", "redis", "smtp", "postgres", "mysql", "dns"):
            with self.subTest(how):
                server = self.serve(lambda heard: heard.hear(1) if how not in ("smtp", "mysql") else None)  # noqa: B023
                self.assertRegex(self.check(how, server.port), "it closed the connection|reset|Broken pipe")

    def test_nobody_there_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        for how in ("tcp", "http:/", "redis", "smtp", "postgres", "mysql", "tls", "dns"):
            with self.subTest(how):
                self.assertIn("refused", self.check(how, port))
        self.assertIn("refused", self.check("dns", port, "udp"))


class RedisTest(CheckTestCase):
    def test_an_answer_to_ping_is_enough(self):
        self.assertEqual(b"PING\r\n", self.assert_well("redis", b"+PONG\r\n"))
        self.assert_well("redis", b"-NOAUTH Authentication required.\r\n")
        self.assert_unwell("PING: -LOADING Redis is loading", "redis", b"-LOADING Redis is loading\r\n")
        self.assert_unwell("PING: -MASTERDOWN", "redis", b"-MASTERDOWN Link with MASTER is down\r\n")


class SmtpTest(CheckTestCase):
    def test_takes_a_greeting_and_quits(self):
        self.assertEqual(b"QUIT\r\n", self.assert_well("smtp", b"220 mail ESMTP\r\n221 bye\r\n"))
        self.assertEqual(b"QUIT\r\n", self.assert_well("smtp", b"220-mail\r\n", b"220 ESMTP\r\n", b"221 bye\r\n"))
        self.assertEqual(b"", self.assert_unwell("421 too many", "smtp", b"421 too many\r\n"))
        self.assert_unwell("554 go away", "smtp", b"220-mail\r\n554 go away\r\n")
        self.assert_unwell("more than 100 lines", "smtp", b"220-mail\r\n" * 101)


class PostgresTest(CheckTestCase):
    @staticmethod
    def message(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("!I", 4 + len(body)) + body

    def error(self, code: bytes, text: bytes) -> bytes:
        return self.message(b"E", b"SFATAL\0C" + code + b"\0M" + text + b"\0\0")

    def test_a_server_that_wants_a_password_is_well_and_hears_no_more(self):
        heard = self.assert_well("postgres:me", self.message(b"R", struct.pack("!I", 10) + b"SCRAM-SHA-256\0\0"))
        self.assertEqual(len(heard), struct.unpack("!I", heard[:4])[0])
        self.assertEqual((3, 0), struct.unpack("!HH", heard[4:8]))
        self.assertTrue(heard[8:].startswith(b"user\0me\0database\0postgres\0"), heard)
        self.assertTrue(heard.endswith(b"\0\0"), heard)

    def test_a_login_ends_with_a_goodbye(self):
        self.assertTrue(self.assert_well("postgres", self.message(b"R", b"\0\0\0\0")).endswith(b"X\0\0\0\4"))

    def test_an_error_about_the_user_is_none_of_the_server(self):
        for code in (b"28000", b"28P01", b"3D000", b"08P01"):  # the last is PgBouncer's
            self.assert_well("postgres", self.error(code, b"no such role"))
        for code in (b"57P03", b"57P01", b"53300"):
            self.assert_unwell("it is starting up", "postgres", self.error(code, b"it is starting up"))
        self.assert_unwell("not PostgreSQL", "postgres", b"HTTP/1.1 400 Bad Request\r\n\r\n")


class MysqlTest(CheckTestCase):
    GREETING = b"\x0a10.11.19-MariaDB\0" + bytes(60)
    OK = b"\0\0\0\2\0\0\0"

    @staticmethod
    def packet(number: int, body: bytes) -> bytes:
        return struct.pack("<I", len(body))[:3] + bytes([number]) + body

    def error(self, number: int, code: int, text: bytes, state: bytes = b"#HY000") -> bytes:
        return self.packet(number, b"\xff" + struct.pack("<H", code) + state + text)

    def test_logs_in_and_out(self):
        heard = self.assert_well("mysql:me", self.packet(0, self.GREETING) + self.packet(2, self.OK))
        self.assertEqual(1, heard[3])
        self.assertIn(b"me\0\0mysql_native_password\0", heard)
        self.assertTrue(heard.endswith(self.packet(0, b"\1")), heard)

    def test_has_no_password_in_another_authentication_either(self):
        switch = self.packet(2, b"\xfecaching_sha2_password\0" + bytes(21))
        heard = self.assert_well("mysql", self.packet(0, self.GREETING) + switch + self.packet(4, self.OK))
        self.assertTrue(heard.endswith(self.packet(3, b"") + self.packet(0, b"\1")), heard)

    def test_access_denied_is_an_answer(self):
        denied = self.error(2, 1045, b"Access denied for user 'lander'")
        self.assert_well("mysql", self.packet(0, self.GREETING) + denied)

    def test_says_what_is_wrong(self):
        blocked = self.error(0, 1129, b"Host '10.0.0.5' is blocked", state=b"")
        self.assert_unwell("Host '10.0.0.5' is blocked (error 1129)", "mysql", blocked)
        full = self.packet(0, self.GREETING) + self.error(2, 1040, b"Too many connections")
        self.assert_unwell("Too many connections (error 1040)", "mysql", full)
        self.assert_unwell("not MySQL", "mysql", b"220 mail ESMTP\r\n")


class DnsTest(CheckTestCase):
    def by_udp(self, how: str, code: int, before: bytes = b"", proxy: str | None = None) -> tuple[str | None, bytes]:
        """The verdict, and the query, when the server answers with this code."""
        heard: list[bytes] = []

        def answer() -> None:
            query, client = server.recvfrom(65535)
            heard.append(query)
            query = query[28:] if proxy else query
            if before:
                server.sendto(before, client)
            server.sendto(query[:2] + bytes([0x81, code]) + query[4:], client)

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.settimeout(PATIENCE)
            answering = threading.Thread(target=answer)
            answering.start()
            verdict = self.check(how, server.getsockname()[1], "udp", proxy=proxy)
            answering.join()
        return verdict, heard[0]

    def test_asks_for_the_address_of_a_name(self):
        verdict, query = self.by_udp("dns:www.example", 0)
        self.assertIsNone(verdict)
        self.assertEqual(b"\1\0\0\1\0\0\0\0\0\0\3www\7example\0\0\1\0\1", query[2:])

    def test_no_such_name_is_an_answer_and_an_error_is_none(self):
        self.assertIsNone(self.by_udp("dns:www.example", 3)[0])
        self.assertIn("www.example: SERVFAIL", self.by_udp("dns:www.example", 2)[0])
        self.assertIn("www.example: REFUSED", self.by_udp("dns:www.example", 5)[0])

    def test_without_a_name_any_answer_will_do_and_the_question_goes_no_further(self):
        verdict, query = self.by_udp("dns", 5)
        self.assertIsNone(verdict)
        self.assertEqual(b"\2id\6server\0\0\x10\0\3", query[12:])

    def test_an_answer_to_another_question_is_skipped(self):
        self.assertIsNone(self.by_udp("dns:www.example", 0, before=b"\0")[0])

    def test_by_tcp_there_is_a_length_ahead(self):
        def script(heard: Heard) -> None:
            query = heard.hear(struct.unpack("!H", heard.hear(2))[0])
            heard.say(struct.pack("!H", len(query)) + query[:2] + b"\x81\0" + query[4:])

        server = self.serve(script)
        self.assertIsNone(self.check("dns:www.example", server.port))
        server.heard()

    def test_names_are_checked_beforehand(self):
        self.assertEqual(b"\0", check_protocols.dns_name("."))
        for wrong in ("a..b", ".a", "a" * 64, "a." * 130):
            with self.subTest(wrong), self.assertRaises(ValueError):
                checks.named("dns:" + wrong, "udp")

    def test_with_a_proxy_header_ahead_of_the_query(self):
        verdict, query = self.by_udp("dns:www.example", 0, proxy="v2")
        self.assertIsNone(verdict)
        self.assertEqual(b"\r\n\r\n\0\r\nQUIT\n\x21\x12\0\x0c" + b"\x7f\0\0\1" * 2, query[:24])
        self.assertEqual(b"\3www\7example\0", query[40:53])


class TlsTest(CheckTestCase):
    def test_shakes_hands(self):
        with tempfile.TemporaryDirectory() as directory:
            context = Certificates(directory).server_context()
        names: list[str | None] = []
        context.sni_callback = lambda sock, name, _: names.append(name)

        def script(heard: Heard) -> None:
            with context.wrap_socket(heard._connection, server_side=True) as encrypted:
                encrypted.recv(1)

        server = self.serve(script)
        self.assertIsNone(self.check("tls", server.port))
        self.assertIsNone(self.check("tls:www.example", server.port))
        self.assertEqual([None, "www.example"], names)
        self.assert_unwell("wrong version number", "tls", b"220 mail ESMTP\r\n")


class ProxyHeaderTest(CheckTestCase):
    def heard(self, version: str, how: str) -> tuple[SpeakingServer, bytes]:
        server = self.answering(b"+PONG\r\n")
        self.assertIsNone(self.check(how, server.port, proxy=version))
        return server, server.heard()

    def test_v2_is_a_local_one(self):
        for version in ("v2", "v2-each"):
            for how, rest in (("tcp", b""), ("redis", b"PING\r\n")):
                with self.subTest(version=version, how=how):
                    _, heard = self.heard(version, how)
                    self.assertEqual(b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0" + rest, heard)

    def test_v1_names_the_two_addresses_of_the_connection(self):
        for how, rest in (("tcp", b""), ("redis", b"PING\r\n")):
            with self.subTest(how):
                server, heard = self.heard("v1", how)
                pattern = rf"\APROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ {server.port}\r\n{rest.decode()}\Z"
                self.assertRegex(heard.decode(), pattern)


@unittest.skipUnless(os.path.exists("/proc/net/udp"), "no /proc/net/udp here")
class BoundTest(CheckTestCase):
    def bind(self, host: str) -> socket.socket:
        server = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(server.close)
        try:
            server.bind((host, 0))
        except OSError as error:
            self.skipTest(f"{host}: {error}")
        return server

    def test_a_bound_port_is_enough_and_gets_nothing(self):
        for host in ("127.0.0.1", "0.0.0.0", "::", "::ffff:127.0.0.1"):
            with self.subTest(host):
                server = self.bind(host)
                self.assertIsNone(self.check("bound", server.getsockname()[1], "udp"))
                server.setblocking(False)
                with self.assertRaises(BlockingIOError):
                    server.recv(1)

    def test_another_address_or_a_client_does_not_count(self):
        self.assertIn("nobody has bound", self.check("bound", self.bind("127.0.0.2").getsockname()[1], "udp"))
        client = self.bind("127.0.0.1")
        client.connect(("127.0.0.1", 9))
        self.assertIn("nobody has bound UDP port 127.0.0.1:", self.check("bound", client.getsockname()[1], "udp"))

    def test_by_ipv6(self):
        for host in ("::1", "::"):
            port = self.bind(host).getsockname()[1]
            self.assertIsNone(checks.bound(Target("::1", port, socket.AF_INET6, 1.0)))
            self.assertIn("[::2]", checks.bound(Target("::2", port + 1, socket.AF_INET6, 1.0)))


class ChoiceTest(unittest.TestCase):
    def test_the_usual_port_decides_when_nothing_is_said(self):
        expected = {25: "smtp", 53: "dns", 587: "smtp", 3306: "mysql", 5432: "postgres", 6379: "redis", 8080: "tcp"}
        self.assertEqual(expected, {port: checks.default("tcp", port, elsewhere=False) for port in expected})
        self.assertEqual("dns", checks.default("udp", 53, elsewhere=True))
        self.assertEqual("udp", checks.default("udp", 161, elsewhere=True))
        bound = "bound" if os.path.exists("/proc/net/udp") else "udp"
        self.assertEqual(bound, checks.default("udp", 161, elsewhere=False))

    def test_what_cannot_be_meant_is_refused(self):
        for wrong in ("http:", "http:path", "http://", "https:/", "redis:x", "smtp:x"):
            with self.subTest(wrong), self.assertRaises(ValueError):
                checks.named(wrong, "tcp")


class VerdictTest(unittest.TestCase):
    def test_one_failure_does_not_take_a_server_out_and_one_success_brings_it_back(self):
        verdict = checks.Verdict(failures=2, successes=1)
        self.assertFalse(verdict.good)
        passed = [True, False, True, False, False, False, True]
        self.assertEqual([True, True, True, True, False, False, True], [verdict.after(each) for each in passed])

    def test_successes_may_have_to_be_several_from_the_start(self):
        verdict = checks.Verdict(failures=1, successes=3)
        passed = [True, True, False, True, True, True, False]
        self.assertEqual([False] * 5 + [True, False], [verdict.after(each) for each in passed])


if __name__ == "__main__":
    unittest.main()
