"""lander.py against a scripted balancer, over real sockets."""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

try:
    import msgpack
except ImportError:
    raise unittest.SkipTest("msgpack is missing (Debian: python3-msgpack)") from None

CLIENTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, CLIENTS)

import lander
from limited import PATIENCE, LimitedTestCase
from scripted_balancer import Message, ScriptedBalancer

REGISTER = {"cmd": "register", "protocol": "tcp", "port": 30000, "relay_port": 50000}
UNREGISTER = {**REGISTER, "cmd": "unregister"}
DRAIN = {**REGISTER, "cmd": "drain"}
CHECK = {"cmd": "healthcheck", "protocol": "tcp", "port": 50000, "state": "good"}
GOOD = CHECK
BAD = {**CHECK, "state": "bad"}


class LanderTestCase(LimitedTestCase):
    def setUp(self) -> None:
        super().setUp()
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.balancer = self.start_balancer()

    def start_balancer(self, **options) -> ScriptedBalancer:
        balancer = ScriptedBalancer(**options)
        self.addCleanup(balancer.close)
        return balancer

    def register(self, *balancers: ScriptedBalancer, **options) -> lander.Registration:
        addresses = [balancer.address for balancer in balancers or [self.balancer]]
        registration = lander.register(addresses, port=30000, relay_port=50000, **options)
        self.addCleanup(registration.close)
        return registration

    def refuse(self, cmd: str, code: int, message: str, balancer: ScriptedBalancer | None = None) -> None:
        def answer(command: Message) -> Message:
            return {"error": code, "message": message} if command["cmd"] == cmd else {"error": 0}

        (balancer or self.balancer).answer = answer


class RegisterTest(LanderTestCase):
    def test_sends_exactly_the_fields_that_every_register_has(self):
        with lander.register(self.balancer.host, self.balancer.port, port=30000, relay_port=50000):
            self.assertEqual(REGISTER, self.balancer.next_message())

    def test_sends_the_optional_fields_that_were_given(self):
        optional = {
            "host": "10.0.0.7",
            "server_names": ["shop.example.com", "*.example.org"],
            "alpn": ["h2"],
            "name": "web-1",
            "weight": 3,
            "backup": True,
            "clients": ["!10.9.0.0/16", "10.0.0.0/8"],
            "preamble": "postgres",
            "balance": "source",
            "max_connections": 100,
            "max_bytes_per_second": 1_000_000,
            "max_duration": "1h",
            "metrics_port": 9100,
            "proxy_protocol": "v2",
            "affinity": "client",
            "responses": 0,
            "answer_timeout": "5s",
            "udp_timeout": "250ms",
            "token": "secret",
        }
        self.register(protocol="udp", fields={"colour": "blue"}, **optional)
        expected = {**REGISTER, "protocol": "udp", **optional, "colour": "blue"}
        self.assertEqual(expected, self.balancer.next_message())

    def test_the_names_of_a_service_are_part_of_what_it_unregisters(self):
        names = {"server_names": ["shop.example.com"], "alpn": ["h2"]}
        self.register(**names).close()
        self.assertEqual({**REGISTER, **names}, self.balancer.next_message())
        self.assertEqual({**REGISTER, "cmd": "unregister", **names}, self.balancer.next_message())

    def test_what_the_balancer_says_beside_a_success_is_logged(self):
        self.refuse("register", 0, "a server that speaks first cannot work here")
        logging.disable(logging.NOTSET)
        with self.assertLogs("lander", "WARNING") as logged:
            self.register()
        self.assertIn("a server that speaks first cannot work here", logged.output[-1])

    def test_a_refusal_is_raised_with_its_code_and_message(self):
        self.refuse("register", 11, "relay port 50000 is not allowed")
        with self.assertRaises(lander.Refused) as caught:
            self.register()
        self.assertEqual((11, "relay port 50000 is not allowed"), (caught.exception.code, caught.exception.message))
        self.assertIn("relay port 50000 is not allowed", str(caught.exception))
        self.balancer.expect_end()

    def test_the_file_with_the_token_is_read_again_for_each_register(self):
        with tempfile.NamedTemporaryFile("w") as token:
            for secret in ("first", "second"):
                token.seek(0)
                token.write(secret + "\n")
                token.flush()
                if secret == "first":
                    self.register(token_file=token.name)
                else:
                    self.balancer.drop_connections()
                self.assertEqual({**REGISTER, "token": secret}, self.balancer.next_message())
                token.truncate(0)

    def test_a_token_file_that_is_missing_is_told_at_once_and_later_tried_again(self):
        with self.assertRaises(FileNotFoundError):
            self.register(token_file="/nonexistent", background=True)
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "token")
            for secret in ("first", "second"):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(secret)
                if secret == "first":
                    registration = self.register(token_file=path)
                self.assertEqual(secret, self.balancer.next_message()["token"])
                os.remove(path)
                self.balancer.drop_connections()
                self.eventually(lambda: not registration.registered, "the loss is noticed")

    def test_an_absent_balancer_is_a_connection_error_at_once(self):
        self.balancer.close()
        with self.assertRaisesRegex(ConnectionError, f"127.0.0.1:{self.balancer.port}: .*refused"):
            self.register()

    def test_a_host_that_does_not_exist_is_a_connection_error(self):
        with self.assertRaises(ConnectionError):
            lander.register("host.invalid", 9988, port=30000, relay_port=50000)

    def test_what_cannot_be_an_address_is_told_at_once_however_long_the_wait(self):
        for wrong in (("a" * 70 + ".invalid", 9988), ("127.0.0.1", 70000)):
            with self.subTest(wrong), self.assertRaises(ValueError):
                lander.register([self.balancer.address, wrong], port=30000, relay_port=50000, wait=None)
        self.assertTrue(self.balancer.heard_nothing())

    def test_waits_for_a_balancer_that_starts_later(self):
        port = self.balancer.port
        self.balancer.close()
        registering = threading.Thread(target=self.register, args=[self.balancer], kwargs={"wait": None})
        registering.start()
        self.start_balancer(port=port).expect("register")
        registering.join()

    def test_in_the_background_returns_at_once_and_can_be_waited_for(self):
        port = self.balancer.port
        self.balancer.close()
        registration = self.register(self.balancer, background=True)
        with self.assertRaises(ConnectionError):
            registration.wait(0)
        self.start_balancer(port=port)
        registration.wait(None)
        self.assertEqual([f"127.0.0.1:{port}"], registration.registered)

    def test_tries_again_at_a_balancer_that_is_just_ending(self):
        self.balancer.answer = lambda message: {"error": 7, "message": "ending"}
        with self.assertRaises(lander.Refused):
            self.register(wait=0)
        self.balancer.expect("register")
        registrations: list[lander.Registration] = []
        registering = threading.Thread(target=lambda: registrations.append(self.register(wait=None)))
        registering.start()
        self.balancer.expect("register")
        self.balancer.answer = lambda message: {"error": 0}
        registering.join()
        self.assertTrue(registrations[0].registered)

    def test_a_balancer_that_does_not_answer_is_a_connection_error_after_the_timeout(self):
        self.balancer.answer = lambda message: None
        with self.assertRaisesRegex(ConnectionError, "timed out"):
            self.register(timeout=0.1)
        self.balancer.expect_end()

    def test_what_is_not_lander_is_a_connection_error(self):
        for garbage in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xc1", b"\x90"):
            with self.subTest(garbage):
                self.balancer.answer = lambda message, garbage=garbage: self.balancer.push_bytes(garbage)
                with self.assertRaisesRegex(ConnectionError, "not Lander"):
                    self.register()

    def test_localhost_is_the_address_family_in_which_the_service_listens(self):
        try:
            six = self.start_balancer(host="::1", port=self.balancer.port)
        except OSError as error:
            self.skipTest(f"no IPv6 here: {error}")
        lander.register("localhost", self.balancer.port, port=30000, relay_port=50000).close()
        self.balancer.expect("register")
        with self.assertRaises(ConnectionError):  # IPv4 unless told
            lander.register("::1", six.port, port=30000, relay_port=50000)
        self.assertTrue(six.heard_nothing())
        lander.register("::1", six.port, port=30000, relay_port=50000, family=socket.AF_INET6).close()
        six.expect("register")


class HealthTest(LanderTestCase):
    def test_answers_checks_with_good(self):
        self.register()
        self.balancer.expect("register")
        for _ in range(3):
            self.balancer.push(CHECK)
            self.assertEqual(GOOD, self.balancer.next_message())

    def test_answers_checks_by_the_function(self):
        answers = iter([True, True, False, True])  # the first is asked for with the register
        self.register(healthy=lambda: next(answers))
        self.balancer.expect("register")
        for expected in (GOOD, BAD, GOOD):
            self.balancer.push(CHECK)
            self.assertEqual(expected, self.balancer.next_message())

    def test_a_function_that_raises_is_not_good(self):
        registration = self.register()
        self.balancer.expect("register")
        registration.healthy = lambda: 1 / 0
        self.assertEqual(BAD, self.balancer.next_message())

    def test_a_change_is_told_at_once_and_once(self):
        registration = self.register()
        self.balancer.expect("register")
        registration.healthy = True
        registration.healthy = False
        self.assertEqual(BAD, self.balancer.next_message())
        registration.healthy = False
        registration.healthy = True
        self.assertEqual(GOOD, self.balancer.next_message())

    def test_a_service_that_is_not_well_says_so_right_behind_its_register(self):
        self.register(healthy=False)
        self.balancer.expect("register")
        self.assertEqual(BAD, self.balancer.next_message())

    def test_a_health_function_that_hangs_does_not_keep_the_service_from_ending(self):
        hanging, release = threading.Event(), threading.Event()
        registration = self.register()
        self.addCleanup(release.set)
        self.balancer.expect("register")

        def hang() -> bool:
            hanging.set()
            return release.wait()

        registration._healthy = hang  # not by the setter, which would be the one to hang
        self.balancer.push(CHECK)
        self.assertTrue(hanging.wait(PATIENCE))
        closing = threading.Thread(target=registration.close)
        closing.start()
        self.balancer.expect("unregister")
        release.set()
        closing.join()

    def test_other_pushes_are_ignored(self):
        self.register()
        self.balancer.expect("register")
        self.balancer.push({"cmd": "from the future"})
        self.balancer.push(CHECK)
        self.assertEqual(GOOD, self.balancer.next_message())


class LinkTest(LanderTestCase):
    def test_registers_again_when_the_link_was_lost(self):
        registration = self.register(name="web-1")
        for _ in range(3):
            self.assertEqual({**REGISTER, "name": "web-1"}, self.balancer.next_message())
            self.eventually(lambda: registration.registered, "registered")
            self.balancer.drop_connections()

    def test_registers_again_when_the_balancer_is_back(self):
        registration = self.register()
        self.balancer.expect("register")
        self.balancer.close()
        self.eventually(lambda: not registration.registered, "the loss is noticed")
        back = self.start_balancer(port=self.balancer.port)
        back.expect("register")
        self.eventually(lambda: registration.registered, "registered")

    def test_registers_again_with_its_present_health(self):
        registration = self.register()
        self.balancer.expect("register")
        registration.healthy = False
        self.balancer.expect("healthcheck")
        self.balancer.drop_connections()
        self.balancer.expect("register")
        self.assertEqual(BAD, self.balancer.next_message())

    def test_goes_on_trying_when_a_later_register_is_refused(self):
        self.register()
        self.balancer.expect("register")
        self.refuse("register", 8, "address in use")
        self.balancer.drop_connections()
        self.balancer.expect("register")
        self.balancer.expect("register")

    def test_registers_again_when_the_balancer_has_given_up_on_the_connection(self):
        self.register()
        self.balancer.expect("register")
        self.balancer.push({"error": 1, "message": "message too long"})
        self.balancer.expect("register")

    def test_pauses_grow_from_try_to_try(self):
        self.register()
        times = [time.monotonic()]
        for _ in range(4):
            self.balancer.expect("register")
            times.append(time.monotonic())  # ahead of it: the pause has begun when this returns
            self.balancer.drop_connections()
        self.balancer.expect("register")
        times.append(time.monotonic())
        self.assertGreater(times[-1] - times[-2], lander.SHORTEST_PAUSE * 2**3 / 2)

    def test_understands_messages_however_they_are_cut(self):
        balancer = self.start_balancer(byte_by_byte=True)
        registration = self.register(balancer)
        balancer.expect("register")
        balancer.push(CHECK)
        self.assertEqual(GOOD, balancer.next_message())
        draining = threading.Thread(target=registration.drain)
        draining.start()
        balancer.expect("drain")
        balancer.push({**DRAIN, "active": 0})
        draining.join()

    def test_understands_messages_that_come_together(self):
        def push_around_the_reply(message: Message) -> Message | None:
            reply = {"error": 0}
            if message["cmd"] != "register":
                return reply
            self.balancer.push_bytes(b"".join(map(msgpack.packb, (CHECK, reply, CHECK))))
            return None

        self.balancer.answer = push_around_the_reply
        registration = self.register()
        self.balancer.expect("register")
        self.assertTrue(registration.registered)
        self.assertEqual([GOOD, GOOD], [self.balancer.next_message(), self.balancer.next_message()])

    def test_a_trouble_that_lasts_is_told_at_growing_intervals(self):
        reminders = lander._Reminders()
        told = [now for now in range(0, 3 * 86_400, 10) if reminders.is_due("refused", now)]
        self.assertEqual([0, 60, 180, 420], told[:4])
        self.assertEqual({3_600}, {later - before for before, later in zip(told[6:], told[7:])})
        self.assertTrue(reminders.is_due("unreachable", told[-1] + 1))
        self.assertFalse(reminders.is_due("unreachable", told[-1] + 2))
        reminders.end()
        self.assertTrue(reminders.is_due("unreachable", told[-1] + 3))


class TakeoverTest(LanderTestCase):
    """The scripted balancer leaves the registration to whoever registered last, as Lander does."""

    def setUp(self) -> None:
        super().setUp()
        for name, seconds in (("FIRST_ASK", 0.05), ("LAST_ASK", 0.1), ("LOOK_PAUSE", 0.02)):
            self.addCleanup(setattr, lander, name, getattr(lander, name))
            setattr(lander, name, seconds)
        self.holder: str | None = None
        self.balancer.answer = self.answer
        self.registration = self.register()
        self.balancer.expect("register")

    def answer(self, message: Message) -> Message:
        if message["cmd"] == "healthcheck" and self.holder:
            return {"error": 4, "message": "not registered"}
        others = [{"host": "10.9.9.9", "port": 30000}, {"host": "127.0.0.1", "port": 30001}]
        holder = [{"host": self.holder, "port": 30000}] if self.holder else []
        services = [{"protocol": "udp", "components": [{"host": "127.0.0.1", "port": 30000}]}]
        services.append({"protocol": "tcp", "components": others + holder})
        return {"error": 0, "services": services} if message["cmd"] == "status" else {"error": 0}

    def take_over(self) -> None:
        self.holder = "127.0.0.1"
        self.eventually(lambda: not self.registration.registered, "the takeover is noticed")

    def skip_to(self, cmd: str) -> Message:
        while (message := self.balancer.next_message())["cmd"] != cmd:
            pass
        return message

    def test_it_is_learnt_though_no_check_comes(self):
        self.take_over()
        with self.assertRaisesRegex(ConnectionError, "taken over"):
            self.registration.wait(0)

    def test_the_registration_is_left_to_who_has_it(self):
        self.take_over()
        status = self.skip_to("status")
        self.assertEqual({"cmd": "status", "relay_port": 50000}, status)
        for _ in range(5):
            self.balancer.expect("status")
        self.registration.close()
        self.balancer.expect_end()
        while not self.balancer.heard_nothing():
            self.balancer.expect("status")

    def test_it_registers_again_when_nobody_has_it(self):
        for _ in range(3):
            self.take_over()
            self.skip_to("status")
            self.balancer.expect("status")
            self.holder = None
            self.assertEqual(REGISTER, self.skip_to("register"))
            self.eventually(lambda: self.registration.registered, "registered")

    def test_a_healthcheck_is_not_sent_unasked_while_the_balancer_asks(self):
        self.addCleanup(setattr, lander, "FIRST_ASK", lander.FIRST_ASK)
        lander.FIRST_ASK = 60.0
        registration = self.register()
        self.skip_to("register")
        self.balancer.push(CHECK)
        self.skip_to("healthcheck")
        self.assertTrue(registration.registered)

    @unittest.skipUnless(sys.platform.startswith("linux"), "needs abstract addresses of Linux")
    def test_the_end_of_the_process_that_has_it_is_seen_at_once(self):
        self.addCleanup(setattr, lander, "SEEING_LOOK_PAUSE", lander.SEEING_LOOK_PAUSE)
        lander.SEEING_LOOK_PAUSE = 60.0  # so that looking does not find it out
        link = self.registration._links[0]
        with lander._Beacon(link._beacon_name(link._connection)) as holder:
            self.take_over()
            self.eventually(lambda: holder.light() or holder._lit is not None, "the name is free")
            self.eventually(lambda: select.select([holder._lit], [], [], 0)[0], "it is seen")
            self.skip_to("status")
            self.holder = None
        self.assertEqual(REGISTER, self.skip_to("register"))

    def test_a_forked_child_is_not_taken_for_its_parent(self):
        program = f"""
import os, sys, time
sys.path.insert(0, {CLIENTS!r})
import lander
beacon = lander._Beacon("test {os.getpid()}")
beacon.light()
child = os.fork()
child and print(child, flush=True)
time.sleep(60)
"""
        parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (parent.kill(), parent.wait(), parent.stdout.close()))
        self.addCleanup(os.kill, int(parent.stdout.readline()), signal.SIGKILL)
        with lander._Beacon(f"test {os.getpid()}") as watching:
            if not watching.see():
                self.skipTest("no abstract addresses here")
            self.assertFalse(watching.is_out())
            parent.kill()
            self.eventually(watching.is_out, "its end is seen")

    def test_a_balancer_that_knows_this_machine_by_another_address_is_not_fought_over(self):
        registers = []

        def answer(message: Message) -> Message:
            reply = self.answer(message)
            if message["cmd"] == "register":
                registers.append(time.monotonic())
            return reply

        self.holder = "192.0.2.1"  # as a translation of addresses would have it
        self.balancer.answer = answer
        self.eventually(lambda: len(registers) == 5, "registers again and again")
        pauses = [later - before for before, later in zip(registers, registers[1:])]
        self.assertGreater(pauses[-1], lander.LOOK_PAUSE * 4 * 4)


class SeveralBalancersTest(LanderTestCase):
    def test_registers_at_all_and_unregisters_from_all(self):
        balancers = [self.start_balancer() for _ in range(3)]
        with self.register(*balancers) as registration:
            self.eventually(lambda: len(registration.registered) == 3, "registered at all")
        for balancer in balancers:
            self.assertEqual(REGISTER, balancer.next_message())
            self.assertEqual(UNREGISTER, balancer.next_message())

    def test_one_that_is_down_is_registered_at_when_it_comes(self):
        late = self.start_balancer()
        late.close()
        registration = self.register(self.balancer, late)
        self.assertEqual([f"127.0.0.1:{self.balancer.port}"], registration.registered)
        self.start_balancer(port=late.port).expect("register")

    def test_one_that_refuses_takes_the_service_from_no_other_and_is_tried_again(self):
        for code in (8, 10, 11, 12, 13):
            other = self.start_balancer()
            self.refuse("register", code, "not here", other)
            with self.subTest(code), self.register(other, self.balancer) as registration:
                self.assertEqual([f"127.0.0.1:{self.balancer.port}"], registration.registered)
                self.balancer.expect("register")
                other.expect("register")
                other.answer = lambda message: {"error": 0}
                other.expect("register")
                self.eventually(lambda: len(registration.registered) == 2, "registered at both")  # noqa: B023
                self.assertTrue(self.balancer.heard_nothing())
            self.balancer.expect("unregister")

    def test_all_that_refuse_are_a_refusal(self):
        other = self.start_balancer()
        self.refuse("register", 10, "token is wrong")
        self.refuse("register", 12, "balance differs", other)
        with self.assertRaisesRegex(lander.Refused, "token is wrong"):
            self.register(self.balancer, other, wait=None)

    def test_one_that_refuses_beside_one_that_is_down_is_waited_for_no_longer_than_told(self):
        down = self.start_balancer()
        down.close()
        self.refuse("register", 10, "token is wrong")
        with self.assertRaisesRegex(ConnectionError, "token is wrong.*; .*refused"):
            self.register(self.balancer, down, wait=0)

    def test_one_that_is_down_may_yet_come_when_the_other_refuses(self):
        down = self.start_balancer()
        down.close()
        self.refuse("register", 10, "token is wrong")
        registering = threading.Thread(target=self.register, args=[self.balancer, down], kwargs={"wait": None})
        registering.start()
        self.balancer.expect("register")
        self.balancer.expect("register")
        self.start_balancer(port=down.port).expect("register")
        registering.join()

    def test_a_lost_one_leaves_the_other_alone(self):
        other = self.start_balancer()
        self.register(self.balancer, other)
        other.expect("register")
        self.balancer.close()
        other.push(CHECK)
        self.assertEqual(GOOD, other.next_message())


class DrainTest(LanderTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.registration = self.register()
        self.balancer.expect("register")
        self.outcome: list[bool] = []

    def begin_drain(self, timeout: float = 10.0) -> threading.Thread:
        draining = threading.Thread(target=lambda: self.outcome.append(self.registration.drain(timeout)))
        draining.start()
        self.assertEqual(DRAIN, self.balancer.next_message())
        return draining

    def test_returns_true_when_no_relay_is_left(self):
        draining = self.begin_drain()
        self.balancer.push({**DRAIN, "active": 2})
        self.balancer.push(CHECK)
        self.balancer.expect("healthcheck")  # so "active 2" has been seen as well
        self.assertTrue(draining.is_alive())
        self.balancer.push({**DRAIN, "active": 0})
        draining.join()
        self.assertEqual([True], self.outcome)

    def test_returns_false_when_relays_are_left_after_the_timeout(self):
        draining = self.begin_drain(timeout=0.2)
        self.balancer.push({**DRAIN, "active": 1})
        draining.join()
        self.assertEqual([False], self.outcome)
        self.assertTrue(self.registration.registered)

    def test_may_be_waited_for_again(self):
        self.begin_drain(timeout=0.01).join()
        again = threading.Thread(target=lambda: self.outcome.append(self.registration.drain(10)))
        again.start()
        self.balancer.push({**DRAIN, "active": 0})
        again.join()
        self.assertEqual([False, True], self.outcome)
        self.assertTrue(self.balancer.heard_nothing())  # it is asked for once

    def test_returns_false_at_once_when_it_is_refused(self):
        self.refuse("drain", 2, "unknown command")
        self.begin_drain().join()
        self.assertEqual([False], self.outcome)

    def test_a_link_lost_meanwhile_is_not_renewed(self):
        draining = self.begin_drain()
        self.balancer.drop_connections()
        draining.join()
        self.assertEqual([False], self.outcome)
        self.registration._links[0]._thread.join()
        self.assertTrue(self.balancer.heard_nothing())

    def test_has_nothing_to_wait_for_where_the_service_is_not_registered(self):
        self.balancer.close()
        self.eventually(lambda: not self.registration.registered, "the loss is noticed")
        self.assertTrue(self.registration.drain(10))


class EndTest(LanderTestCase):
    def test_unregisters_and_closes_at_the_end_of_the_block(self):
        with self.register():
            self.balancer.expect("register")
        self.assertEqual(UNREGISTER, self.balancer.next_message())
        self.balancer.expect_end()

    def test_may_be_closed_twice(self):
        registration = self.register()
        registration.close()
        registration.close()
        self.balancer.expect("register")
        self.balancer.expect("unregister")
        self.balancer.expect_end()
        self.assertTrue(self.balancer.heard_nothing())

    def test_unregisters_when_the_program_ends(self):
        program = self.start_program("pass")
        self.balancer.expect("register")
        self.assertEqual(UNREGISTER, self.balancer.next_message())
        self.assertEqual(0, program.wait())

    def test_drains_before_it_unregisters_when_told_so(self):
        registration = self.register(drain=10)
        closing = threading.Thread(target=registration.close)
        closing.start()
        self.balancer.expect("register")
        self.assertEqual(DRAIN, self.balancer.next_message())
        self.balancer.push({**DRAIN, "active": 1})
        self.assertTrue(self.balancer.heard_nothing())
        self.balancer.push({**DRAIN, "active": 0})
        self.assertEqual(UNREGISTER, self.balancer.next_message())
        closing.join()

    def test_unregisters_though_clients_are_left_after_the_drain(self):
        with self.register(drain=0.05):
            self.balancer.expect("register")
        self.balancer.expect("drain")
        self.balancer.expect("unregister")

    def test_a_registration_that_was_refused_is_not_drained(self):
        self.refuse("register", 12, "balance differs")
        with self.assertRaises(lander.Refused):
            self.register(drain=10)
        self.balancer.expect("register")
        self.balancer.expect_end()
        self.assertTrue(self.balancer.heard_nothing())

    def test_drains_when_the_program_ends(self):
        program = self.start_program("pass", drain=10)
        self.balancer.expect("register")
        self.balancer.expect("drain")
        self.balancer.push({**DRAIN, "active": 0})
        self.balancer.expect("unregister")
        self.assertEqual(0, program.wait())

    def test_sigterm_drains_while_the_program_goes_on_and_then_ends_it(self):
        ending = "registration.close_on_sigterm()\nwhile True: print(time.monotonic(), flush=True); time.sleep(0.01)"
        program = self.start_program(ending, drain=10)
        self.balancer.expect("register")
        program.stdout.readline()
        program.terminate()
        self.balancer.expect("drain")
        draining_since = time.monotonic()
        while float(program.stdout.readline()) < draining_since:
            pass
        self.balancer.push({**DRAIN, "active": 0})
        self.balancer.expect("unregister")
        self.assertEqual(-signal.SIGTERM, program.wait())

    def test_sigterm_does_afterwards_what_the_program_wanted(self):
        ending = "signal.signal(signal.SIGTERM, lambda *it: sys.exit(7))"
        ending += "; registration.close_on_sigterm(); print(); time.sleep(60)"
        program = self.start_program(ending)
        program.stdout.readline()
        program.terminate()
        self.balancer.expect("register")
        self.balancer.expect("unregister")
        self.assertEqual(7, program.wait())

    def test_a_second_sigterm_ends_the_program_at_once(self):
        program = self.start_program("registration.close_on_sigterm(); print(); time.sleep(60)", drain=60)
        program.stdout.readline()
        self.balancer.expect("register")
        program.terminate()
        self.balancer.expect("drain")
        program.terminate()
        self.assertEqual(-signal.SIGTERM, program.wait())
        self.assertTrue(self.balancer.heard_nothing())

    def test_a_forked_child_does_not_keep_the_registration_of_a_dead_parent(self):
        program = self.start_program("child = os.fork(); child and print(child, flush=True); time.sleep(60)")
        child = int(program.stdout.readline())
        self.addCleanup(os.kill, child, signal.SIGKILL)
        program.kill()
        self.balancer.expect_end()

    def test_a_forked_child_that_ends_does_not_unregister_its_parent(self):
        program = self.start_program("child = os.fork(); child and (os.wait(), print(), time.sleep(60))")
        program.stdout.readline()
        self.balancer.expect("register")
        self.balancer.push(CHECK)
        self.assertEqual(GOOD, self.balancer.next_message())

    def start_program(self, ending: str, drain: float = 0) -> subprocess.Popen:
        """A program that registers, does what `ending` says and ends."""
        program = f"""
import os, signal, sys, time
sys.path.insert(0, {CLIENTS!r})
import lander
registration = lander.register("127.0.0.1", {self.balancer.port}, port=30000, relay_port=50000, drain={drain})
{ending}
"""
        process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (process.kill(), process.wait(), process.stdout.close()))
        return process


class StatusTest(LanderTestCase):
    def test_asks_for_the_tree_or_a_part_of_it(self):
        services = [{"protocol": "tcp", "relay_port": 50000, "components": []}]
        self.balancer.answer = lambda message: {"error": 0, "services": services}
        self.assertEqual({"services": services}, lander.status(*self.balancer.address))
        self.assertEqual({"cmd": "status"}, self.balancer.next_message())
        lander.status(*self.balancer.address, 50000)
        self.assertEqual({"cmd": "status", "relay_port": 50000}, self.balancer.next_message())

    def test_takes_a_large_answer(self):
        services = [{"name": "x" * 100, "port": port} for port in range(5_000)]
        self.balancer.answer = lambda message: {"error": 0, "services": services}
        self.assertEqual({"services": services}, lander.status(*self.balancer.address))

    def test_raises_a_refusal(self):
        self.refuse("status", 1, "relay_port is out of range")
        with self.assertRaises(lander.Refused) as caught:
            lander.status(*self.balancer.address, 70000)
        self.assertEqual(1, caught.exception.code)


class TokenTest(unittest.TestCase):
    def test_is_the_first_line_without_its_end(self):
        contents = {b"secret\n": "secret", b" se cret \r\nmore\n": " se cret ", b"x": "x", b"": ""}
        for content, token in {**contents, b"\xef\xbb\xbfx\n": "x"}.items():  # a byte order mark is none of it
            with self.subTest(content), tempfile.NamedTemporaryFile() as file:
                file.write(content)
                file.flush()
                self.assertEqual(token, lander.read_token(file.name))


if __name__ == "__main__":
    unittest.main()
