package voice

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

// The tables are of a machine with the port 6055 (17A7) in several places.
func TestListensBeyondLoopback(t *testing.T) {
	const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	for _, test := range []struct {
		name, line string
		want       bool
	}{
		{"127.0.0.1", "   0: 0100007F:17A7 00000000:0000 0A 00000000:00000000", false},
		{"everywhere", "   1: 00000000:17A7 00000000:0000 0A 00000000:00000000", true},
		{"on the network", "   2: 0701A8C0:17A7 00000000:0000 0A 00000000:00000000", true},
		{"another port", "   3: 00000000:17A8 00000000:0000 0A 00000000:00000000", false},
		{"a connection, not a listener", "   4: 0701A8C0:17A7 0901A8C0:C001 01 00000000:00000000", false},
		{"::1", "   5: 00000000000000000000000001000000:17A7 00000000000000000000000000000000:0000 0A 0:0", false},
		{"::", "   6: 00000000000000000000000000000000:17A7 00000000000000000000000000000000:0000 0A 0:0", true},
		{"::ffff:127.0.0.1", "   7: 0000000000000000FFFF00000100007F:17A7 00000000000000000000000000000000:0000 0A 0:0", false},
		{"cut", "   8: 00000000", false},
		{"no address", "   9: 0000:17A7 00000000:0000 0A 0:0", false},
	} {
		if got := listensBeyondLoopback(head+test.line+"\n", 6055); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestExposedLooksAtThisMachine(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if exposed(socketTables, l.Addr().String()) {
		t.Error("a listener of the loopback counts as exposed")
	}
	everywhere, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer everywhere.Close()
	_, port, err := net.SplitHostPort(everywhere.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if !exposed(socketTables, "127.0.0.1:"+port) {
		t.Error("a listener on every address was not seen")
	}
	if exposed([]string{filepath.Join(t.TempDir(), "none"), os.DevNull}, "127.0.0.1:"+port) || exposed(socketTables, "here") {
		t.Error("without a table, or an address, nothing is seen")
	}
}

func FuzzListensBeyondLoopback(f *testing.F) {
	f.Add("   1: 00000000:17A7 00000000:0000 0A", uint16(6055))
	f.Add("a b:c d 0A\n\xff", uint16(0))
	f.Fuzz(func(t *testing.T, table string, port uint16) {
		if listensBeyondLoopback(table, port) && len(table) < len("0: 00000000:0 x 0A") {
			t.Error("seen in next to nothing")
		}
	})
}
