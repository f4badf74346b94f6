"""Certificates and contexts for tests of TLS, made by the program openssl."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import unittest


class Certificates:
    """A CA, and what it has issued: `server` for 127.0.0.1, `elsewhere` for another host, and `client`."""

    def __init__(self, directory: str) -> None:
        if not shutil.which("openssl"):
            raise unittest.SkipTest("the program openssl is missing")
        self._directory = directory
        self._request("ca", "-addext", "basicConstraints=critical,CA:TRUE")
        self._issue("server", "IP:127.0.0.1")
        self._issue("elsewhere", "DNS:lb.example")
        self._issue("client", "DNS:client.example")

    @property
    def ca(self) -> str:
        return self.path("ca.pem")

    def path(self, name: str) -> str:
        return os.path.join(self._directory, name)

    def server_context(self, name: str = "server", demand_certificate: bool = False) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=self.ca)
        context.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        context.verify_mode = ssl.CERT_REQUIRED if demand_certificate else ssl.CERT_NONE
        return context

    def client_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca)
        context.load_cert_chain(self.path("client.pem"), self.path("client.key"))
        return context

    def _issue(self, name: str, for_host: str) -> None:
        issuer = ("-CA", self.ca, "-CAkey", self.path("ca.key"))
        kind = ("-addext", "basicConstraints=critical,CA:FALSE", "-addext", f"subjectAltName={for_host}")
        self._request(name, *issuer, *kind)

    def _request(self, name: str, *options: str) -> None:
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.path(name + ".key"))
        to = ("-days", "2", "-subj", f"/CN={name}", "-out", self.path(name + ".pem"))
        line = ("openssl", "req", "-x509", *key, *to, *options)
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
