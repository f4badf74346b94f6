"""Rows of docs/daemons.md: servers of UDP protocols, two of each, behind Lander."""

from __future__ import annotations

import re
import struct
import unittest

import lab
from lab import LANDER, SERVERS, Lab

SOURCE = {"balance": "source"}
CLIENT = {"affinity": "client"}


@unittest.skipUnless(lab.allowed(), "not allowed: network namespaces")
class UdpDaemons(unittest.TestCase):
    def test_chrony_stays_with_one_server_under_source_alone(self) -> None:
        for fields, used in ((SOURCE, 1), (CLIENT, 2)):
            with self.subTest(fields), Lab() as network:
                for server in SERVERS:
                    self.chronyd(network, server, "local stratum 8\nallow 10.77.0.0/24\n")
                    network.await_bound(server, 123)
                network.register(protocol="udp", port=123, relay_port=123, **fields)
                self.chronyd(network, "c1", f"server {LANDER} minpoll -2 maxpoll -2 xleave\n")
                lab.until(
                    lambda: sum(c["total"] for c in network.status(123).values()) >= 6,
                    lambda: f"six requests: {network.status(123)}",
                )
                # chronyd asks from a new port each time: an affinity to address and port is none.
                self.assertEqual(used, network.used(123))

    def test_snmp_walk_is_one_agents_under_source_and_client(self) -> None:
        for fields, right in ((SOURCE, True), (CLIENT, True), ({}, False)):
            with self.subTest(fields), Lab() as network:
                for server, address in SERVERS.items():
                    self.snmpd(network, server, address)
                network.register(protocol="udp", port=161, relay_port=161, **fields)
                walk = ("snmpwalk", "-v2c", "-c", "public", "-Oqv", f"{LANDER}:161", "1.3.6.1.2.1.1")
                status, rows = network.run("c1", *walk)
                self.assertEqual(0, status, rows)
                names = {name for name in SERVERS if name in rows}
                self.assertEqual(right, len(names) == 1, rows)

    def test_snmp_v3_needs_one_agent(self) -> None:
        for fields, right in ((SOURCE, True), (CLIENT, True), ({}, False)):
            with self.subTest(fields), Lab() as network:
                for server, address in SERVERS.items():
                    self.snmpd(network, server, address)
                network.register(protocol="udp", port=161, relay_port=161, **fields)
                walk = ("snmpwalk", "-v3", "-l", "authNoPriv", "-u", "lab", "-a", "SHA", "-A", "labpassword")
                status, rows = network.run("c1", *walk, "-t", 1, f"{LANDER}:161", "1.3.6.1.2.1.1", seconds=4)
                # Each request comes to the agent that its engine is not: a timeout for each.
                self.assertEqual(0 if right else 124, status, rows)

    def test_coap_blockwise_needs_one_server(self) -> None:
        for fields, right in ((SOURCE, True), (CLIENT, True), ({}, False)):
            with self.subTest(fields), Lab() as network:
                for server, address in SERVERS.items():
                    network.start(server, "coap-server-notls", "-A", address, "-d", 10)
                    network.await_bound(server, 5683)
                network.register(protocol="udp", port=5683, relay_port=5683, **fields)
                whole = network.folder / "whole"
                whole.write_bytes(b"0123456789abcdef" * 512)
                url = f"coap://{LANDER}/whole"
                # One port for both: each program takes one of its own, and is a client of its own.
                port = ("-p", 5700)
                put = network.run("c1", "coap-client-notls", *port, "-m", "put", "-b", 64, "-f", whole, "-B", 5, url)
                self.assertEqual(right, put == (0, ""), put)
                if right:
                    got = network.run("c1", "coap-client-notls", *port, "-b", 64, "-B", 5, url)
                    self.assertEqual(whole.read_text(), got[1].strip())

    def test_turn_needs_source(self) -> None:
        for fields, right in ((SOURCE, True), (CLIENT, False), ({}, False)):
            with self.subTest(fields), Lab() as network:
                for server, address in SERVERS.items():
                    network.start(
                        server, "turnserver", "-n", "--lt-cred-mech", "--user=lab:password", "--realm=lab", "-L", address,
                        "-E", address, "--no-tls", "--no-dtls", "--no-cli", "--pidfile", network.folder / server,
                        "--userdb", network.folder / f"{server}.db", "--log-file=stdout", "--allow-loopback-peers",
                    )
                    network.await_bound(server, 3478)
                network.register(protocol="udp", port=3478, relay_port=3478, **fields)
                # Echoes through the relay of the server, for itself.
                client = ("turnutils_uclient", "-u", "lab", "-w", "password", "-n", 5, "-m", 1, "-y", LANDER)
                status, said = network.run("c1", *client, seconds=20)
                self.assertEqual(right, status == 0 and "Total lost packets 0" in said, said)

    def test_iperf3_needs_source_on_both_protocols(self) -> None:
        with Lab() as network:
            for server in SERVERS:
                network.start(server, "iperf3", "-s")
                network.await_bound(server, 5201, "tcp")
            for protocol in ("tcp", "udp"):
                network.register(protocol=protocol, port=5201, relay_port=5201, **SOURCE)
            for client in ("c1", "c2"):
                said = network.run(client, "iperf3", "-u", "-c", LANDER, "-b", "1M", "-t", 1, check=True)[1]
                self.assertRegex(said, r"\(0%\)  receiver")

    def test_unbound_wants_a_proxy_header_ahead_of_each_query(self) -> None:
        with Lab() as network:
            for server, address in SERVERS.items():
                self.unbound(network, server, address)
            network.register(protocol="udp", port=5353, relay_port=53, responses=1, proxy_protocol="v2")
            query = struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + b"\x02me\x03lab\0" + struct.pack("!2H", 16, 1)
            asking = (
                "import socket, sys\n"
                "asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                "asked.settimeout(3)\n"
                f"asked.connect(('{LANDER}', 53))\n"
                "for _ in range(6):\n"
                f"    asked.send({query!r})\n"
                "    print(asked.recv(512)[-16:])\n"
            )
            status, answers = network.run("c1", "python3", "-c", asking)
            self.assertEqual(0, status, answers)
            # The view is chosen by the address in the header.
            self.assertEqual(6, answers.count("of client 1"), answers)

    def test_cookies_of_two_knots_need_source_or_one_secret(self) -> None:
        answered = {"responses": 1}
        for fields, same, right in ((SOURCE, False, True), (answered, True, True), (answered, False, False)):
            with self.subTest(fields, same=same), Lab() as network:
                for index, server in enumerate(SERVERS):
                    self.knot(network, server, f"0x{1 if same else 1 + index:032x}")
                network.register(protocol="udp", port=5353, relay_port=53, **fields)
                for _ in range(3):
                    ask = ("kdig", "+cookie", "+timeout=5", "+retry=0", f"@{LANDER}", "me.lab", "TXT")
                    said = network.run("c1", *ask)[1]
                    # Each try has a new port, and so the other server, which did not give its cookie.
                    self.assertEqual(right, "status: NOERROR" in said, said)

    def test_sip_client_without_rport_needs_force_rport(self) -> None:
        for statement, right in (("force_rport();", True), ("", False)):
            with self.subTest(statement), Lab() as network:
                for server, address in SERVERS.items():
                    configuration = network.folder / f"kamailio-{server}"
                    configuration.write_text(
                        f'children=1\nlog_stderror=yes\nlisten=udp:{address}:5060\nauto_aliases=no\n'
                        'loadmodule "sl.so"\nloadmodule "pv.so"\n'
                        f'request_route {{ {statement} if (method=="ACK") exit; sl_send_reply("200", "OK"); }}\n'
                    )
                    network.start(
                        server, "kamailio", "-f", configuration, "-DD", "-E", "-m", 16, "-M", 4,
                        "-Y", network.folder, "-P", network.folder / f"{server}.pid", ready="udp",
                    )
                    network.await_bound(server, 5060)
                network.register(protocol="udp", port=5060, relay_port=5060, **CLIENT)
                calls = ("sipp", "-sn", "uac", "-i", lab.CLIENTS["c1"], "-p", 5062, "-m", 5, "-r", 10, "-d", 10, "-nostdin")
                status, said = network.run("c1", *calls, "-timeout", "6s", "-timeout_error", f"{LANDER}:5060", seconds=10)
                self.assertEqual(right, status == 0, said[-2000:])

    def test_radius_eap_needs_one_server(self) -> None:
        for fields, right in ((SOURCE, True), (CLIENT, True), ({}, False)):
            with self.subTest(fields), Lab() as network:
                for server, address in SERVERS.items():
                    self.freeradius(network, server, address)
                network.register(protocol="udp", port=1812, relay_port=1812, **fields)
                configuration = network.folder / "eapol"
                configuration.write_text(
                    'network={\nkey_mgmt=WPA-EAP\neap=MD5\nidentity="lab"\npassword="password"\n}\n'
                )
                client = ("eapol_test", "-n", "-c", configuration, "-a", LANDER, "-s", "secret", "-t", 5)
                said = network.run("c1", *client, seconds=10)[1]
                self.assertEqual(right, said.rstrip().endswith("SUCCESS"), said[-2000:])

    def chronyd(self, network: Lab, machine: str, configuration: str) -> None:
        files = network.folder / f"chrony-{machine}"
        files.mkdir(mode=0o700)
        (files / "conf").write_text(
            f"{configuration}cmdport 0\nbindcmdaddress /\npidfile {files}/pid\ndriftfile {files}/drift\n"
        )
        network.start(machine, "chronyd", "-d", "-x", "-u", "root", "-f", files / "conf", ready="chronyd version")

    def snmpd(self, network: Lab, server: str, address: str) -> None:
        files = network.folder / f"snmp-{server}"
        files.mkdir()
        (files / "conf").write_text(
            f"sysName {server}\nsysLocation {server}\nsysContact {server}\nrocommunity public\n"
            "createUser lab SHA labpassword\nrouser lab auth\n"
        )
        network.start(
            server, "snmpd", "-f", "-Lo", "-C", "-c", files / "conf", "-p", files / "pid", f"udp:{address}:161",
            ready="NET-SNMP version", environment={"SNMP_PERSISTENT_DIR": str(files)},
        )
        network.await_bound(server, 161)

    def unbound(self, network: Lab, server: str, address: str) -> None:
        configuration = network.folder / f"unbound-{server}"
        views = "".join(
            f'view:\n name: "{name}"\n local-zone: "lab." static\n local-data: \'me.lab. TXT "{words}"\'\n'
            for name, words in (("c1", "of client 1"), ("all", "of another"))
        )
        configuration.write_text(
            f'server:\n interface: {address}@5353\n proxy-protocol-port: 5353\n chroot: ""\n username: ""\n'
            f' pidfile: "{network.folder}/{server}.pid"\n use-syslog: no\n do-ip6: no\n do-daemonize: no\n'
            " access-control: 10.77.0.0/24 allow\n"
            " access-control-view: 10.77.0.0/24 all\n access-control-view: 10.77.0.21/32 c1\n"
            + views
            + "remote-control:\n control-enable: no\n"
        )
        network.start(server, "unbound", "-d", "-d", "-c", configuration)
        network.await_bound(server, 5353)

    def knot(self, network: Lab, server: str, secret: str) -> None:
        files = network.folder / f"knot-{server}"
        files.mkdir()
        (files / "zone").write_text("@ SOA ns.lab. m.lab. 1 1 1 1 1\n@ NS ns\nns A 192.0.2.1\nme TXT text\n")
        (files / "conf").write_text(
            f"server:\n  listen: {SERVERS[server]}@5353\n  rundir: {files}\ndatabase:\n  storage: {files}\n"
            f"mod-cookies:\n  - id: lab\n    secret: {secret}\n"
            f"zone:\n  - domain: lab\n    file: {files}/zone\n    storage: {files}\n    module: mod-cookies/lab\n"
        )
        network.start(server, "knotd", "-c", files / "conf")
        network.await_bound(server, 5353)

    def freeradius(self, network: Lab, server: str, address: str) -> None:
        files = network.folder / f"radius-{server}"
        files.mkdir()
        (files / "users").write_text('lab Cleartext-Password := "password"\n')
        (files / "dictionary").write_text("")
        (files / "radiusd.conf").write_text(
            f"prefix = /usr\nlogdir = {files}\nrun_dir = {files}\nlibdir = /usr/lib/freeradius\n"
            "log { destination = stdout }\nsecurity { max_attributes = 200 }\n"
            "client lander { ipaddr = 10.77.0.0/24\n secret = secret }\n"
            f"modules {{\n files {{ filename = {files}/users }}\n eap {{ default_eap_type = md5\n md5 {{ }} }}\n }}\n"
            f"server lab {{\n listen {{ type = auth\n ipaddr = {address}\n port = 1812 }}\n"
            " authorize {\n eap {\n ok = return\n }\n files\n }\n authenticate {\n eap\n }\n}\n"
        )
        network.start(server, "freeradius", "-f", "-l", "stdout", "-d", files, ready="Ready to process requests")
