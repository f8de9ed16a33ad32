package main

import (
	"strings"
	"testing"

	"quietstat/drivers/sim"
)

func TestOrders(t *testing.T) {
	cases := []struct{ say, want string }{
		{"climate 18.5 45 101325", "ok"},
		{"climate -5 0 90000", "ok"},
		{"climate 18.5 45", "unknown order"},
		{"climate warm 45 101325", `"warm" is no number`},
		{"address 0x77", "ok"},
		{"address 118", "ok"},
		{"address 0x07", "want 0x08 to 0x77"},
		{"address 0x08", "ok"},
		{"address 0x78", "want 0x08 to 0x77"},
		{"address", "unknown order"},
		{"address 70000", "want 0x08 to 0x77"},
		{"fault sensor-bmp280", "ok"},
		{"clear sensor-bmp280", "ok"},
		{"fault", "unknown order"},
		{"fault none", "unknown fault"},
		{"break everything", `unknown order "break everything"`},
	}
	for _, c := range cases {
		var said strings.Builder
		obey(sim.New(1), strings.NewReader("\n"+c.say+"\n  \n"), &said)
		if got := strings.TrimSuffix(said.String(), "\n"); !strings.Contains(got, c.want) || strings.Contains(got, "\n") {
			t.Errorf("%q was answered with %q, want one line with %q", c.say, said.String(), c.want)
		}
	}
}

// Orders change what the bus answers, one after another.
func TestOrdersReachTheSensor(t *testing.T) {
	d, board := newDevice(t)
	k := boot(t, d)
	p := program{k, k.open()}
	id := func(address uint16) (byte, errno) {
		read, _, failed := p.rdwr(2, wish{address: address, size: 1, write: []byte{0xD0}}, wish{address: address, flags: messageRead, size: 1})
		return read[0][0], failed
	}
	steps := []struct {
		say     string
		address uint16
		id      byte
		failed  errno
	}{
		{"address 0x76", 0x76, 0x60, 0},
		{"fault sensor-bmp280", 0x76, 0x58, 0},
		{"clear sensor-bmp280", 0x76, 0x60, 0},
		{"address 0x77", 0x77, 0x60, 0},
		{"fault sensor-dead", 0x77, 0x60, eREMOTEIO},
	}
	for _, s := range steps {
		var said strings.Builder
		obey(board, strings.NewReader(s.say), &said)
		got, failed := id(s.address)
		if said.String() != "ok\n" || failed != s.failed || failed == 0 && got != s.id {
			t.Errorf("%s: said %q, chip id %#x, error %d, want %#x, error %d", s.say, said.String(), got, failed, s.id, s.failed)
		}
	}
}
