"""agent.py as its users run it, a process, against a scripted balancer and real servers."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

try:
    import msgpack  # noqa: F401  the agent needs it
except ImportError:
    raise unittest.SkipTest("msgpack is missing (Debian: python3-msgpack)") from None

from limited import PATIENCE, LimitedTestCase
from scripted_balancer import Message, ScriptedBalancer, listen
from speaking_server import SpeakingServer

AGENT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "agent.py")

# A command that tells when it has started and that it was asked to end.
POLITE_CHILD = """
import signal
signal.alarm(60)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print("started", flush=True)
signal.sigwait([signal.SIGTERM])
print("asked to end", flush=True)
"""


class AgentTestCase(LimitedTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.balancer = ScriptedBalancer()
        self.addCleanup(self.balancer.close)

    def start_registered(self, *options: str, command: tuple[str, ...] = ()) -> subprocess.Popen:
        """Starts an agent whose check passes, and waits until it knows that it is registered."""
        agent = self.start("--check", "true", *options, command=command)
        self.service = self.balancer.expect("register")
        self.expect_log(agent, "registered tcp")
        return agent

    def start(
        self, *options: str, port: int = 30000, others: tuple[str, ...] = (), command: tuple[str, ...] = ()
    ) -> subprocess.Popen:
        """Starts the agent with short pauses; its log and its command's output come line by line.

        `others` are balancers that it is told of before ours.
        """
        line = [*others, f"127.0.0.1:{self.balancer.port}", "--port", str(port), *options]
        line += ["--relay-port", "50000", "--check-interval", "20ms", *(["--", *command] if command else [])]
        return self.start_line(*line)

    def start_line(self, *line: str, prefix: tuple[str, ...] = ()) -> subprocess.Popen:
        line, pipe = (*prefix, sys.executable, AGENT, *line), subprocess.PIPE
        agent = subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

        def end() -> None:
            agent.kill()
            agent.communicate()

        self.addCleanup(end)
        return agent

    def expect_log(self, agent: subprocess.Popen, text: str) -> None:
        for line in agent.stderr:
            if text in line:
                return
        self.fail(f"the agent ended and never said {text!r}")

    def listen(self, port: int = 0) -> socket.socket:
        server = socket.create_server(("127.0.0.1", port))
        self.addCleanup(server.close)
        return server

    def unused_port(self) -> int:
        with self.listen() as server:
            return server.getsockname()[1]

    def expect_state(self, state: str) -> None:
        expected = {"cmd": "healthcheck", "protocol": "tcp", "port": 50000, "state": state}
        self.assertEqual(expected, self.balancer.next_message())


class Process1Test(AgentTestCase):
    """The agent as the first process of a PID namespace, as in a container."""

    def start_first(self, *command: str) -> subprocess.Popen:
        """The namespace ends with its first process, and that with `unshare`."""
        unshare = ("unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), "--pid", "--fork")
        unshare += ("--mount-proc", "--kill-child")
        try:
            tried = subprocess.run([*unshare, "true"], stderr=subprocess.PIPE, text=True)
        except FileNotFoundError:
            self.skipTest("the program unshare is missing")
        if tried.returncode:
            self.skipTest(f"no PID namespace can be had: {tried.stderr}")
        line = (f"127.0.0.1:{self.balancer.port}", "--port", "30000", "--relay-port", "50000", "--check", "true")
        agent = self.start_line(*line, "--check-interval", "20ms", "--", *command, prefix=unshare)
        self.balancer.expect("register")
        return agent

    def test_collects_the_orphans_that_its_command_leaves(self):
        leave = "for i in 1 2 3 4 5 6 7 8; do (true &) ; done; echo left; "
        leave += "while :; do ps -e -o stat=; echo; sleep 0.05; done"
        agent = self.start_first("sh", "-c", leave)
        self.assertEqual("left\n", agent.stdout.readline())
        states: list[str] = []

        def no_zombie() -> bool:
            states.clear()
            while line := agent.stdout.readline().strip():
                states.append(line)
            return not any(state.startswith("Z") for state in states)

        self.eventually(no_zombie, "no zombie is left")
        self.assertGreaterEqual(len(states), 4)  # process 1, the agent, sh, ps: all is seen

    def test_passes_signals_on_and_ends_in_order(self):
        agent = self.start_first(sys.executable, "-c", POLITE_CHILD)
        self.assertEqual("started\n", agent.stdout.readline())
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(agent.pid)], stdout=subprocess.PIPE, text=True)
        os.kill(int(children.stdout), signal.SIGTERM)
        drain = self.balancer.expect("drain")
        self.balancer.push({**drain, "active": 0})
        self.balancer.expect("unregister")
        self.assertEqual(0, agent.wait())
        self.assertEqual("asked to end\n", agent.stdout.readline())

    def test_ends_with_its_command_and_gives_its_status(self):
        agent = self.start_first("sh", "-c", "read line; exit 7")
        agent.stdin.write("\n")
        agent.stdin.flush()
        self.assertEqual(7, agent.wait())


class OptionsFileTest(AgentTestCase):
    def test_options_may_come_from_a_file_that_is_read_as_a_shell_would(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("# of db1\n--name 'the first' --weight 2  # for now\n\n--check true\n")
            file.flush()
            self.start("@" + file.name)
            service = self.balancer.expect("register")
        self.assertEqual(("the first", 2), (service["name"], service["weight"]))

    def test_a_quote_that_is_left_open_is_named(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("--name 'the first\n")
            file.flush()
            agent = self.start("@" + file.name)
            self.expect_log(agent, "No closing quotation")
            self.assertEqual(2, agent.wait(PATIENCE))


class CheckTest(AgentTestCase):
    def test_registers_with_all_fields_once_the_server_accepts(self):
        port = self.unused_port()
        fields = {"name": "db1", "weight": 2, "balance": "leastconn", "max_connections": 9, "proxy_protocol": "v1",
                  "max_bytes_per_second": 1000, "max_duration": "1h", "metrics_port": 9187}
        options = [text for field, value in fields.items() for text in ("--" + field.replace("_", "-"), str(value))]
        with tempfile.NamedTemporaryFile("w") as token:
            token.write("secret\n")
            token.flush()
            fields["backup"] = True
            fields["clients"] = ["!10.9.0.0/16", "::/0"]
            fields["server_names"] = ["db.example.com", "*.db.example.com"]
            fields["alpn"] = ["postgresql"]
            fields["preamble"] = "postgres"
            lists = ["--clients", "!10.9.0.0/16,::/0", "--server-names", "db.example.com,*.db.example.com", "--alpn", "postgresql"]
            lists += ["--preamble", "postgres"]
            agent = self.start(*options, "--backup", *lists, "--token-file", token.name, port=port)
            self.expect_log(agent, "check failed: connect to 127.0.0.1")
            self.assertTrue(self.balancer.heard_nothing())
            self.listen(port)
            service = {"cmd": "register", "protocol": "tcp", "port": port, "relay_port": 50000}
            self.assertEqual({**service, **fields, "token": "secret"}, self.balancer.next_message())

    def test_reports_bad_while_the_server_does_not_accept(self):
        server = self.listen()
        port = server.getsockname()[1]
        self.start(port=port)
        self.balancer.expect("register")
        server.close()
        self.expect_state("bad")
        self.balancer.push({"cmd": "healthcheck", "protocol": "tcp", "port": 50000, "state": "bad"})
        self.expect_state("bad")
        self.listen(port)
        self.expect_state("good")

    def test_a_balancer_that_cannot_be_found_keeps_the_server_from_no_other(self):
        self.start(port=self.listen().getsockname()[1], others=("lb.invalid:9988",))
        self.balancer.expect("register")

    def test_a_udp_server_need_not_answer_but_be_there(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            self.start("--protocol", "udp", port=server.getsockname()[1])
            self.assertEqual("udp", self.balancer.expect("register")["protocol"])
        self.assertEqual("bad", self.balancer.expect("healthcheck")["state"])

    def test_one_failed_check_does_not_take_the_server_out(self):
        with tempfile.TemporaryDirectory() as directory:
            count, failing = (os.path.join(directory, name) for name in ("count", "failing"))
            open(count, "w").close()
            # Fails by turns, and each time when told so.
            check = f"echo >> {count}; test ! -e {failing} && test $(($(wc -l < {count}) % 2)) = 1"
            self.start("--check", check, "--check-failures", "2")
            self.balancer.expect("register")
            self.eventually(lambda: os.path.getsize(count) > 10, "checked again and again")
            self.assertTrue(self.balancer.heard_nothing())
            open(failing, "w").close()
            self.expect_state("bad")

    def test_some_successes_in_a_row_may_be_wanted(self):
        with tempfile.NamedTemporaryFile("r") as count:
            self.start("--check", f"echo >> {count.name}", "--check-successes", "4")
            self.balancer.expect("register")
            self.assertGreaterEqual(os.path.getsize(count.name), 4)

    def test_a_server_that_is_registered_for_proxy_headers_is_checked_with_one(self):
        server = SpeakingServer(lambda heard: heard.hear_to_end())
        self.addCleanup(server.close)
        self.start("--proxy-protocol", "v1", port=server.port)
        self.assertEqual("v1", self.balancer.expect("register")["proxy_protocol"])
        self.assertRegex(server.heard(), rb"\APROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\n\Z")

    def test_a_check_that_speaks_says_what_it_heard(self):
        server = SpeakingServer(lambda heard: heard.say(b"HTTP/1.1 503 Not Now\r\n\r\n"))
        self.addCleanup(server.close)
        agent = self.start("--check", "http:/health", port=server.port)
        self.expect_log(agent, f"check failed: 127.0.0.1:{server.port}: GET /health: HTTP/1.1 503 Not Now")

    def test_a_command_says_by_its_exit_status(self):
        with tempfile.TemporaryDirectory() as directory:
            flag, count = (os.path.join(directory, name) for name in ("flag", "count"))
            open(count, "w").close()
            agent = self.start("--check", f"echo >> {count}; test -e {flag}")
            self.expect_log(agent, "exited with 1")
            self.eventually(lambda: os.path.getsize(count) > 5, "checked again and again")
            self.assertTrue(self.balancer.heard_nothing())
            open(flag, "w").close()
            self.balancer.expect("register")
            os.remove(flag)
            self.expect_state("bad")

    def test_a_command_that_takes_too_long_is_killed_and_a_failure(self):
        with tempfile.NamedTemporaryFile("r") as pids:
            agent = self.start("--check", f"echo $$ >> {pids.name}; sleep 60", "--check-timeout", "50ms")
            self.expect_log(agent, "took longer than 0.05 s")
            with self.assertRaises(ProcessLookupError):
                os.kill(int(pids.readline()), 0)


class EndTest(AgentTestCase):
    def test_drains_waits_until_nobody_is_served_and_unregisters(self):
        agent = self.start_registered()
        agent.terminate()
        drain = {**self.service, "cmd": "drain"}
        self.assertEqual(drain, self.balancer.next_message())
        self.balancer.push({**drain, "active": 1})
        self.expect_log(agent, "1 active")
        self.assertTrue(self.balancer.heard_nothing())
        self.assertIsNone(agent.poll())
        self.balancer.push({**drain, "active": 0})
        self.assertEqual({**self.service, "cmd": "unregister"}, self.balancer.next_message())
        self.assertEqual(0, agent.wait())

    def test_unregisters_when_clients_are_left_after_the_drain_timeout(self):
        agent = self.start_registered("--drain-timeout", "50ms")
        agent.send_signal(signal.SIGINT)
        self.balancer.expect("drain")
        self.balancer.expect("unregister")
        self.assertEqual(0, agent.wait())

    def test_ends_at_once_while_nothing_is_registered(self):
        agent = self.start("--check", "false")
        self.expect_log(agent, "exited with 1")
        agent.terminate()
        self.assertEqual(0, agent.wait())
        self.assertTrue(self.balancer.heard_nothing())

    def test_ends_the_command_last(self):
        agent = self.start_registered(command=(sys.executable, "-c", POLITE_CHILD))
        self.assertEqual("started\n", agent.stdout.readline())
        agent.terminate()
        drain = self.balancer.expect("drain")
        at_unregister = []

        def note_whether_the_command_has_spoken(message: Message) -> Message:
            at_unregister.append(bool(select.select([agent.stdout], [], [], 0)[0]))
            return {"error": 0}

        self.balancer.answer = note_whether_the_command_has_spoken
        self.balancer.push({**drain, "active": 0})
        self.balancer.expect("unregister")
        self.assertEqual(0, agent.wait())
        self.assertEqual([False], at_unregister)
        self.assertEqual("asked to end\n", agent.stdout.readline())

    def test_a_second_signal_ends_it_and_kills_the_command(self):
        agent = self.start_registered(command=(sys.executable, "-c", POLITE_CHILD))
        agent.stdout.readline()
        agent.terminate()
        self.balancer.expect("drain")
        agent.terminate()
        self.assertEqual(128 + signal.SIGTERM, agent.wait())
        self.assertEqual("", agent.stdout.read())  # the end of file: the command is gone, and unasked

    def test_a_second_signal_kills_what_the_command_has_started(self):
        agent = self.start_registered(command=("sh", "-c", "sleep 60 & echo started; wait"))
        agent.stdout.readline()
        agent.terminate()
        self.balancer.expect("drain")
        agent.terminate()
        self.assertEqual("", agent.stdout.read())  # the end of file: nobody is left to write

    def test_a_command_that_exits_is_unregistered_and_gives_its_status(self):
        agent = self.start_registered(command=("sh", "-c", "read line; exit 7"))
        agent.stdin.write("\n")
        agent.stdin.flush()
        self.balancer.expect("unregister")
        self.assertEqual(7, agent.wait())

    def test_a_command_killed_by_a_signal_gives_what_a_shell_would(self):
        agent = self.start_registered(command=("sh", "-c", "read line; kill -9 $$"))
        agent.stdin.write("\n")
        agent.stdin.flush()
        self.assertEqual(128 + signal.SIGKILL, agent.wait())

    def test_a_balancer_that_refuses_keeps_the_server_from_no_other(self):
        refusing = ScriptedBalancer()
        self.addCleanup(refusing.close)
        refusing.answer = lambda message: {"error": 8, "message": "address in use"}
        agent = self.start("--check", "true", others=(f"127.0.0.1:{refusing.port}",))
        self.balancer.expect("register")
        for _ in range(3):
            refusing.expect("register")
        self.assertIsNone(agent.poll())
        refusing.answer = lambda message: {"error": 0}
        refusing.expect("register")
        agent.terminate()
        self.balancer.expect("drain")

    def test_a_rotated_token_is_taken_at_the_next_link(self):
        with tempfile.NamedTemporaryFile("w") as token:
            for secret in ("first", "second"):
                token.seek(0)
                token.write(secret + "\n")
                token.flush()
                if secret == "first":
                    self.start("--check", "true", "--token-file", token.name)
                else:
                    self.balancer.drop_connections()
                self.assertEqual(secret, self.balancer.expect("register")["token"])
                token.truncate(0)

    def test_a_token_file_that_is_missing_for_a_moment_is_waited_for(self):
        with tempfile.TemporaryDirectory() as directory:
            path, flag = (os.path.join(directory, name) for name in ("token", "flag"))
            with open(path, "w", encoding="utf-8") as token:
                token.write("secret\n")
            agent = self.start("--check", f"test -e {flag}", "--token-file", path)
            self.expect_log(agent, "exited with 1")
            os.remove(path)
            open(flag, "w").close()
            self.expect_log(agent, f"cannot register: [Errno 2] No such file or directory: '{path}'")
            with open(path, "w", encoding="utf-8") as token:
                token.write("secret\n")
            self.assertEqual("secret", self.balancer.expect("register")["token"])

    def test_a_registration_that_all_refuse_ends_it_with_the_reason(self):
        self.balancer.answer = lambda message: {"error": 10, "message": "token is missing"}
        agent = self.start("--check", "true", command=(sys.executable, "-c", POLITE_CHILD))
        self.expect_log(agent, "token is missing (error 10)")
        self.assertEqual(1, agent.wait())


class ScopedAddressTest(AgentTestCase):
    def test_an_address_of_one_interface_is_taken_everywhere(self):
        address = link_local()
        balancer = ScriptedBalancer(host=address)
        self.addCleanup(balancer.close)
        server = listen(address)
        self.addCleanup(server.close)
        port = server.getsockname()[1]
        line = [f"[{address}]:{balancer.port}", "--port", str(port), "--relay-port", "50000"]
        for options in ([], ["--check-host", address]):
            with self.subTest(options):
                agent = self.start_line(*line, *options)
                balancer.expect("register")
                self.expect_log(agent, f"[{address}]:{balancer.port}: registered tcp")
                agent.kill()


def link_local() -> str:
    """An address such as fe80::1%eth0 of this machine."""
    try:
        with open("/proc/net/if_inet6", encoding="ascii") as interfaces:
            rows = [line.split() for line in interfaces]
    except OSError:
        rows = []
    for packed, *_, interface in rows:
        if packed.startswith("fe80"):
            return f"{socket.inet_ntop(socket.AF_INET6, bytes.fromhex(packed))}%{interface}"
    raise unittest.SkipTest("no interface here has a link-local address")


class CommandLineTest(LimitedTestCase):
    def test_wrong_arguments_give_the_usage_and_2(self):
        right = ["lb:9988", "--port", "1", "--relay-port", "1"]
        wrong = [[], ["lb"], ["lb:x", *right[1:]], right[:3], [*right, "--check-interval", "5"], ["lb:0", *right[1:]]]
        wrong += [["lb:9988", "--port", "70000", *right[3:]], [*right[:3], "--relay-port", "0"]]
        wrong += [[*right, "--check", "http:nowhere"], [*right, "--check-failures", "0"]]
        for arguments in [*wrong, [*right, "--token-file", "/nonexistent"]]:
            with self.subTest(arguments):
                ended = subprocess.run([sys.executable, AGENT, *arguments], stderr=subprocess.PIPE, text=True)
                self.assertEqual(2, ended.returncode)
                self.assertIn("usage: agent.py", ended.stderr)

    def test_a_command_that_does_not_exist_is_127(self):
        line = [sys.executable, AGENT, "127.0.0.1:1", "--port", "1", "--relay-port", "1", "--", "/nonexistent"]
        ended = subprocess.run(line, stderr=subprocess.PIPE, text=True)
        self.assertEqual(127, ended.returncode)
        self.assertIn("/nonexistent", ended.stderr)


if __name__ == "__main__":
    unittest.main()
