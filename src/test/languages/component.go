// Go's msgpack: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"

	"github.com/vmihailenco/msgpack/v5"
)

// Without the tags the names go out as they are here: RelayPort.
type register struct {
	Cmd       string `msgpack:"cmd"`
	Protocol  string `msgpack:"protocol"`
	Port      int    `msgpack:"port"`
	RelayPort int    `msgpack:"relay_port"`
}

type healthCheck struct {
	Cmd      string `msgpack:"cmd"`
	Protocol string `msgpack:"protocol"`
	Port     int    `msgpack:"port"`
	State    string `msgpack:"state"`
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	control, err := net.Dial("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	port, relayPort := number(os.Args[2]), number(os.Args[3])
	// An Encoder on the socket itself would send each piece of a message by itself.
	send := func(message interface{}) {
		packed, err := msgpack.Marshal(message)
		if err != nil {
			log.Fatal(err)
		}
		control.Write(packed)
	}
	decoder := msgpack.NewDecoder(control)
	read := func() map[string]interface{} {
		message, err := decoder.DecodeMap()
		if err == io.EOF {
			os.Exit(0)
		}
		if err != nil {
			log.Fatal(err)
		}
		return message
	}

	send(register{"register", "tcp", port, 70000})
	fmt.Println("refused:", read()["message"])
	send(register{"register", "tcp", port, relayPort})
	fmt.Println("registered:", read()["error"])
	for {
		message := read()
		if message["cmd"] == nil { // a reply
			continue
		}
		fmt.Println("asked:", message["state"])
		send(healthCheck{"healthcheck", "tcp", relayPort, "good"})
	}
}
