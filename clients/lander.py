"""Puts a service behind Lander, the load balancer, in three lines:

    import lander

    with lander.register("10.0.0.5", 9988, port=30000, relay_port=50000):
        serve()

This service listens on port 30000 of its own machine, and clients now reach it at port 50000 of the
balancer 10.0.0.5, whose control channel is port 9988. A background thread answers the balancer's
health checks and, should the link be lost, registers again as soon as the balancer is back.

A rolling restart without one cut connection, for a program that SIGTERM ends:

    with lander.register("10.0.0.5", 9988, port=30000, relay_port=50000, drain=30) as registration:
        registration.close_on_sigterm()    # no new clients; waits until those being served have finished
        serve()

One file to copy beside your own; it needs Python 3.9 and `msgpack`. All durations are seconds.
Everything public may be called from any thread. Events go to the logger `lander`. The registration ends
with the process, however it ends: SIGTERM, which Python does not turn into an exit by itself, ends it as
surely as `close()` does, though without draining unless `close_on_sigterm()` was called.
"""

from __future__ import annotations

import atexit
import collections
import ipaddress
import logging
import os
import random
import selectors
import signal
import socket
import ssl
import sys
import threading
import time
import weakref
from concurrent.futures import Future, wait as wait_for_futures
from typing import Any, Callable, Mapping, Sequence, Tuple, Union

import msgpack

Address = Tuple[str, int]
Message = Mapping[str, Any]
Healthy = Union[bool, Callable[[], bool]]
Tls = Union[bool, str, ssl.SSLContext, Callable[[], ssl.SSLContext]]

# Error codes that mean more to a component than "refused".
NOT_REGISTERED = 4
INTERNAL_ERROR = 7  # also: the balancer is just ending, so another try is worth while

NOT_LANDER = "what answers there is not Lander, or wants TLS"

# Seconds between two tries to reach a balancer: doubling, less up to a half by chance, so that a
# restarted balancer does not meet all its components in the same instant.
SHORTEST_PAUSE = 0.1
LONGEST_PAUSE = 5.0

# Seconds until a trouble that stays the same is told again: doubling.
FIRST_REMINDER = 60.0
LAST_REMINDER = 3600.0

# Nobody tells a component that another connection has taken its registration over. So it reports its health
# unasked when it was not asked for so long, and learns it from the answer: soon after it has registered,
# when processes of one service start together, and then so seldom that a balancer with the default
# --health-interval is always first to ask.
FIRST_ASK = 1.0
LAST_ASK = 6.0

# Who was taken over looks so often whether the registration has become free, for each component that the
# relay port has: with many of them none is missed, and all who look together are no burden. Whoever sees the
# process that has it needs to look seldom, as it sees its end, too; then it looks at once until the balancer
# has seen it as well.
LOOK_PAUSE = 0.1
LONGEST_LOOK_PAUSE = 30.0
SEEING_LOOK_PAUSE = 5.0
SHORTEST_LOOK_PAUSE = 0.001

log = logging.getLogger("lander")


class Refused(Exception):
    """Lander understood the command and said no: `code` is from its list of errors, never 0."""

    def __init__(self, balancer: str, command: str, code: int, message: str) -> None:
        super().__init__(f"{balancer} refused {command}: {message or 'no reason given'} (error {code})")
        self.code = code
        self.message = message


def register(
    balancers: str | Sequence[Address],
    control_port: int | None = None,
    *,
    port: int,
    relay_port: int,
    protocol: str = "tcp",
    healthy: Healthy = True,
    wait: float | None = 0.0,
    background: bool = False,
    family: int = socket.AF_INET,
    timeout: float = 5.0,
    drain: float = 0.0,
    tls: Tls = False,
    host: str | None = None,
    server_names: Sequence[str] | None = None,
    alpn: Sequence[str] | None = None,
    name: str | None = None,
    weight: int | None = None,
    backup: bool | None = None,
    priority: int | None = None,
    balance: str | None = None,
    max_connections: int | None = None,
    max_bytes_per_second: int | None = None,
    max_duration: str | None = None,
    proxy_protocol: str | None = None,
    affinity: str | None = None,
    responses: int | None = None,
    max_new_per_second: int | None = None,
    max_per_client: int | None = None,
    clients: Sequence[str] | None = None,
    preamble: str | None = None,
    slow_start: str | None = None,
    answer_timeout: str | None = None,
    udp_timeout: str | None = None,
    metrics_port: int | None = None,
    token: str | None = None,
    token_file: str | None = None,
    fields: Mapping[str, Any] | None = None,
) -> Registration:
    """Registers the service on `port` of this machine as one that clients reach at `relay_port`.

    balancers: one host, with `control_port`; or several as `[("lb1", 9988), ("lb2", 9988)]`, each of
        which gets a registration of its own.
    healthy: the answer to health checks, or a function that gives it. The function runs in the
        background thread and should be quick: while it blocks no check is answered, and the balancer
        takes the service for silent. One that raises counts as not healthy.
    wait: how long to go on trying while no balancer can be reached. 0 is one try at each, None is for
        ever. As soon as every balancer was tried and one of them has registered the service this
        returns; the others are tried in the background.
    background: do not wait at all, for a service that should start whether or not a balancer is there.
        What this would have raised is learnt from `Registration.wait`, which may be left out.
    family: the address family in which the service listens. The balancer sends clients to the address
        that this machine reached it from, so for a server on 0.0.0.0 `localhost` must not mean ::1.
    timeout: for each connect, and for each answer of the balancer.
    drain: how long `close()`, and so the end of a `with` block or of the program, lets the clients that
        are being served finish before it unregisters: see `Registration.drain`. They need somebody who
        serves them meanwhile, such as a daemon thread.
    tls: True encrypts the link and trusts the authorities that this machine trusts, a string names a file
        with others (PEM), and an `ssl.SSLContext` may also have a certificate to show. A function that
        returns one is called for each new link, and so follows files that are renewed; the file with the
        authorities is read again for each. A balancer's certificate must be for the host as it is given here.
    host: the address at which the balancer reaches the service, when that is not the one that this program
        connects from: an IP address, and only with the balancer's token.
    server_names, alpn: which clients of the relay port the service has, where several services share it: those
        that ask for one of these names, and offer one of these protocols, in the first message of TLS.
    name ... token: optional fields of the registration, sent only if given; `fields` is for others
        that a newer Lander knows. Their durations are text such as "250ms" or "5s".
    metrics_port: where this service has metrics for Prometheus, which the balancers' discovery tells it.
    token_file: instead of `token`, the file that has it in its first line; read again for each register.

    Raises Refused if all balancers turn the registration down, and ConnectionError if none has registered
    the service and not all have answered; nothing stays registered then. A balancer that refuses while
    another has registered the service is tried again, like one that is down, and the log says so.
    ValueError: what is given as a balancer cannot be one.
    """
    if isinstance(balancers, str):
        if control_port is None:
            raise TypeError("the balancer's control port is missing")
        balancers = [(balancers, control_port)]
    service: dict[str, Any] = {"protocol": protocol, "port": port, "relay_port": relay_port}
    for field, value in (("host", host), ("server_names", server_names), ("alpn", alpn)):
        if value is not None:
            service[field] = value
    optional = {
        "name": name,
        "weight": weight,
        "backup": backup,
        "priority": priority,
        "balance": balance,
        "max_connections": max_connections,
        "max_bytes_per_second": max_bytes_per_second,
        "max_duration": max_duration,
        "proxy_protocol": proxy_protocol,
        "affinity": affinity,
        "responses": responses,
        "max_new_per_second": max_new_per_second,
        "max_per_client": max_per_client,
        "clients": clients,
        "preamble": preamble,
        "slow_start": slow_start,
        "answer_timeout": answer_timeout,
        "udp_timeout": udp_timeout,
        "metrics_port": metrics_port,
        "token": token,
        **(fields or {}),
    }
    given = {field: value for field, value in optional.items() if value is not None}
    registration = Registration(balancers, service, given, token_file, healthy, family, timeout, drain, tls)
    if not background:
        try:
            registration.wait(wait)
        except BaseException:
            registration._unregister()
            raise
    return registration


def status(
    host: str,
    port: int,
    relay_port: int | None = None,
    *,
    family: int = socket.AF_UNSPEC,
    timeout: float = 5.0,
    tls: Tls = False,
) -> Message:
    """The tree `{"services": [...]}` of what is registered at a balancer, or at one relay port of it."""
    command = {"cmd": "status"}
    if relay_port is not None:
        command["relay_port"] = relay_port
    with Connection((host, port), family=family, timeout=timeout, tls=tls) as connection:
        reply = connection.ask(command)
    return {key: value for key, value in reply.items() if key not in ("error", "message")}


def read_token(path: str) -> str:
    """The shared secret in a token file, read as Lander reads it: the first line without its end.

    OSError: it cannot be read, or is no text.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="\n") as file:
            return file.readline().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise OSError(f"{path} is not UTF-8: {error}") from error


def _route(service: Message) -> list[str]:
    """Which clients a service has, the same text whatever order and case its names were given in."""
    names = sorted({name.lower() for name in service.get("server_names", [])})
    return [*names, *sorted(set(service.get("alpn", [])))]


class Registration:
    """One service, registered at one or more balancers until `close()` or the end of a `with` block."""

    def __init__(
        self,
        balancers: Sequence[Address],
        service: Message,
        optional: Message,
        token_file: str | None,
        healthy: Healthy,
        family: int,
        timeout: float,
        drain: float,
        tls: Tls,
    ) -> None:
        """Begins to register and does not wait for it: `register()` is for users."""
        self._service = service
        self._optional = optional
        self._token_file = token_file
        self._healthy = healthy
        self._timeout = timeout
        self._drain_timeout = drain
        self._pid = os.getpid()
        self._changed = threading.Condition()  # notified when a link was registered or lost
        msgpack.packb(self._command("register"))  # a field of an odd type fails here, in the caller's face
        _tls_context(tls)  # as does a file that is missing
        for host, port in balancers:
            _check_address(host, port)  # and what can be no address
        self._links = [_Link(self, (host, port), family, timeout, tls) for host, port in balancers]
        for link in self._links:
            link.start()
        atexit.register(self.close)

    @property
    def registered(self) -> list[str]:
        """The balancers, as `host:port`, at which the service is registered at this moment."""
        return [link.balancer for link in self._links if link.registered]

    @property
    def healthy(self) -> Healthy:
        """The answer to health checks, or the function that gives it. A change is told at once."""
        return self._healthy

    @healthy.setter
    def healthy(self, healthy: Healthy) -> None:
        if healthy is self._healthy:
            return
        self._healthy = healthy
        for link in self._links:
            link.tell_health()

    def wait(self, timeout: float | None) -> None:
        """Returns when every balancer was tried and one has registered the service.

        Raises Refused if all have turned it down, and ConnectionError if after `timeout` and one try at
        each none has registered it. What could not be done is tried on all the same, until `close()`.
        """
        with self._changed:
            self._changed.wait_for(lambda: all(link.registered or link.error for link in self._links))
            self._changed.wait_for(lambda: self.registered or self._all_refused(), timeout)
            if not self.registered:
                self._raise_errors()

    def drain(self, timeout: float = 30.0) -> bool:
        """Takes the service out of rotation for good and waits until no client is being served.

        True: every balancer that had the service said that no relay and no flow is left. False: some
        were left after `timeout`, or a balancer could no longer tell. Either way the registration
        still stands, draining, until `close()`; it is not renewed if its link is lost.

        A UDP client counts as served until the balancer's --udp-timeout has passed without a datagram,
        or it has had its `responses`.
        """
        drained = [link.drain() for link in self._links]
        wait_for_futures(drained, timeout)
        return all(future.done() and future.result() for future in drained)

    def close(self) -> None:
        """Drains as long as `register` was told to, then unregisters everywhere: no new client comes.

        Relays that are still open are left alone.
        """
        if os.getpid() != self._pid:
            return  # a forked child has no part in its parent's registration
        if self._drain_timeout > 0 and not self.drain(self._drain_timeout):
            log.warning("clients are left after the drain")
        self._unregister()

    def close_on_sigterm(self) -> None:
        """From now on SIGTERM first closes this registration, while the program goes on serving.

        Then the signal does what it would have done without this; a second one does so at once. To be
        called in the main thread, as Python wants it for all that concerns signals (else ValueError).
        """
        before = signal.getsignal(signal.SIGTERM)

        def close_and_end() -> None:
            try:
                self.close()
            finally:
                os.kill(os.getpid(), signal.SIGTERM)

        def on_sigterm(number: int, frame: object) -> None:
            # None: a handler that is not Python's, which cannot be put back.
            signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
            if os.getpid() == self._pid:
                threading.Thread(target=close_and_end, name="lander SIGTERM", daemon=True).start()
            else:
                os.kill(os.getpid(), signal.SIGTERM)

        signal.signal(signal.SIGTERM, on_sigterm)

    def _unregister(self) -> None:
        atexit.unregister(self.close)
        replies = [link.unregister() for link in self._links]
        wait_for_futures([reply for reply in replies if reply], self._timeout)
        for link in self._links:
            link.end()

    def __enter__(self) -> Registration:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _all_refused(self) -> bool:
        """Whether another try is not likely to change anything."""
        return all(
            link.error and not isinstance(link.error, OSError) and getattr(link.error, "code", 0) != INTERNAL_ERROR
            for link in self._links
        )

    def _raise_errors(self) -> None:
        errors = [link.error for link in self._links]
        if errors and not any(isinstance(error, OSError) for error in errors):
            raise errors[0]  # the log has all
        reasons = "; ".join(f"{link.balancer}: {link.error}" for link in self._links)
        raise ConnectionError(f"no balancer has registered the service: {reasons or 'none was named'}")

    def _command(self, cmd: str) -> Message:
        extra: Message = {}
        if cmd == "register":
            token = {"token": read_token(self._token_file)} if self._token_file else {}
            extra = {**self._optional, **token}
        return {"cmd": cmd, **self._service, **extra}

    def _health(self) -> Message:
        """A healthcheck of ours; in it, and only there, `port` is the relay port."""
        return {
            "cmd": "healthcheck",
            "protocol": self._service["protocol"],
            "port": self._service["relay_port"],
            "state": "good" if self._is_good() else "bad",
            **{field: value for field, value in self._service.items() if field == "host"},
        }

    def _is_good(self) -> bool:
        if not callable(self._healthy):
            return bool(self._healthy)
        try:
            return bool(self._healthy())
        except Exception:
            log.exception("the health function failed: reporting bad")
            return False


class _Link:
    """Keeps the service registered at one balancer: registers, answers, and begins anew when lost."""

    def __init__(
        self,
        registration: Registration,
        address: Address,
        family: int,
        timeout: float,
        tls: Tls,
    ) -> None:
        self.balancer = _address_text(address)
        self.registered = False
        self.error: Exception | None = None  # what ended the latest try, unless it has been registered since
        self._registration = registration
        self._open = lambda: Connection(address, family=family, timeout=timeout, tls=tls, on_push=self._on_push)
        self._reminders = _Reminders()
        # Health is found out and told in one piece, or an old answer could overtake a new one. Not under
        # `_lock`: a health function that hangs must not keep the service from ending.
        self._telling = threading.RLock()
        self._lock = threading.RLock()  # guards the fields below, and `registered`
        self._connection: Connection | None = None  # once the register has been sent on it
        self._drained: Future[bool] | None = None  # once a drain was asked for
        self._taken_over = False  # another connection has the registration that this one had
        self._heard_at = 0.0  # when the balancer last asked for the health, or was told it unasked
        self._ending = threading.Event()  # a lost link is not renewed any more
        self._thread = threading.Thread(target=self._run, name=f"lander {self.balancer}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def tell_health(self) -> None:
        """Reports the service's health, asked or not."""
        with self._telling:
            self._heard_at = time.monotonic()
            if self._connection:
                reply = self._send(self._registration._health())
                reply.add_done_callback(self._on_health_reply)

    def drain(self) -> Future[bool]:
        """Sends `drain`; the future says whether the count of relays came down to 0."""
        with self._lock:
            self._ending.set()  # registering again would lift the drain
            if self._drained is None:
                self._drained = Future()
                if self.registered:
                    self._send(self._registration._command("drain")).add_done_callback(self._on_drain_reply)
                else:
                    self._drained.set_result(True)  # this balancer sends nobody here
                    self._abort()
            return self._drained

    def unregister(self) -> Future[Message] | None:
        """Sends `unregister`, if there is anything to unregister; the future is the reply."""
        with self._lock:
            self._ending.set()
            if not self.registered:
                return None
            self.registered = False
            return self._send(self._registration._command("unregister"))

    def end(self) -> None:
        """Closes the connection, with which whatever is left of the registration ends."""
        with self._lock:
            self._ending.set()
            linked = self._connection is not None
            self._abort()
        if linked and self._thread is not threading.current_thread():
            self._thread.join(1.0)  # at once, unless it is stuck in the health function

    def _run(self) -> None:
        pause = SHORTEST_PAUSE
        while not self._ending.is_set():
            began = time.monotonic()
            try:
                self._live()
            except Exception as error:
                self._on_lost(error)
            if time.monotonic() - began > LONGEST_PAUSE:
                pause = SHORTEST_PAUSE
            self._ending.wait(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, LONGEST_PAUSE)

    def _live(self) -> None:
        """One life of the link, from connecting to the error that ends it."""
        connection = self._open()
        blind = 0
        try:
            while True:
                self._register(connection)
                self._stay(connection)
                blind = 0 if self._await_vacancy(connection, LOOK_PAUSE * blind * blind) else blind + 1
        finally:
            with self._lock:
                self._connection = None
            connection.close()

    def _register(self, connection: Connection) -> None:
        reply = connection.receive_reply(self._greet(connection))
        _raise_if_refused(self.balancer, "register", reply)
        if reply.get("message"):
            log.warning("%s: %s", self.balancer, reply["message"])
        self._on_registered()

    def _greet(self, connection: Connection) -> Future[Message]:
        """Sends the register, and in the same breath that the service is not well if it is not."""
        with self._telling:
            health = self._registration._health()
            not_well = [health] if health["state"] != "good" else []
            with self._lock:
                if self._ending.is_set():
                    raise ConnectionAbortedError("ended while connecting")
                self._connection = connection
                self._taken_over = False
                return connection.send(self._registration._command("register"), *not_well)[0]

    def _stay(self, connection: Connection) -> None:
        """Takes in what comes, until another connection has taken the registration over."""
        pause = FIRST_ASK
        with _Beacon(self._beacon_name(connection)) as beacon:
            while not self._taken_over:
                beacon.light()  # again and again: whoever was taken over may still have the name
                connection.receive(max(0.0, self._heard_at + pause - time.monotonic()))
                if time.monotonic() >= self._heard_at + pause:
                    pause = min(2 * pause, LAST_ASK)
                    self.tell_health()

    def _await_vacancy(self, connection: Connection, pause: float) -> bool:
        """Returns when nobody has the registration any more: whether somebody was seen to have it.

        To take it back sooner would start a tug of war between two processes. Behind an address translation
        nobody is ever seen, as the balancer knows this machine by another address: then it is to be taken
        back more and more slowly.
        """
        command = {"cmd": "status", "relay_port": self._registration._service["relay_port"]}
        seen = False
        soon = LOOK_PAUSE
        with _Beacon(self._beacon_name(connection)) as beacon:
            while True:
                if self._sees_an_end(connection, beacon, min(pause, LONGEST_LOOK_PAUSE)):
                    soon = SHORTEST_LOOK_PAUSE
                reply = connection.receive_reply(connection.send(command)[0])
                components = self._components(reply)
                if reply.get("error") == 0 and not self._is_among(components, self._host(connection)):
                    return seen
                seen = True
                if soon < LOOK_PAUSE:
                    pause, soon = soon, 2 * soon
                else:
                    pause = SEEING_LOOK_PAUSE if beacon.see() else LOOK_PAUSE * max(1, len(components))

    def _sees_an_end(self, connection: Connection, beacon: _Beacon, pause: float) -> bool:
        """Whether within the pause the process ended, or was taken over, that has the registration."""
        look_at = time.monotonic() + pause
        while time.monotonic() < look_at:
            connection.receive(look_at - time.monotonic(), beside=beacon.seen)
            if beacon.is_out():
                return True
        return False

    def _beacon_name(self, connection: Connection) -> str:
        service = self._registration._service
        where = " ".join([service.get("host", ""), *_route(service)])
        return f"lander {connection.ends} {service['protocol']} {service['port']} {service['relay_port']} {where}"

    def _host(self, connection: Connection) -> str:
        """Where the balancer has the service, as a rule."""
        host = self._registration._service.get("host")
        return _without_scope(host) if host else connection.local_host

    def _components(self, status: Message) -> list[Message]:
        own = self._registration._service
        return [
            component
            for service in status.get("services", [])
            if service["protocol"] == own["protocol"] and _route(service) == _route(own)
            for component in service["components"]
        ]

    def _is_among(self, components: list[Message], host: str) -> bool:
        port = self._registration._service["port"]
        return any(listed["port"] == port and _without_scope(listed["host"]) == host for listed in components)

    def _send(self, command: Message) -> Future[Message]:
        """Sends over the link as it is now; if it is lost the future says so, as for a later loss."""
        connection = self._connection
        try:
            if connection is None:
                raise ConnectionError("no link")
            return connection.send(command)[0]
        except OSError as error:
            failed: Future[Message] = Future()
            failed.set_exception(error)
            return failed

    def _abort(self) -> None:
        if self._connection:
            self._connection.abort()

    def _on_registered(self) -> None:
        with self._lock:
            if self._ending.is_set():
                raise ConnectionAbortedError("ended while registering")
            self.registered, self.error = True, None
            self._heard_at = time.monotonic()
        self._reminders.end()
        log.info("%s: registered %s", self.balancer, self._service_text())
        self._notify()

    def _on_lost(self, error: Exception) -> None:
        with self._lock:
            self.registered = False
            self.error = error
            self._settle_drain(False)
        if not self._ending.is_set() and self._reminders.is_due(str(error), time.monotonic()):
            log.warning("%s: not registered: %s", self.balancer, error)
        self._notify()

    def _on_push(self, message: Message) -> None:
        if message["cmd"] == "healthcheck":
            self.tell_health()
        elif message["cmd"] == "drain":
            log.info("%s: draining, %s active", self.balancer, message.get("active"))
            if message.get("active") == 0:
                self._settle_drain(True)

    def _on_drain_reply(self, reply: Future[Message]) -> None:
        if reply.exception() or reply.result().get("error") != 0:
            log.warning("%s: drain: %s", self.balancer, reply.exception() or reply.result())
            self._settle_drain(False)

    def _on_health_reply(self, reply: Future[Message]) -> None:
        """NOT_REGISTERED: another connection took the registration over, as in a restart of this service."""
        with self._lock:
            if reply.exception() or reply.result().get("error") != NOT_REGISTERED or not self.registered:
                return
            self.registered, self._taken_over = False, True
            self.error = ConnectionError("another connection has taken over")
        log.warning("%s: another connection has taken over %s", self.balancer, self._service_text())
        self._notify()

    def _settle_drain(self, reached_zero: bool) -> None:
        with self._lock:
            if self._drained and not self._drained.done():
                self._drained.set_result(reached_zero)

    def _service_text(self) -> str:
        service = self._registration._service
        text = "{protocol} port {port} at relay port {relay_port}".format(**service)
        return " ".join([text, *service.get("server_names", []), *service.get("alpn", [])])

    def _notify(self) -> None:
        with self._registration._changed:
            self._registration._changed.notify_all()


class _Reminders:
    """Of a trouble that lasts: it is told when it begins or changes, and again at growing intervals."""

    def __init__(self) -> None:
        self._trouble: str | None = None
        self._next_at = 0.0
        self._pause = FIRST_REMINDER

    def is_due(self, trouble: str, now: float) -> bool:
        if trouble != self._trouble:
            self._trouble, self._pause = trouble, FIRST_REMINDER
        elif now < self._next_at:
            return False
        else:
            self._pause = min(2 * self._pause, LAST_REMINDER)
        self._next_at = now + self._pause
        return True

    def end(self) -> None:
        self._trouble = None


class Connection:
    """A control connection: whole messages both ways, each reply given to the command it answers.

    For programs that operate a balancer; a service wants `register()`. Any thread may send; one thread,
    the owner, receives and closes.
    """

    def __init__(
        self,
        address: Address,
        *,
        family: int = socket.AF_UNSPEC,
        timeout: float = 5.0,
        tls: Tls = False,
        on_push: Callable[[Message], None] = lambda message: None,
    ) -> None:
        """Connects. OSError: nobody could be reached; `timeout` and `tls` are as for `register()`.

        on_push: called by the owner while it receives, with each message that answers no command.
        """
        self.balancer = _address_text(address)
        self._socket = _connect(address, family, timeout, _tls_context(tls))
        self.local_host = _without_scope(self._socket.getsockname()[0])  # as the balancer shows it, as a rule
        self._on_push = on_push
        self._unpacker = msgpack.Unpacker(unicode_errors="replace")
        self._send_lock = threading.Lock()
        self._unanswered: collections.deque[Future[Message]] = collections.deque()
        _connections.add(self)

    @property
    def ends(self) -> str:
        """Both addresses, and the balancer's port: the same for every process of this machine."""
        host, port = self._socket.getpeername()[:2]
        return f"{self.local_host} {_without_scope(host)} {port}"

    def send(self, *commands: Message) -> list[Future[Message]]:
        """Sends the commands together; returns their replies to come. OSError: the link is lost."""
        replies: list[Future[Message]] = [Future() for _ in commands]
        with self._send_lock:
            self._unanswered.extend(replies)  # first: the answer may be faster than the next line
            try:
                self._socket.sendall(b"".join(map(msgpack.packb, commands)))
            except OSError:
                self.abort()  # half a message may be out
                raise
        return replies

    def ask(self, command: Message) -> Message:
        """Sends a command and waits for its reply. Refused: it was turned down; OSError: the link is lost."""
        reply = self.receive_reply(self.send(command)[0])
        _raise_if_refused(self.balancer, command["cmd"], reply)
        return reply

    def receive(self, timeout: float | None = None, beside: socket.socket | None = None) -> None:
        """Takes in what has come, or waits this long for it (or a while). OSError: the link is lost.

        It waits no longer either when there is something to read in the socket `beside`.
        """
        try:
            if timeout is None or _is_ready(self._socket, selectors.EVENT_READ, timeout, beside):
                self._receive()
        except socket.timeout:
            pass  # silence is no loss: whether the peer still stands is the keep-alive's to find out

    def receive_reply(self, reply: Future[Message]) -> Message:
        """Receives until this reply is there, but not through a silence of the whole timeout."""
        while not reply.done():
            self._receive()
        return reply.result()

    def _receive(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionResetError("closed by the balancer")
        try:
            self._unpacker.feed(data)
            messages = list(self._unpacker)
        except (ValueError, msgpack.UnpackException) as error:
            raise ConnectionError(NOT_LANDER) from error
        for message in messages:
            self._on_message(message)

    def _on_message(self, message: Any) -> None:
        if not isinstance(message, dict):
            raise ConnectionError(NOT_LANDER)
        if "cmd" in message:
            self._on_push(message)
        elif self._unanswered:
            self._unanswered.popleft().set_result(message)
        else:
            raise ConnectionError(f"the balancer gave up on this connection: {message.get('message')}")

    def abort(self) -> None:
        """Makes the owner's `receive` and every `send` fail at once."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it was lost already

    def close(self) -> None:
        self.abort()
        with self._send_lock:
            self._socket.close()
        while self._unanswered:  # not under the lock: whoever waits for these may want to send
            self._unanswered.popleft().set_exception(ConnectionError("the link was lost"))

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class _Beacon:
    """By which processes of one service on one machine see each other's end: a name that one of them has.

    It is an abstract address of Linux, which leaves no file behind and ends with its process; elsewhere
    nothing is seen.
    """

    def __init__(self, name: str) -> None:
        self._name = b"\0" + name.encode("utf-8")
        self._lit: socket.socket | None = None
        self.seen: socket.socket | None = None  # connected to who has the name
        _beacons.add(self)

    def light(self) -> None:
        """Takes the name, if nobody has it."""
        if self._lit is None:
            self._lit = self._try(lambda own: (own.bind(self._name), own.listen(128)))

    def see(self) -> bool:
        """Whether another process has the name."""
        if self.seen is None:
            self.seen = self._try(lambda own: own.connect(self._name))
        return self.seen is not None

    def is_out(self) -> bool:
        """Whether who was seen has ended: it says nothing, so that this is all that can be heard of it."""
        if self.seen is None or not _is_ready(self.seen, selectors.EVENT_READ, 0):
            return False
        self.seen.close()
        self.seen = None
        return True

    @staticmethod
    def _try(use: Callable[[socket.socket], object]) -> socket.socket | None:
        if not sys.platform.startswith("linux"):
            return None
        own = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            own.setblocking(False)
            use(own)
            return own
        except OSError:
            own.close()
            return None

    def close(self) -> None:
        for own in filter(None, (self._lit, self.seen)):
            own.close()

    def __enter__(self) -> _Beacon:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _raise_if_refused(balancer: str, command: str, reply: Message) -> None:
    if reply.get("error") != 0:
        raise Refused(balancer, command, reply.get("error", -1), reply.get("message", ""))


class _TlsSocket:
    """A TLS connection that one thread reads while others write. OpenSSL takes one call at a time."""

    def __init__(self, tls_socket: ssl.SSLSocket) -> None:
        """The handshake is done."""
        self._socket = tls_socket
        self._timeout = tls_socket.gettimeout()
        self._one_call = threading.Lock()
        tls_socket.setblocking(False)  # nobody waits while holding the lock

    def recv(self, size: int) -> bytes:
        return self._when_ready(lambda: self._socket.recv(size))

    def sendall(self, data: bytes) -> None:
        while data:
            data = data[self._when_ready(lambda: self._socket.send(data)) :]

    def shutdown(self, how: int) -> None:
        socket.socket.shutdown(self._socket, how)  # its own would let others go on without encryption

    def getsockname(self) -> Any:
        return self._socket.getsockname()

    def getpeername(self) -> Any:
        return self._socket.getpeername()

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def _when_ready(self, call: Callable[[], Any]) -> Any:
        while True:
            try:
                with self._one_call:
                    return call()
            except ssl.SSLWantReadError:
                event = selectors.EVENT_READ
            except ssl.SSLWantWriteError:
                event = selectors.EVENT_WRITE
            if not _is_ready(self._socket, event, self._timeout):
                raise socket.timeout("timed out")


# Of all selectors the one without a file descriptor of its own.
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)


def _is_ready(
    link: socket.socket | _TlsSocket, event: int, timeout: float | None, beside: socket.socket | None = None
) -> bool:
    """Waits for the event this long at most, and until there is something to read in the socket `beside`."""
    with _Selector() as selector:
        try:
            selector.register(link, event)
        except ValueError:
            raise ConnectionAbortedError("closed") from None
        if beside:
            selector.register(beside, selectors.EVENT_READ)
        return any(key.fileobj is link for key, _ in selector.select(timeout))


def _tls_context(tls: Tls) -> ssl.SSLContext | None:
    """None: no TLS. OSError: a file of it cannot be read, or is not what it should be."""
    if not tls or isinstance(tls, ssl.SSLContext):
        return tls or None
    if callable(tls):
        return tls()
    return ssl.create_default_context(cafile=None if tls is True else tls)


def _check_address(host: str, port: int) -> None:
    """ValueError: this can be no address; the resolver would take a port modulo 65536."""
    if not 0 < port < 65536:
        raise ValueError(f"{port} is not a TCP port")
    host.encode("idna")


def _address_text(address: Address) -> str:
    """HOST:PORT, with brackets around an IPv6 address."""
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _without_scope(host: str) -> str:
    """An IP address as one text, whatever way it is written; without the interface of fe80::1%eth0."""
    parsed = ipaddress.ip_address(host.partition("%")[0])
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def _connect(
    address: Address, family: int, timeout: float, tls: ssl.SSLContext | None
) -> socket.socket | _TlsSocket:
    """A connection to the first of the host's addresses in the family that takes one."""
    host, port = address
    _check_address(host, port)
    failure: OSError = ConnectionError(f"{host} has no address")
    for family, kind, protocol, _, resolved in socket.getaddrinfo(host, port, family, socket.SOCK_STREAM):
        candidate = socket.socket(family, kind, protocol)
        try:
            candidate.settimeout(timeout)
            candidate.connect(resolved)
            if candidate.getsockname() == candidate.getpeername():
                # TCP lets a socket meet itself when nobody listens on a local port of the ephemeral
                # range, and it would keep the restarting balancer from that port.
                raise ConnectionRefusedError("nobody listens there")
            _notice_dead_peers(candidate)
            if tls is None:
                return candidate
            # A certificate knows nothing of the interface in fe80::1%eth0.
            name = host.partition("%")[0] if ":" in host else host
            return _TlsSocket(tls.wrap_socket(candidate, server_hostname=name))
        except OSError as error:
            candidate.close()
            failure = error
    raise failure


def _notice_dead_peers(link: socket.socket) -> None:
    """A host that vanished without a word is noticed after 30 s, where the system can be told so."""
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    settings = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 30_000}
    for option, value in settings.items():
        if hasattr(socket, option):
            link.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


# Every open control connection and beacon of the process, for the one thing that a fork must undo.
_connections: weakref.WeakSet[Connection] = weakref.WeakSet()
_beacons: weakref.WeakSet[_Beacon] = weakref.WeakSet()


def _let_go_in_child() -> None:
    """A forked child drops its copies of the sockets, or they would outlive the parent's end."""
    for connection in list(_connections):
        connection._socket.close()
    for beacon in list(_beacons):
        beacon.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go_in_child)
