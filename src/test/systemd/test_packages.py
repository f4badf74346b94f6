"""What the manual promises of the packages, under real systemd, on Debian 12 and 13.

    make test-systemd
"""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import machines  # noqa: E402
import roots  # noqa: E402

BUILT = machines.PROJECT / "target"

# What the service's user may write to, as the manual says; all else of the machine is closed to it.
WRITABLE = ["/run/lander", "/tmp", "/var/log/lander", "/var/tmp"]

HOLD_PORT = """
import socket, sys
server = socket.create_server(("::", 9988), family=socket.AF_INET6)
print("held", flush=True)
sys.stdin.read()
"""

ECHO = "import socket\ns=socket.create_server(('127.0.0.1', 7000))\nkept=[]\nwhile True: kept.append(s.accept()[0])"

CLIENT = """
import socket, sys
client = socket.create_connection(("127.0.0.1", 8000))
print("connected", flush=True)
sys.stdin.read()
"""

SINK = """
import socket
server = socket.create_server(("127.0.0.1", 7000))
while True:
    with server.accept()[0] as accepted:
        while accepted.recv(1 << 20): pass
"""

STREAMS = """
import re, socket, urllib.request
block = bytes(1 << 20)
for _ in range(50):
    with socket.create_connection(("127.0.0.1", 8000)) as client:
        for _ in range(16): client.sendall(block)
        client.shutdown(socket.SHUT_WR)
        client.recv(1)
    metrics = urllib.request.urlopen("http://127.0.0.1:9990/metrics").read().decode()
    spliced = float(re.search(r"^lander_spliced_bytes_total (\\S+)", metrics, re.M)[1])
    if spliced: break
print(int(spliced))
"""

CERTIFICATE = """
cd /etc/lander/tls
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -keyout new.key -out new.pem \
    -subj /CN=lb1 -set_serial {serial} 2>/dev/null
chgrp lander new.key new.pem && chmod 0640 new.key new.pem
mv new.key lb.key && mv new.pem lb.pem
"""

SERVED = "openssl s_client -connect 127.0.0.1:9988 </dev/null 2>/dev/null | openssl x509 -noout -serial"


def setUpModule() -> None:
    if os.getuid() != 0:
        raise unittest.SkipTest("missing: root")
    for program in ("debootstrap", "systemd-nspawn", "dpkg-deb"):
        if not shutil.which(program):
            raise unittest.SkipTest(f"missing: {program}")


class PackagesTest:
    suite = ""

    @classmethod
    def setUpClass(cls) -> None:
        cls.root = roots.root(cls.suite)
        cls.folder = tempfile.TemporaryDirectory(prefix="lander-packages-")
        shared = pathlib.Path(cls.folder.name)
        for package in BUILT.glob("*.deb"):
            shutil.copy(package, shared)
        _make_older(shared)
        try:
            machines.Machine(cls.root, shared).close()
        except RuntimeError as refused:
            cls.folder.cleanup()
            raise unittest.SkipTest(f"missing: the right to boot a container: {refused}") from refused

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def setUp(self) -> None:
        self.machine = machines.Machine(self.root, pathlib.Path(self.folder.name))
        self.addCleanup(self.machine.close)

    def install(self, *packages: str, version: str = "") -> None:
        chosen = " ".join(f"/packages/{version}{package}_*.deb" for package in packages or ("lander",))
        self.machine.run(f"DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends {chosen} 2>&1")

    def set_options(self, options: str) -> None:
        self.machine.run(f"""sed -i 's|^LANDER_OPTS=.*|LANDER_OPTS="{options}"|' /etc/default/lander""")

    def await_active(self, seconds: float = 30) -> None:
        self.machine.until("systemctl --quiet is-active lander", seconds)

    def kill(self, signal: str) -> None:
        self.machine.run(f"kill -{signal} {self.machine.show('MainPID')}")

    def await_restarts(self, number: int) -> None:
        self.machine.until(f'test "$(systemctl show --value -p NRestarts lander)" -ge {number}', 60)

    # Begins and stays up

    def test_it_listens_as_installed_and_says_so(self) -> None:
        self.install()
        self.assertTrue(self.machine.succeeds("systemctl is-active lander && systemctl is-enabled lander"))
        self.assertRegex(self.machine.show("StatusText"), "^control channel listening on .*:9988$")
        self.assertNotIn("WARN", self.machine.journal())

    def test_a_port_that_is_taken_for_long_needs_no_person(self) -> None:
        self.install()
        self.machine.run("systemctl stop lander")
        holder = self.machine.start("python3", "-c", HOLD_PORT)
        self.addCleanup(holder.stdout.close)
        self.assertEqual(b"held\n", holder.stdout.readline())
        self.machine.run("systemctl start --no-block lander")
        self.await_restarts(6)
        if self.machine.succeeds("systemctl show -p RestartUSecNext lander | grep ."):
            self.assertRegex(self.machine.show("RestartUSecNext"), "^[2-9]")
        holder.communicate()
        self.await_active()

    def test_many_crashes_in_a_row_need_no_person(self) -> None:
        self.install()
        for crashes in range(1, 7):
            self.kill("KILL")
            self.await_restarts(crashes)
            self.await_active()

    def test_a_stray_sigterm_does_not_leave_it_down(self) -> None:
        self.install()
        self.kill("TERM")
        self.await_restarts(1)
        self.await_active()

    def test_stopped_while_java_starts_is_no_failure(self) -> None:
        self.install()
        self.machine.run("systemctl stop lander")
        # At any moment of the start: that of Java's own answer to SIGTERM is short.
        for hundredths in range(4, 40, 2):
            self.machine.run(f"systemctl start --no-block lander; sleep 0.{hundredths:02}; systemctl stop lander")
            self.assertEqual(("inactive", "success"), (self.machine.show("ActiveState"), self.machine.show("Result")))

    def test_tmp_may_be_mounted_noexec(self) -> None:
        self.machine.run("mount -t tmpfs -o noexec,mode=1777 tmpfs /tmp")
        self.install()
        self.assertEqual("active", self.machine.show("ActiveState"))
        self.assertNotIn("service_manager_not_told", self.machine.journal())

    def test_its_filter_of_system_calls_lets_streams_be_spliced(self) -> None:
        self.install("lander", "lander-clients", "python3-lander")
        self.set_options("--admin 9990 9988")
        self.machine.run("systemctl restart lander")
        self.machine.run(f"systemd-run --unit=server python3 -c '{SINK}'")
        self.machine.run("echo '127.0.0.1:9988 --port 7000 --relay-port 8000' >/etc/lander/agents/one.conf")
        self.machine.run("systemctl start lander-agent@one")
        self.machine.until("landerctl 127.0.0.1:9988 status | grep -q 8000")
        self.assertGreater(int(self.machine.run(f"python3 -c '{STREAMS}'")), 0)
        self.assertNotIn("streams are copied", self.machine.journal())

    # Settings

    def test_a_typing_error_can_be_seen_in_the_status_and_is_not_tried_again(self) -> None:
        self.install()
        self.set_options("--control-alow 10.0.0.0/8 9988")
        self.machine.run("systemctl restart lander", check=False)
        status = self.machine.run("journalctl --sync; systemctl status --full lander", check=False)
        self.assertIn("lander: --control-alow: there is no such option; is it --control-allow?", status)
        self.assertNotIn("Usage", status)
        self.assertEqual(("failed", "0"), (self.machine.show("ActiveState"), self.machine.show("NRestarts")))

    def test_settings_may_have_comments_and_export(self) -> None:
        self.install()
        self.machine.run(
            """printf '%s\\n' 'export LANDER_OPTS="--bind 127.0.0.1 9000" # not for others' \
            'LANDER_LOG_LEVEL=debug   # for now' 'JAVA_OPTS=-XX:+UseG1GC' >/etc/default/lander"""
        )
        self.machine.run("systemctl restart lander")
        self.assertIn("listening on 127.0.0.1:9000", self.machine.show("StatusText"))
        command = self.machine.run(f"tr '\\0' ' ' </proc/{self.machine.show('MainPID')}/cmdline")
        self.assertIn("-XX:+UseG1GC", command)
        self.assertNotIn("-XX:+UseSerialGC", command)

    def test_settings_that_cannot_be_read_are_named_with_their_line_and_not_tried_again(self) -> None:
        self.install()
        self.machine.run("""printf '%s\\n' '# first' 'LANDER_OPTS=--bind 127.0.0.1 9000' >/etc/default/lander""")
        self.machine.run("systemctl restart lander", check=False)
        self.assertRegex(self.machine.journal(), "2: /etc/default/lander: 127.0.0.1: not found")
        self.assertEqual(("failed", "0"), (self.machine.show("ActiveState"), self.machine.show("NRestarts")))

    # The journal and the status

    def test_the_journal_has_priorities(self) -> None:
        self.install()
        self.set_options("9988")
        self.machine.run("systemctl restart lander; journalctl --sync")
        warnings = self.machine.run("journalctl -o cat -u lander -p warning -t lander")
        self.assertRegex(warnings, "^[^\n]*WARN  everyone who reaches the control channel can register[^\n]*$")
        self.assertIn("INFO  control channel listening", self.machine.run("journalctl -o cat -u lander -p info"))

    def test_while_it_drains_the_status_says_what_is_left(self) -> None:
        self.install("lander", "lander-clients", "python3-lander")
        self.machine.run(f'systemd-run --unit=server python3 -c "{ECHO}"')
        self.machine.run("echo '127.0.0.1:9988 --port 7000 --relay-port 8000' >/etc/lander/agents/one.conf")
        self.machine.run("systemctl start lander-agent@one")
        self.machine.until("landerctl 127.0.0.1:9988 status | grep -q 8000")
        client = self.machine.start("python3", "-c", CLIENT)
        self.addCleanup(client.stdout.close)
        self.assertEqual(b"connected\n", client.stdout.readline())
        self.machine.until("landerctl 127.0.0.1:9988 status --json | grep -q '\"active\": 1'")
        self.machine.run("systemctl stop --no-block lander")
        self.machine.until("systemctl status lander | grep -E 'open relays: 1, cut in (2[0-9]|30) s'")
        client.communicate()
        self.machine.until("systemctl show -p ActiveState lander | grep -q inactive")
        self.assertEqual("success", self.machine.show("Result"))

    # Files

    def test_it_can_write_to_its_own_folders_only(self) -> None:
        self.install()
        # Not /proc, which has none but each process's own.
        found = self.machine.run(
            f"nsenter --mount --target {self.machine.show('MainPID')} setpriv --reuid=lander --regid=lander"
            " --clear-groups find / -path /proc -prune -o -type d -writable -print 2>/dev/null",
            check=False,
        )
        self.assertEqual(WRITABLE, sorted(found.split()))

    def test_logs_are_for_adm_also_when_rotated(self) -> None:
        self.install()
        self.machine.run("mkdir -p /etc/systemd/system/lander.service.d; useradd --groups adm watcher")
        self.set_options("--control-allow 127.0.0.0/8,::1 --access-log /var/log/lander/access.log 9988")
        self.machine.run("systemctl restart lander")
        for rotated in range(3):
            # As many bytes as make it worth rotating.
            self.machine.run("echo >>/var/log/lander/access.log; logrotate -f /etc/logrotate.d/lander")
            self.machine.until(f"journalctl -u lander | grep -c reopened | grep -q {rotated + 1}")
            self.machine.until("test -e /var/log/lander/access.log")
        read = "setpriv --reuid=watcher --regid=watcher --init-groups cat /var/log/lander/"
        for name in ("access.log", "access.log.1", "access.log.2.gz"):
            self.machine.run(read + name + " >/dev/null")
        others = "setpriv --reuid=watcher --regid=watcher --clear-groups ls /var/log/lander"
        self.assertFalse(self.machine.succeeds(others))

    def test_a_crash_of_java_leaves_its_report_in_the_log_folder(self) -> None:
        self.install()
        self.kill("SEGV")
        self.await_restarts(1)
        self.await_active()
        self.assertIn("SIGSEGV", self.machine.run("cat /var/log/lander/java-crash.log"))

    # Reload

    def serve_certificate(self) -> None:
        self.install()
        self.machine.run("install -d -o root -g lander -m 0750 /etc/lander/tls")
        self.machine.run(CERTIFICATE.format(serial=0x1111))
        self.set_options("--control-tls-cert /etc/lander/tls/lb.pem --control-tls-key /etc/lander/tls/lb.key 9988")
        self.machine.run("systemctl restart lander")
        self.assertEqual("serial=1111", self.machine.run(SERVED))

    def test_a_renewed_certificate_is_taken(self) -> None:
        self.serve_certificate()
        self.machine.run(CERTIFICATE.format(serial=0x2222))
        self.machine.run("systemctl reload lander")
        self.assertEqual("serial=2222", self.machine.run(SERVED))
        self.machine.run("journalctl --sync")
        self.assertIn("reloaded control_tls_cert=/etc/lander/tls/lb.pem serial=2222 expires=2", self.machine.journal())

    def test_a_reload_that_fails_is_told_and_changes_nothing(self) -> None:
        self.serve_certificate()
        self.machine.run("echo nothing >/etc/lander/tls/lb.pem")
        self.assertFalse(self.machine.succeeds("systemctl reload lander"))
        self.assertIn("the old certificate holds: --control-tls-cert /etc/lander/tls/lb.pem", self.machine.journal())
        self.assertEqual("serial=1111", self.machine.run(SERVED))
        self.machine.run(CERTIFICATE.format(serial=0x2222))
        self.machine.run("systemctl reload lander")
        self.assertEqual("serial=2222", self.machine.run(SERVED))

    # The clients

    def test_an_agent_registers_a_server_and_drains_it(self) -> None:
        self.install("lander", "lander-clients", "python3-lander")
        self.machine.run(
            """printf '%s\\n' '# a test' '127.0.0.1:9988 # this machine' '--port 7000 --relay-port 8000' \
            '--name "the server"' >/etc/lander/agents/one.conf; cd /; systemd-run --unit=server """
            f'python3 -c "{ECHO}"; systemctl start lander-agent@one'
        )
        self.machine.until("landerctl 127.0.0.1:9988 status | grep -q 'the server'")
        self.machine.run("systemctl stop lander-agent@one")
        self.assertEqual("success", self.machine.show("Result", "lander-agent@one"))
        self.assertIn("drained", self.machine.run("journalctl -o cat -u lander-agent@one"))
        self.assertEqual("nothing is registered", self.machine.run("landerctl 127.0.0.1:9988 status"))

    def test_a_wrong_option_of_an_agent_is_not_tried_again(self) -> None:
        self.install("lander-clients", "python3-lander")
        self.machine.run("echo '127.0.0.1:9988 --port seven --relay-port 8000' >/etc/lander/agents/one.conf")
        self.machine.run("systemctl start lander-agent@one")
        self.machine.until("systemctl is-failed lander-agent@one")
        self.assertIn("'seven' is not a port", self.machine.run("journalctl -o cat -u lander-agent@one"))
        self.assertEqual("0", self.machine.show("NRestarts", "lander-agent@one"))

    def test_the_module_is_there_for_python(self) -> None:
        self.install("python3-lander")
        self.assertEqual("True", self.machine.run("cd /; python3 -c 'import lander; print(callable(lander.register))'"))

    def test_options_are_completed(self) -> None:
        self.install("lander", "lander-clients", "python3-lander")
        for program, begun, completed in (
            ("lander", "--control-al", "--control-allow"),
            ("lander-agent", "--check-i", "--check-interval"),
            ("landerctl", "--no", "--no-wait"),
            ("landerctl", "dr", "drain"),
            ("landerctl", "re", "relays"),
        ):
            script = (
                f". /usr/share/bash-completion/completions/{program}; COMP_WORDS=({program} {begun}); COMP_CWORD=1; "
                f"_{program.replace('-', '_')}; echo ${{COMPREPLY[*]}}"
            )
            self.assertEqual(completed, self.machine.run(f"cd /; bash -c '{script}'"))

    # The packages

    def test_lintian_has_nothing_to_say(self) -> None:
        self.assertEqual("", self.machine.run("lintian --allow-root /packages/*.deb 2>&1", seconds=120))

    def test_an_upgrade_keeps_settings_and_restarts(self) -> None:
        self.install("lander", "lander-clients", "python3-lander", version="older/")
        self.set_options("--bind 127.0.0.1 9000")
        self.machine.run("systemctl restart lander; echo kept >/var/log/lander/access.log")
        before = self.machine.show("MainPID")
        self.install("lander", "lander-clients", "python3-lander")
        self.assertNotEqual(before, self.machine.show("MainPID"))
        self.assertIn("127.0.0.1:9000", self.machine.show("StatusText"))
        self.assertEqual("kept", self.machine.run("cat /var/log/lander/access.log"))

    def test_logs_of_a_dynamic_user_move(self) -> None:
        self.machine.run("mkdir -p /var/log/private/lander; ln -s private/lander /var/log/lander; cd /var/log/lander; "
                         "echo old >access.log; chown -R 64000:64000 /var/log/private/lander")  # fmt: skip
        self.install()
        self.assertEqual("lander adm", self.machine.run("stat -c '%U %G' /var/log/lander/access.log"))

    def test_removal_leaves_settings_and_purging_the_user_only(self) -> None:
        find = "find / -xdev -path /proc -prune -o -path /var/lib/dpkg -prune -o -path /var/log/journal -prune -o " \
               "-name '*lander*' -print | grep -v -e ^/var/lib/systemd -e ^/var/lib/apt || true"  # fmt: skip
        before = self.machine.run(find)
        self.install("lander", "lander-clients", "python3-lander")
        self.machine.run("echo >/etc/lander/agents/one.conf; systemctl enable lander-agent@one 2>&1")
        self.machine.run("apt-get remove -qq -y lander lander-clients python3-lander 2>&1")
        self.assertEqual("inactive", self.machine.show("ActiveState"))
        left = set(self.machine.run(find).split()) - set(before.split())
        for kept in ("/etc/default/lander", "/etc/logrotate.d/lander", "/etc/lander", "/var/log/lander"):
            self.assertIn(kept, left)
        self.machine.run("apt-get purge -qq -y lander lander-clients python3-lander 2>&1")
        self.assertEqual(before, self.machine.run(find))
        self.assertTrue(self.machine.succeeds("id lander"))


def _make_older(folder: pathlib.Path) -> None:
    """The same packages once more, in the folder's `older`, as those of an earlier version."""
    (folder / "older").mkdir()
    for package in folder.glob("*.deb"):
        unpacked = folder / "unpacked"
        subprocess.run(["dpkg-deb", "-R", package, unpacked], check=True)
        control = unpacked / "DEBIAN" / "control"
        control.write_text(re.sub(r"^(Version: |.*\(= )[^\n)]*", r"\g<1>0.0.1-1", control.read_text(), flags=re.M))
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-b", unpacked, folder / "older"], check=True, stdout=subprocess.DEVNULL
        )
        shutil.rmtree(unpacked)


class Debian12Test(PackagesTest, unittest.TestCase):
    suite = "bookworm"


class Debian13Test(PackagesTest, unittest.TestCase):
    suite = "trixie"


if __name__ == "__main__":
    unittest.main()
