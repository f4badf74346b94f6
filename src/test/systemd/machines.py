"""Machines to install the packages on: Debian 12 and 13, real systemd as PID 1, in containers of systemd-nspawn.

Each runs on a copy in memory of a root that `roots` has made once, with no network but loopback, so that nothing of
this machine is touched and nothing is left behind.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import tempfile
import time

PROJECT = pathlib.Path(__file__).resolve().parents[3]
ROOTS = PROJECT / "target" / "systemd"

# In mount and control group namespaces of its own, so that mounts and groups end with it. Debian's systemd wants the
# unified hierarchy of control groups, also where this machine has the older one.
BOOT = """
set -e
root=$1 shared=$2 copy=$3
shift 3
if [ "$(stat -fc %T /sys/fs/cgroup)" != cgroup2fs ]; then
    umount -R /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
mount -t tmpfs tmpfs "$copy"
mkdir "$copy/written" "$copy/work" "$copy/root"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$copy/written,workdir=$copy/work" "$copy/root"
exec systemd-nspawn --quiet --directory="$copy/root" --machine="${copy##*/}" --boot --register=no --keep-unit \
    --private-network --link-journal=no --bind-ro="$shared:/packages" "$@"
"""

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Machine:
    """One that is up; `with` ends it. `shared` is a folder that it finds at /packages."""

    def __init__(self, root: pathlib.Path, shared: pathlib.Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lander-machine-")
        self._console = open(pathlib.Path(self._folder.name) / "console", "w+b")
        copy = pathlib.Path(self._folder.name) / f"lander{os.getpid()}x{id(self) % 10000}"
        copy.mkdir()
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", BOOT, "sh"]
        self._nspawn = subprocess.Popen(
            [*command, str(root), str(shared), str(copy)],
            stdin=subprocess.DEVNULL,
            stdout=self._console,
            stderr=self._console,
        )
        try:
            self._leader = self._await_leader()
            self.run("systemctl is-system-running --wait || true")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, script: str, check: bool = True, seconds: float = 60) -> str:
        """What the script prints, on both of its outputs; an AssertionError when it fails."""
        done = subprocess.run(
            [*self._entered(), "/bin/sh", "-ec", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            text=True,
        )
        if check and done.returncode:
            raise AssertionError(f"status {done.returncode} of: {script}\n{done.stdout}")
        return done.stdout.strip()

    def succeeds(self, script: str) -> bool:
        """Whether its exit status is 0."""
        return subprocess.run(
            [*self._entered(), "/bin/sh", "-ec", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
        ).returncode == 0

    def start(self, *command: str) -> subprocess.Popen:
        """Runs a program there until somebody ends it; its output can be read here."""
        return subprocess.Popen(
            [*self._entered(), *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def until(self, script: str, seconds: float = 30) -> None:
        """Waits until the script succeeds."""
        end = time.monotonic() + seconds
        while not self.succeeds(script):
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s: {script}\n{self.journal()}")
            time.sleep(0.1)

    def journal(self) -> str:
        """What the service and systemd have said of it."""
        status = "systemctl status --lines=0 lander 2>&1 || true"
        return self.run(f"{status}; journalctl --sync; journalctl -o cat -u lander | tail -30", check=False)

    def show(self, what: str, unit: str = "lander") -> str:
        """A property of the unit."""
        return self.run(f"systemctl show --value -p {what} {unit}")

    def close(self) -> None:
        """Ends it at once."""
        self._nspawn.terminate()
        try:
            self._nspawn.wait(0.5)
        except subprocess.TimeoutExpired:
            self._nspawn.terminate()  # the second ends at once what the first would end in order
            try:
                self._nspawn.wait(20)
            except subprocess.TimeoutExpired:
                self._nspawn.kill()
                self._nspawn.wait()
        self._console.close()
        self._folder.cleanup()

    def _entered(self) -> list[str]:
        # -C is left out: what is run is not part of the service manager's tree.
        return [
            *("nsenter", "--target", str(self._leader), "--mount", "--uts", "--ipc", "--net", "--pid"),
            *("env", "-i", f"PATH={PATH}", "LC_ALL=C.UTF-8", "HOME=/root", "TERM=dumb"),
        ]

    def _await_leader(self) -> int:
        """PID 1 of the machine, once it can be asked."""
        end = time.monotonic() + 60
        while time.monotonic() < end and self._nspawn.poll() is None:
            for pid in _descendants(self._nspawn.pid):
                if _inner_pid(pid) == 1:
                    self._leader = pid
                    if self.succeeds("test -S /run/systemd/private"):
                        return pid
            time.sleep(0.1)
        self._console.seek(0)
        raise RuntimeError(f"does not boot: {self._console.read().decode(errors='replace')[-2000:]}")


def _descendants(pid: int) -> list[int]:
    try:
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    children = [int(child) for child in text.split()]
    return children + [further for child in children for further in _descendants(child)]


def _inner_pid(pid: int) -> int:
    """Its number in its own namespace; 0 when it is in this one, or gone."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    numbers = next(line for line in lines if line.startswith("NSpid:")).split()[1:]
    return int(numbers[-1]) if len(numbers) > 1 else 0
