"""lander.py and agent.py by TLS, against a scripted balancer."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

try:
    import msgpack  # noqa: F401  lander.py needs it
except ImportError:
    raise unittest.SkipTest("msgpack is missing (Debian: python3-msgpack)") from None

CLIENTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, CLIENTS)

import lander
from certificates import Certificates
from limited import LimitedTestCase
from scripted_balancer import ScriptedBalancer

CHECK = {"cmd": "healthcheck", "protocol": "tcp", "port": 50000, "state": "good"}


class TlsTestCase(LimitedTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.certificates = Certificates(directory.name)

    def start_balancer(self, **options) -> ScriptedBalancer:
        tls = self.certificates.server_context(**options)
        balancer = ScriptedBalancer(tls=tls)
        self.addCleanup(balancer.close)
        return balancer


class LanderTlsTest(TlsTestCase):
    def setUp(self) -> None:
        super().setUp()
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)

    def register(self, balancer: ScriptedBalancer, **options) -> lander.Registration:
        registration = lander.register(*balancer.address, port=30000, relay_port=50000, **options)
        self.addCleanup(registration.close)
        return registration

    def test_registers_answers_and_unregisters(self):
        balancer = self.start_balancer()
        with self.register(balancer, tls=self.certificates.ca):
            balancer.expect("register")
            balancer.push(CHECK)
            self.assertEqual(CHECK, balancer.next_message())
        balancer.expect("unregister")
        balancer.expect_end()

    def test_asks_for_the_status(self):
        balancer = self.start_balancer()
        services = ["x" * 100_000]  # more than a record of TLS holds
        balancer.answer = lambda message: {"error": 0, "services": services}
        self.assertEqual({"services": services}, lander.status(*balancer.address, tls=self.certificates.ca))

    def test_a_context_may_have_a_certificate_to_show(self):
        balancer = self.start_balancer(demand_certificate=True)
        self.register(balancer, tls=self.certificates.client_context())
        balancer.expect("register")
        with self.assertRaises(ConnectionError):
            self.register(balancer, tls=self.certificates.ca)
        self.assertTrue(balancer.heard_nothing())

    def test_a_certificate_of_nobody_known_is_refused(self):
        balancer = self.start_balancer()
        with self.assertRaisesRegex(ConnectionError, "CERTIFICATE_VERIFY_FAILED"):
            self.register(balancer, tls=True)
        self.assertTrue(balancer.heard_nothing())

    def test_a_certificate_for_another_host_is_refused(self):
        balancer = self.start_balancer(name="elsewhere")
        with self.assertRaisesRegex(ConnectionError, "not valid for '127.0.0.1'"):
            self.register(balancer, tls=self.certificates.ca)
        self.assertTrue(balancer.heard_nothing())

    def test_a_balancer_without_tls_is_a_connection_error(self):
        balancer = ScriptedBalancer()
        self.addCleanup(balancer.close)
        with self.assertRaises(ConnectionError):
            self.register(balancer, tls=self.certificates.ca, timeout=0.5)

    def test_a_file_that_is_missing_is_told_at_once(self):
        with self.assertRaises(FileNotFoundError):
            lander.register("127.0.0.1", 1, port=30000, relay_port=50000, tls="/nonexistent", background=True)

    def test_registers_again_after_the_link_was_lost(self):
        balancer = self.start_balancer()
        self.register(balancer, tls=self.certificates.ca)
        balancer.expect("register")
        balancer.drop_connections()
        balancer.expect("register")

    def test_files_are_read_again_for_each_new_link(self):
        balancer = self.start_balancer(demand_certificate=True)
        with tempfile.TemporaryDirectory() as directory:
            here = [os.path.join(directory, name) for name in ("ca.pem", "client.pem", "client.key")]

            def put(*sources: str) -> None:
                for source, target in zip(sources, here):
                    shutil.copyfile(self.certificates.path(source), target)

            def context() -> ssl.SSLContext:
                read = ssl.create_default_context(cafile=here[0])
                read.load_cert_chain(*here[1:])
                return read

            put("ca.pem", "client.pem", "client.key")
            registration = self.register(balancer, tls=context)
            balancer.expect("register")
            put("elsewhere.pem", "elsewhere.pem", "elsewhere.key")  # an authority that has not issued the balancer's
            balancer.drop_connections()
            balancer.expect_end()
            self.eventually(lambda: "CERTIFICATE_VERIFY_FAILED" in str(registration._links[0].error), "read again")
            put("ca.pem", "client.pem", "client.key")
            balancer.expect("register")

    def test_a_file_with_authorities_is_read_again(self):
        balancer = self.start_balancer()
        with tempfile.TemporaryDirectory() as directory:
            ca = os.path.join(directory, "ca.pem")
            shutil.copyfile(self.certificates.ca, ca)
            registration = self.register(balancer, tls=ca)
            balancer.expect("register")
            os.remove(ca)
            balancer.drop_connections()
            self.eventually(lambda: "No such file" in str(registration._links[0].error), "read again")
            shutil.copyfile(self.certificates.ca, ca)
            balancer.expect("register")

    def test_many_threads_may_send_while_one_receives(self):
        balancer = self.start_balancer()
        registration = self.register(balancer, tls=self.certificates.ca)
        balancer.expect("register")
        rounds, threads = 300, 4

        def change_health() -> None:
            for i in range(rounds):
                registration.healthy = bool(i % 2)
                balancer.push(CHECK)

        changing = [threading.Thread(target=change_health) for _ in range(threads)]
        for thread in changing:
            thread.start()
        for thread in changing:
            thread.join()
        registration.close()
        count = 0
        while balancer.next_message()["cmd"] == "healthcheck":
            count += 1
        self.assertGreaterEqual(count, rounds * threads)


class AgentTlsTest(TlsTestCase):
    def start(self, balancer: ScriptedBalancer, *options: str) -> subprocess.Popen:
        agent = os.path.join(CLIENTS, "agent.py")
        line = [sys.executable, agent, f"127.0.0.1:{balancer.port}", "--port", "30000", "--relay-port", "50000"]
        process = subprocess.Popen([*line, "--check", "true", *options], stderr=subprocess.PIPE, text=True)

        def end() -> None:
            process.kill()
            process.communicate()

        self.addCleanup(end)
        return process

    def test_registers_with_its_certificate_and_ends(self):
        balancer = self.start_balancer(demand_certificate=True)
        certificate, key = (self.certificates.path("client" + end) for end in (".pem", ".key"))
        agent = self.start(balancer, "--tls-ca", self.certificates.ca, "--tls-cert", certificate, "--tls-key", key)
        service = balancer.expect("register")
        self.assertTrue(any("registered tcp" in line for line in agent.stderr))
        agent.send_signal(signal.SIGTERM)
        balancer.expect("drain")
        balancer.push({**service, "cmd": "drain", "active": 0})
        balancer.expect("unregister")
        self.assertEqual(0, agent.wait())

    def test_does_not_trust_everybody(self):
        balancer = self.start_balancer()
        agent = self.start(balancer, "--tls")
        self.assertTrue(any("CERTIFICATE_VERIFY_FAILED" in line for line in agent.stderr))
        self.assertTrue(balancer.heard_nothing())

    def test_wrong_options_give_the_usage_and_2(self):
        wrong = {
            "--tls-ca:": ["--tls-ca", "/nonexistent"],
            "--tls-cert, --tls-key:": ["--tls-cert", self.certificates.ca],
            "--tls-key without --tls-cert": ["--tls-key", self.certificates.path("client.key")],
        }
        balancer = self.start_balancer()
        for told, options in wrong.items():
            with self.subTest(told):
                agent = self.start(balancer, *options)
                self.assertIn(told, agent.stderr.read())
                self.assertEqual(2, agent.wait())


if __name__ == "__main__":
    unittest.main()
