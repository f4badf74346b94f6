#!/usr/bin/env bash
# nginx 1.22.1 (Debian 12's 1.22.1-9+deb12u11), stream module, a listener for both families with proxy_protocol to a server behind, which is
# Go's go-proxyproto 0.4.2 of pires (golang-github-pires-go-proxyproto-dev 0.4.2-3); beside armon's (golang-github-armon-go-proxyproto-dev
# 0.0~git20190211.68259f7-2).
# Expected: a client of IPv4 is a client of IPv4 for the server: nginx writes TCP4, or the server takes what nginx writes.
# Seen: with "listen [::]:PORT ipv6only=off" nginx writes TCP6 with addresses of IPv4 within IPv6. pires' refuses that line ("invalid address")
#   and closes, so all clients of IPv4 are cut off while those of IPv6 are served, and a check over IPv6 finds nothing.
#   Armon's takes it. With a listener for each family nginx writes TCP4.
# Output: IPv4, both families: TCP6 ::ffff:127.0.0.1 ::ffff:127.0.0.1, pires refused, armon hello / IPv6, both families: TCP6 ::1 ::1, pires hello,
#   armon hello / IPv4 alone: TCP4 127.0.0.1 127.0.0.1, pires hello, armon hello
set -euo pipefail
folder=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; wait; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download nginx=1.22.1-9+deb12u11 libnginx-mod-stream=1.22.1-9+deb12u11 \
    golang-github-pires-go-proxyproto-dev=0.4.2-3 golang-github-armon-go-proxyproto-dev=0.0~git20190211.68259f7-2 \
    golang-1.19-go=1.19.8-2 golang-1.19-src=1.19.8-2 >/dev/null
for package in *.deb; do dpkg -x "$package" .; done
export GOROOT=$folder/usr/lib/go-1.19 GOPATH=$folder/usr/share/gocode GO111MODULE=off GOCACHE=$folder/cache GOFLAGS=
cat >main.go <<'CODE'
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"time"

	armon "github.com/armon/go-proxyproto"
	pires "github.com/pires/go-proxyproto"
)

func listen(port string) net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		panic(err)
	}
	return listener
}

func dial(address string) net.Conn {
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		client, err := net.Dial("tcp", address)
		if err == nil {
			return client
		}
		if time.Now().After(end) {
			panic(err)
		}
	}
}

// What the server at the listener reads first of a client that sends "hello" to the address.
func read(listener net.Listener, address string) string {
	client := dial(address)
	defer client.Close()
	fmt.Fprintln(client, "hello")
	connection, err := listener.Accept()
	if err != nil {
		panic(err)
	}
	defer connection.Close()
	connection.SetReadDeadline(time.Now().Add(20 * time.Second))
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return "refused"
	}
	words := strings.Fields(line)
	if words[0] == "PROXY" {
		return strings.Join(words[1:4], " ")
	}
	return words[0]
}

// The ports of the servers behind nginx: without a reader of PROXY, pires', armon's; then the six that nginx listens at.
func main() {
	log.SetOutput(io.Discard)
	ports := os.Args[1:]
	plain, one, other := listen(ports[0]), &pires.Listener{Listener: listen(ports[1])}, &armon.Listener{Listener: listen(ports[2])}
	for _, client := range []struct {
		name, host string
		ports      []string
	}{
		{"IPv4, both families", "127.0.0.1:", ports[3:6]},
		{"IPv6, both families", "[::1]:", ports[3:6]},
		{"IPv4 alone", "127.0.0.1:", ports[6:9]},
	} {
		fmt.Printf("%s: %s, pires %s, armon %s\n", client.name, read(plain, client.host+client.ports[0]),
			read(one, client.host+client.ports[1]), read(other, client.host+client.ports[2]))
	}
}
CODE
"$GOROOT/bin/go" build -o servers main.go
read -r -a ports < <(python3 -c '
import socket
sockets = [socket.socket() for _ in range(9)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')
{
    cat <<CONF
daemon off;
pid $folder/pid;
error_log $folder/log;
load_module $folder/usr/lib/nginx/modules/ngx_stream_module.so;
events {}
stream {
CONF
    for i in 0 1 2; do
        echo "server { listen [::]:${ports[3 + i]} ipv6only=off; proxy_pass 127.0.0.1:${ports[i]}; proxy_protocol on; }"
        echo "server { listen 127.0.0.1:${ports[6 + i]}; proxy_pass 127.0.0.1:${ports[i]}; proxy_protocol on; }"
    done
    echo '}'
} >conf
usr/sbin/nginx -e "$folder/log" -p "$folder" -c "$folder/conf" &
server=$!
seen=$(./servers "${ports[@]}")
echo "$seen"
[[ $seen == "IPv4, both families: TCP6 ::ffff:127.0.0.1 ::ffff:127.0.0.1, pires refused, armon hello
IPv6, both families: TCP6 ::1 ::1, pires hello, armon hello
IPv4 alone: TCP4 127.0.0.1 127.0.0.1, pires hello, armon hello" ]]
