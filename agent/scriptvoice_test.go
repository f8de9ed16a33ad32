package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// satellite is a connection to a Wyoming service, kept between two words of a script.
type satellite struct {
	conn net.Conn
	in   *bufio.Reader
}

// cmdPorts puts free ports of the loopback into a file, for every word such as @NAME@
// in it, and the addresses into the environment.
func cmdPorts(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) >= 2, "ports FILE NAME...")
	text := ts.ReadFile(args[0])
	for _, name := range args[1:] {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		address := l.Addr().String()
		ts.Check(l.Close())
		ts.Setenv(name, address)
		text = strings.ReplaceAll(text, "@"+name+"@", address)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// cmdSatellite says events of the Wyoming protocol on one connection to an address,
// which it opens if there is none; a lone ! ends the connection.
func cmdSatellite(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) >= 2, "satellite ADDRESS EVENT...|!")
	all := ts.Value(satellites{}).(map[string]*satellite)
	if all[args[0]] == nil {
		all[args[0]] = dialSatellite(ts, args[0])
	}
	s := all[args[0]]
	for _, event := range args[1:] {
		if event == "!" {
			ts.Check(s.conn.Close())
			delete(all, args[0])
			return
		}
		_, err := fmt.Fprintf(s.conn, "{\"type\":%q}\n", event)
		ts.Check(err)
	}
}

// satellites is where a script keeps its satellites, by address.
type satellites struct{}

func dialSatellite(ts *testscript.TestScript, address string) *satellite {
	var s *satellite
	await(ts, "a service at "+address, func() bool {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			return false
		}
		s = &satellite{conn: conn, in: bufio.NewReader(conn)}
		return true
	})
	ts.Defer(func() { s.conn.Close() })
	return s
}

// cmdSays says a sentence to a Wyoming handle service and prints what it answers.
func cmdSays(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) == 2, "says ADDRESS SENTENCE")
	s := dialSatellite(ts, args[0])
	defer s.conn.Close()
	ts.Check(s.conn.SetDeadline(time.Now().Add(patience)))
	_, err := fmt.Fprintf(s.conn, "{\"type\":\"transcript\",\"data\":{\"text\":%q}}\n", args[1])
	ts.Check(err)
	line, err := s.in.ReadBytes('\n')
	ts.Check(err)
	var header struct {
		Type string `json:"type"`
		Data int    `json:"data_length"`
	}
	ts.Check(json.Unmarshal(line, &header))
	data := make([]byte, header.Data)
	_, err = io.ReadFull(s.in, data)
	ts.Check(err)
	_, err = fmt.Fprintf(ts.Stdout(), "%s %s\n", header.Type, data)
	ts.Check(err)
}
