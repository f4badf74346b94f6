#!/usr/bin/env bash
# Ruby's sd_notify 0.1.1 (Debian 12's ruby-sd-notify 0.1.1-2) and Java's info.faljse:SDNotify:1.3 (Maven), beside Python's sdnotify 0.3.1
# (python3-sdnotify 0.3.1-3).
# Expected: NOTIFY_SOCKET that begins with @ is a name in the abstract namespace, as sd_notify(3) says; the library is for that.
# Seen: the name is used as a path, so each call raises SdNotify::NotifyError (ENOENT), and a program that tells its state at the
#   start does not start. Java's ends in a LastErrorException (ENOTCONN) likewise. Under a path, where the
#   manager is systemd itself, nothing shows. Python's, and the
#   libraries of Perl (liblinux-systemd-perl) and Lua (lua-systemd), send to both.
# Output: python: READY=1 / READY=1; ruby: READY=1 / SdNotify::NotifyError; java: READY=1 / LastErrorException (a path / an abstract name)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download ruby-sd-notify=0.1.1-2 python3-sdnotify=0.3.1-3 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
cat >pom.xml <<'POM'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>lab</groupId>
  <artifactId>lab</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>info.faljse</groupId>
      <artifactId>SDNotify</artifactId>
      <version>1.3</version>
    </dependency>
  </dependencies>
</project>
POM
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat >Ready.java <<'CODE'
import info.faljse.SDNotify.SDNotify;

class Ready {
    public static void main(String[] arguments) {
        try {
            SDNotify.sendNotify();
        } catch (RuntimeException failed) {
            System.out.print(failed.getClass().getSimpleName());
        }
    }
}
CODE
python3 - "$folder" <<'CODE'
import os
import socket
import subprocess
import sys

folder = sys.argv[1]
PROGRAMS = {
    "python": ["/usr/bin/python3", "-c", "import sdnotify; sdnotify.SystemdNotifier().notify('READY=1')"],
    "ruby": ["ruby", "-rsd_notify", "-e", "begin; SdNotify.ready; rescue => error; print error.class; end"],
    "java": ["java", "-cp", f"{folder}/lib/*", f"{folder}/Ready.java"],
}
PATHS = {
    "PYTHONPATH": f"{folder}/usr/lib/python3/dist-packages",
    "RUBYLIB": f"{folder}/usr/share/rubygems-integration/all/gems/sd_notify-0.1.1/lib",
}


def told(program, address):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address.replace("@", "\0"))
        manager.settimeout(0.2)
        said = subprocess.run(program, env=os.environ | PATHS | {"NOTIFY_SOCKET": address}, capture_output=True, text=True, timeout=60)
        try:
            return manager.recv(100).decode()
        except TimeoutError:
            return said.stdout or "nothing"


seen = []
for name, program in PROGRAMS.items():
    seen.append(f"{name}: {told(program, f'{folder}/{name}')} / {told(program, f'@{folder}')}")
print(*seen, sep="\n")
expected = ["python: READY=1 / READY=1", "ruby: READY=1 / SdNotify::NotifyError", "java: READY=1 / LastErrorException"]
sys.exit(seen != expected)
CODE
