// Begins a TLS connection to the address for the name; it never becomes one.
package main

import (
	"crypto/tls"
	"os"
)

func main() {
	config := &tls.Config{ServerName: os.Args[2], NextProtos: []string{"h2", "http/1.1"}}
	tls.Dial("tcp", os.Args[1], config)
}
