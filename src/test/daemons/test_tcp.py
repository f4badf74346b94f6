"""Rows of docs/daemons.md: servers of TCP protocols behind Lander."""

from __future__ import annotations

import shutil
import subprocess
import unittest

import lab
from lab import CLIENTS, LANDER, SERVERS, Lab


@unittest.skipUnless(lab.allowed(), "not allowed: network namespaces")
class TcpDaemons(unittest.TestCase):
    def test_mariadb_knows_its_clients_by_proxy_protocol(self) -> None:
        with Lab() as network:
            data = network.folder / "data"
            data.mkdir()
            shutil.chown(data, "mysql", "mysql")
            made = subprocess.run(
                ["mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={data}", "--skip-test-db"],
                capture_output=True,
                check=False,
            )
            self.assertEqual(0, made.returncode, made.stderr)
            start = network.folder / "init.sql"
            start.write_text("create user lab identified by 'password';")
            network.start(
                "s1", "mariadbd", "--no-defaults", "--user=mysql", f"--datadir={data}", f"--socket={data}/socket",
                f"--pid-file={data}/pid", f"--bind-address={SERVERS['s1']}", f"--proxy-protocol-networks={LANDER}",
                f"--init-file={start}", "--innodb-buffer-pool-size=16M", "--skip-name-resolve",
                ready="ready for connections",
            )
            for version, port in (("v1", 3306), ("v2", 3307)):
                network.register(servers=("s1",), port=3306, relay_port=port, proxy_protocol=version)
                ask = ("mariadb", "--no-defaults", "-h", LANDER, "-P", port, "-ulab", "-ppassword", "-Ne", "select user()")
                self.assertEqual((0, f"lab@{CLIENTS['c1']}\n"), network.run("c1", *ask), version)
            network.register(servers=("s1",), port=3306, relay_port=3308)
            ask = ("mariadb", "--no-defaults", "-h", LANDER, "-P", 3308, "-ulab", "-ppassword", "-Ne", "select user()")
            self.assertEqual((0, f"lab@{LANDER}\n"), network.run("c1", *ask))

    def test_postfix_counts_connections_by_client_with_proxy_protocol(self) -> None:
        with Lab() as network:
            self.postfix(network, smtpd_upstream_proxy_protocol="haproxy")
            network.register(servers=("s1",), port=2525, relay_port=25, proxy_protocol="v2")
            self.assertEqual(["220", "220", "421"], self.greetings(network, "c1", 3))
            self.assertEqual(["220"], self.greetings(network, "c2", 1))

        with Lab() as network:
            self.postfix(network)
            network.register(servers=("s1",), port=2525, relay_port=25)
            # The limit of two is everybody's together: this is what PROXY is for.
            network.start("c1", "python3", "-c", f"{GREETINGS}kept = greetings(2)\ntime.sleep(3600)\n", ready="220 220")
            self.assertEqual(["421"], self.greetings(network, "c2", 1))

    def test_vsftpd_needs_its_passive_ports_registered(self) -> None:
        with Lab() as network:
            for index, server in enumerate(SERVERS):
                self.vsftpd(network, server, 30000 + index)
                network.register(servers=(server,), port=21, relay_port=21)
            fetch = ("curl", "-sS", "-m", 5, "--no-ftp-skip-pasv-ip")
            page = f"ftp://{LANDER}/page"
            self.assertNotEqual(0, network.run("c1", *fetch, page)[0], "with the control port alone")
            for index, server in enumerate(SERVERS):
                network.register(servers=(server,), port=30000 + index, relay_port=30000 + index)
            for mode in ("--ftp-pasv", "--disable-epsv"):
                for _ in SERVERS:
                    self.assertEqual((0, "as it is"), network.run("c1", *fetch, mode, page))
            # The server connects to Lander's address, where nobody listens for it.
            self.assertNotEqual(0, network.run("c1", *fetch, "--ftp-port", "-", page)[0])

    def test_slapd_knows_its_clients_by_proxy_protocol(self) -> None:
        with Lab() as network:
            for scheme, port in (("pldap", 3890), ("ldap", 3891)):
                self.slapd(network, scheme, port)
            network.register(servers=("s1",), port=3890, relay_port=389, proxy_protocol="v2")
            network.register(servers=("s1",), port=3891, relay_port=390)
            ask = ("ldapsearch", "-x", "-LLL", "-o", "nettimeout=5", "-b", "dc=lab", "-s", "base", "-H")
            # Only the first client may read.
            for client, port, status in (("c1", 389, 0), ("c2", 389, 32), ("c1", 390, 32)):
                with self.subTest(client=client, port=port):
                    said = network.run(client, *ask, f"ldap://{LANDER}:{port}", seconds=10)
                    self.assertEqual(status, said[0], said)

    def test_squid_knows_its_clients_by_proxy_protocol(self) -> None:
        with Lab() as network:
            files = network.folder / "squid"
            files.mkdir()
            shutil.chown(files, "proxy", "proxy")
            configuration = network.folder / "squid.conf"
            configuration.write_text(
                f"http_port {SERVERS['s1']}:3128 require-proxy-header\nhttp_port {SERVERS['s1']}:3129\n"
                f"acl lander src {LANDER}\nacl c1 src {CLIENTS['c1']}\nproxy_protocol_access allow lander\n"
                "http_access allow c1\nhttp_access deny all\ncache deny all\nnetdb_filename none\npinger_enable off\n"
                f"pid_filename {files}/pid\naccess_log none\ncache_log {files}/log\ncoredump_dir {files}\n"
                "visible_hostname lab\n"
            )
            network.start("s1", "squid", "-N", "-f", configuration)
            network.await_bound("s1", 3128, "tcp")
            network.start("c2", "python3", "-m", "http.server", 80, "--directory", files)
            network.await_bound("c2", 80, "tcp")
            for port, version in ((3001, "v1"), (3002, "v2")):
                network.register(servers=("s1",), port=3128, relay_port=port, proxy_protocol=version)
            network.register(servers=("s1",), port=3129, relay_port=3003)
            ask = ("curl", "-sS", "-m", 5, "-o", "/dev/null", "-w", "%{http_code}", f"http://{CLIENTS['c2']}/", "-x")
            for client, port, code in (("c1", 3001, "200"), ("c1", 3002, "200"), ("c2", 3002, "403"), ("c1", 3003, "403")):
                with self.subTest(client=client, port=port):
                    self.assertEqual((0, code), network.run(client, *ask, f"http://{LANDER}:{port}"))

    def greetings(self, network: Lab, client: str, count: int) -> list[str]:
        """The codes with which this many connections at once are greeted."""
        return network.run(client, "python3", "-c", f"{GREETINGS}greetings({count})\n", check=True)[1].split()

    def postfix(self, network: Lab, **settings: str) -> None:
        files = network.folder / "postfix"
        for name in ("etc", "queue", "data"):
            (files / name).mkdir(parents=True)
        shutil.chown(files / "data", "postfix", "postfix")
        lines = {
            "queue_directory": files / "queue",
            "data_directory": files / "data",
            "command_directory": "/usr/sbin",
            "daemon_directory": "/usr/lib/postfix/sbin",
            "compatibility_level": "3.6",
            "inet_interfaces": SERVERS["s1"],
            "maillog_file": "/dev/stdout",
            "myhostname": "mail.lab",
            "mynetworks": "127.0.0.0/8",
            "smtpd_client_connection_count_limit": 2,
            "smtpd_peername_lookup": "no",
            **settings,
        }
        (files / "etc" / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))
        master = "".join(
            f"{service}\n"
            for service in (
                "2525 inet n - n - - smtpd",
                "anvil unix - - n - 1 anvil",
                "rewrite unix - - n - - trivial-rewrite",
                "proxymap unix - - n - - proxymap",
                "postlog unix-dgram n - n - 1 postlogd",
            )
        )
        (files / "etc" / "master.cf").write_text(master)
        network.start("s1", "postfix", "-c", files / "etc", "start-fg")
        network.await_bound("s1", 2525, "tcp")

    def slapd(self, network: Lab, scheme: str, port: int) -> None:
        files = network.folder / scheme
        files.mkdir()
        configuration = network.folder / f"{scheme}.conf"
        configuration.write_text(
            f"include /etc/ldap/schema/core.schema\npidfile {files}/pid\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n"
            f'access to * by peername.ip="{CLIENTS["c1"]}" read by * none\n'
            f'database mdb\nsuffix "dc=lab"\ndirectory {files}\n'
        )
        entry = b"dn: dc=lab\nobjectClass: dcObject\nobjectClass: organization\no: lab\ndc: lab\n"
        subprocess.run(["slapadd", "-f", configuration], input=entry, check=True)
        network.start("s1", "slapd", "-d", "0", "-f", configuration, "-h", f"{scheme}://{SERVERS['s1']}:{port}/")
        network.await_bound("s1", port, "tcp")

    def vsftpd(self, network: Lab, server: str, passive_port: int) -> None:
        files = network.folder / server
        files.mkdir()
        (files / "page").write_text("as it is")
        configuration = network.folder / f"vsftpd-{server}"
        configuration.write_text(
            "listen=YES\nbackground=NO\nanonymous_enable=YES\nseccomp_sandbox=NO\n"
            f"anon_root={files}\nsecure_chroot_dir={files}\npasv_address={LANDER}\n"
            f"pasv_min_port={passive_port}\npasv_max_port={passive_port}\n"
        )
        network.start(server, "vsftpd", configuration)
        network.await_bound(server, 21, "tcp")


GREETINGS = f"""
import socket, time

def greetings(count):
    connections = [socket.create_connection(("{LANDER}", 25), 10) for _ in range(count)]
    print(*[connection.makefile().readline()[:3] for connection in connections], flush=True)
    return connections

"""
