"""Makes the roots that `machines` boots copies of, in target/systemd: once, by debootstrap, then kept."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

from machines import ROOTS

# What the packages depend on, and what the tests ask them with.
PACKAGES = "default-jre-headless python3 python3-msgpack adduser logrotate openssl bash-completion lintian"

# There is no network to wait for but loopback, which is up.
MASKED = "systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service console-getty.service"


def root(suite: str) -> pathlib.Path:
    """The folder of the Debian release's root; takes a minute or two the first time."""
    made = ROOTS / suite
    if not made.exists():
        unfinished = ROOTS / f"{suite}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        ROOTS.mkdir(parents=True, exist_ok=True)
        _make(suite, unfinished)
        unfinished.rename(made)
    return made


def _make(suite: str, folder: pathlib.Path) -> None:
    with open(ROOTS / f"{suite}.log", "wb") as log:

        def run(*command: str) -> None:
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)

        run("debootstrap", "--variant=minbase", "--include=systemd-sysv,dbus", suite, str(folder), *_mirror())
        shutil.copyfile("/etc/resolv.conf", folder / "etc/resolv.conf")
        # /proc for the packages' scripts, gone with its mount namespace.
        inside = f'mount -t proc proc "$1/proc"; exec chroot "$1" sh -ec "$2"'
        install = f"apt-get update; apt-get install -y --no-install-recommends {PACKAGES}; systemctl mask {MASKED}"
        run("unshare", "--mount", "sh", "-ec", inside, "sh", str(folder), install)


def _mirror() -> list[str]:
    """Where this machine's apt has Debian from; debootstrap's own choice when it does not say."""
    targets = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian"]
    listed = subprocess.run(targets, stdout=subprocess.PIPE, text=True).stdout.split()
    return [uri for uri in listed if "security" not in uri][:1]
