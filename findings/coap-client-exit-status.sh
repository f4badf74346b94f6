#!/usr/bin/env bash
# libcoap 4.3.1 (Debian 12's libcoap3-bin 4.3.1-1), coap-client.
# Expected: as curl -f, ssh or dig do, the client's exit status tells at least whether there was an answer: other than 0
#   when the server has refused the datagram, and with luck also for 4.04.
# Seen: 0 in all three cases: the resource is there, the server says 4.04, nobody serves the port. Only standard error
#   tells them apart, so a script or a health check by status takes a server that is down for a good one.
# Output: there: 0 / not there: 0 4.04 Not Found / no server: 0 ... ICMP: Connection refused
set -euo pipefail
folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libcoap3-bin=4.3.1-1 libcoap3=4.3.1-1 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export LD_LIBRARY_PATH=$folder/usr/lib/x86_64-linux-gnu
read -r port closed < <(python3 -c '
import socket
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')
usr/bin/coap-server-notls -A 127.0.0.1 -p "$port" >/dev/null 2>&1 &
server=$!
get() {
    local said status=0
    said=$(usr/bin/coap-client-notls -m get -B 3 "coap://127.0.0.1:$1" 2>&1 >/dev/null) || status=$?
    echo "$status $said"
}
for _ in $(seq 100); do
    [[ $(get "$port/time") != *refused* ]] && break
    sleep 0.05
done
there=$(get "$port/time")
not_there=$(get "$port/nowhere")
no_server=$(get "$closed/time")
printf '%s\n' "there: $there" "not there: $not_there" "no server: $no_server"
[[ $there == "0 " && $not_there == "0 4.04"* && $no_server == "0 "*"Connection refused"* ]]
