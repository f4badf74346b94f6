"""The agent's checks against real servers: those of the programs that are installed."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

CLIENTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, CLIENTS)

import checks
from certificates import Certificates
from check_target import Target
from limited import LimitedTestCase

# Enough for a database to make itself and start on a busy machine.
START_SECONDS = 60.0

# As many checks in a row make MariaDB block an address, when each of them counts as an error.
MANY = 120


class DaemonTestCase(LimitedTestCase):
    """One server for the class, in a directory of its own; `start` in a subclass starts it."""

    directory: str
    port: int
    process: subprocess.Popen
    program: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.program = cls.find()
        # Not the user's own temporary directory, which a server under another user may not enter.
        cls.directory = tempfile.mkdtemp(dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            cls.port = free.getsockname()[1]
        cls.process = cls.start()

        def end() -> None:
            cls.process.send_signal(signal.SIGCONT)
            cls.process.kill()
            cls.process.wait()

        cls.addClassCleanup(end)
        deadline = time.monotonic() + START_SECONDS
        while trouble := cls.check(cls.ready):
            if time.monotonic() > deadline or cls.process.poll() is not None:
                raise AssertionError(f"{cls.program} did not start: {trouble}\n{cls.log()}")
            time.sleep(0.05)

    ready = "tcp"

    @classmethod
    def find(cls) -> str:
        path = shutil.which(cls.program, path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not path:
            raise unittest.SkipTest(f"{cls.program} is missing")
        return path

    @classmethod
    def start(cls) -> subprocess.Popen:
        raise NotImplementedError

    @classmethod
    def run_server(cls, *line: str, user: str | None = None) -> subprocess.Popen:
        log = open(cls.path("log"), "w", encoding="utf-8")  # noqa: SIM115  the server's, to its end
        with log:
            # In no group of ours: PostgreSQL refuses to run as root.
            as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
            return subprocess.Popen(line, stdout=log, stderr=log, cwd=cls.directory, **as_user)

    @classmethod
    def path(cls, name: str) -> str:
        return os.path.join(cls.directory, name)

    @classmethod
    def log(cls, name: str = "log") -> str:
        with open(cls.path(name), encoding="utf-8", errors="replace") as log:
            return log.read()

    @classmethod
    def check(
        cls, how: str, port: int | None = None, protocol: str = "tcp", proxy: str | None = None, timeout: float = 10.0
    ) -> str | None:
        return checks.named(how, protocol)(Target("127.0.0.1", port or cls.port, socket.AF_INET, timeout, proxy))

    def assert_well(self, how: str, times: int = 5, **options) -> None:
        for _ in range(times):
            self.assertIsNone(self.check(how, **options))

    def assert_noticed_when_it_hangs(self, how: str, **options) -> None:
        """A stopped process still accepts: its system does that."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            self.assertIn("timed out", self.check(how, timeout=0.2, **options) or "nothing noticed")
        finally:
            self.process.send_signal(signal.SIGCONT)
        self.eventually(lambda: self.check(how, **options) is None, "well again")


class RedisTest(DaemonTestCase):
    program = "redis-server"
    ready = "redis"  # it listens before it logs that it does

    @classmethod
    def start(cls) -> subprocess.Popen:
        return cls.run_server(cls.program, "--port", str(cls.port), "--bind", "127.0.0.1", "--save", "")

    def ask(self, command: bytes, end: bytes) -> str:
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(command + b"\r\n")
            answer = b""
            while not answer.endswith(end):
                answer += connection.recv(65536)
        return answer.decode()

    def test_logs_nothing_and_wants_no_password(self):
        before = self.log()
        self.assert_well("redis")
        self.ask(b"CONFIG SET requirepass secret", b"\r\n")
        self.assert_well("redis")
        self.assertEqual(before, self.log())
        self.assert_noticed_when_it_hangs("redis")


class PostgresTest(DaemonTestCase):
    program = "postgres"
    ready = "postgres"

    @classmethod
    def find(cls) -> str:
        for folder in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True):
            if os.path.exists(os.path.join(folder, "initdb")):
                return os.path.join(folder, "postgres")
        raise unittest.SkipTest("postgres is missing")

    @classmethod
    def start(cls) -> subprocess.Popen:
        user = "nobody" if os.geteuid() == 0 else None
        if user:
            os.chown(cls.directory, pwd.getpwnam(user).pw_uid, -1)
        data = cls.path("data")
        made = cls.run_server(os.path.join(os.path.dirname(cls.program), "initdb"), "-D", data, "-N", "-U", "admin",
            "--auth-local=trust", "--auth-host=scram-sha-256", user=user)  # fmt: skip
        if made.wait():
            raise AssertionError(cls.log())
        cls.rules("host all all 127.0.0.1/32 scram-sha-256")
        return cls.run_server(cls.program, "-D", data, "-p", str(cls.port), "-k", cls.directory, "-F",
            "-c", "listen_addresses=127.0.0.1", user=user)  # fmt: skip

    @classmethod
    def rules(cls, *lines: str) -> None:
        with open(cls.path("data/pg_hba.conf"), "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, "local all all trust", ""]))

    def reload_as_at_the_start(self) -> None:
        self.rules("host all all 127.0.0.1/32 scram-sha-256")
        self.process.send_signal(signal.SIGHUP)

        def asks() -> bool:
            before = self.log()
            return self.check("postgres") is None and self.log() == before

        self.eventually(asks, "it asks for a password")

    def test_who_wants_a_password_logs_nothing(self):
        before = self.log()
        self.assert_well("postgres", times=20)
        self.assertEqual(before, self.log())
        self.assert_noticed_when_it_hangs("postgres")

    def test_who_trusts_logs_nothing_for_a_user_that_exists_and_a_line_for_one_that_does_not(self):
        self.addCleanup(self.reload_as_at_the_start)
        self.rules("host all all 127.0.0.1/32 trust")
        self.process.send_signal(signal.SIGHUP)
        trusts = 'role "first" does not exist'
        self.eventually(lambda: bool(self.check("postgres:first")) or trusts in self.log(), "it trusts")
        before = self.log()
        self.assert_well("postgres:admin", times=20)
        self.assertEqual(before, self.log())
        self.assert_well("postgres:nobody_here", times=3)
        self.eventually(lambda: self.log().count('FATAL:  role "nobody_here" does not exist') == 3, "a line for each")


class MariadbTest(DaemonTestCase):
    program = "mariadbd"
    ready = "mysql"

    @classmethod
    def start(cls) -> subprocess.Popen:
        install = shutil.which("mariadb-install-db")
        if not install or not shutil.which("my_print_defaults"):
            raise unittest.SkipTest("mariadb-install-db or my_print_defaults is missing")
        user = "nobody" if os.geteuid() == 0 else None
        if user:
            os.chown(cls.directory, pwd.getpwnam(user).pw_uid, -1)
        # A user without a password, and nobody else: no anonymous one, who would let everybody in.
        with open(cls.path("init"), "w", encoding="utf-8") as file:
            file.write("create user checker@'%';\n")
        made = cls.run_server(install, "--no-defaults", f"--datadir={cls.path('data')}", "--skip-test-db",
            "--skip-name-resolve", user=user)  # fmt: skip
        if made.wait():
            raise AssertionError(cls.log())
        return cls.run_server(cls.program, "--no-defaults", f"--datadir={cls.path('data')}", f"--port={cls.port}",
            "--bind-address=127.0.0.1", f"--socket={cls.path('socket')}", f"--pid-file={cls.path('pid')}",
            f"--init-file={cls.path('init')}", "--proxy-protocol-networks=127.0.0.0/8", user=user)  # fmt: skip

    def test_a_user_that_exists_leaves_no_line_and_one_that_does_not_a_warning(self):
        before = self.log()
        self.assert_well("mysql:checker", times=MANY)
        self.assertEqual(before, self.log())
        self.assert_well("mysql", times=3)
        denied = "[Warning] Access denied for user 'lander'"
        self.eventually(lambda: self.log().count(denied) == before.count(denied) + 3, "a warning for each")
        self.assertNotIn("Aborted connection", self.log())
        self.assert_noticed_when_it_hangs("mysql:checker")

    def test_takes_a_proxy_header_ahead(self):
        for version in ("v1", "v2"):
            with self.subTest(version):
                self.assert_well("mysql:checker", proxy=version)


class NginxTest(DaemonTestCase):
    program = "nginx"

    @classmethod
    def start(cls) -> subprocess.Popen:
        with socket.create_server(("127.0.0.1", 0)) as proxied, socket.create_server(("127.0.0.1", 0)) as encrypted:
            cls.proxied, cls.encrypted = proxied.getsockname()[1], encrypted.getsockname()[1]
        certificates = Certificates(cls.directory)
        with open(cls.path("conf"), "w", encoding="utf-8") as file:
            file.write(f"""daemon off; worker_processes 1; master_process off; pid {cls.path("pid")};
error_log {cls.path("log")} notice; events {{}}
http {{ access_log {cls.path("access")};
  client_body_temp_path {cls.path("body")}; proxy_temp_path {cls.path("proxy")};
  fastcgi_temp_path {cls.path("fastcgi")}; uwsgi_temp_path {cls.path("uwsgi")}; scgi_temp_path {cls.path("scgi")};
  server {{ listen 127.0.0.1:{cls.port}; listen 127.0.0.1:{cls.proxied} proxy_protocol;
    location / {{ return 200 well; }} location /ill {{ return 503; }} }}
  server {{ listen 127.0.0.1:{cls.encrypted} ssl; ssl_certificate {certificates.path("server.pem")};
    ssl_certificate_key {certificates.path("server.key")}; }} }}
""")
        return cls.run_server(cls.program, "-c", cls.path("conf"), "-e", cls.path("log"))

    def test_a_page_is_one_line_of_the_access_log(self):
        before = self.log()
        self.assert_well("http:/", times=3)
        self.eventually(lambda: self.log("access").count('"GET / HTTP/1.1" 200 4 "-" "lander-agent"') >= 3, "logged")
        self.assertIn("GET /ill: HTTP/1.1 503", self.check("http:/ill"))
        self.assertEqual(before, self.log())
        self.assert_noticed_when_it_hangs("http:/")

    def test_with_a_proxy_header_where_that_is_wanted(self):
        for version in ("v1", "v2"):
            with self.subTest(version):
                self.assert_well("http:/", port=self.proxied, proxy=version)
        self.assertIn("closed", self.check("http:/", port=self.proxied))

    def test_shakes_hands(self):
        before = self.log(), self.log("access")
        self.assert_well("tls", port=self.encrypted)
        self.assert_well("tls:www.example", port=self.encrypted)
        self.assertEqual(before, (self.log(), self.log("access")))


class DnsmasqTest(DaemonTestCase):
    program = "dnsmasq"

    @classmethod
    def start(cls) -> subprocess.Popen:
        user = pwd.getpwuid(os.geteuid()).pw_name
        return cls.run_server(cls.program, "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
            "--listen-address=127.0.0.1", "--bind-interfaces", f"--port={cls.port}", f"--user={user}", "--pid-file=",
            "--log-facility=-", "--host-record=www.example,192.0.2.1")  # fmt: skip

    def test_answers_for_its_names_and_for_the_question_of_no_name(self):
        before = self.log()
        for protocol in ("udp", "tcp"):
            with self.subTest(protocol):
                self.assert_well("dns", protocol=protocol)
                self.assert_well("dns:www.example", protocol=protocol)
                self.assertIn("www.elsewhere: REFUSED", self.check("dns:www.elsewhere", protocol=protocol))
        self.assertEqual(before, self.log())
        self.assert_well("bound", protocol="udp")
        self.assert_noticed_when_it_hangs("dns", protocol="udp")


class UnboundTest(DaemonTestCase):
    program = "unbound"

    @classmethod
    def start(cls) -> subprocess.Popen:
        with open(cls.path("conf"), "w", encoding="utf-8") as file:
            file.write(f"""server:
  interface: 127.0.0.1@{cls.port}
  proxy-protocol-port: {cls.port}
  do-daemonize: no
  chroot: ""
  username: ""
  directory: "{cls.directory}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  local-data: "www.example. A 192.0.2.1"
remote-control:
  control-enable: no
""")
        return cls.run_server(cls.program, "-d", "-c", cls.path("conf"))

    def test_with_a_proxy_header_on_udp_and_tcp(self):
        for protocol in ("udp", "tcp"):
            with self.subTest(protocol):
                self.assert_well("dns:www.example", protocol=protocol, proxy="v2")
        before = self.log()
        self.assert_well("bound", protocol="udp", proxy="v2")
        self.assertEqual(before, self.log())
        self.assertNotIn("error:", before)



if __name__ == "__main__":
    unittest.main()
