package mdns

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// network is a scripted kernel and library.
type network struct {
	mu      sync.Mutex
	chosen  string
	refuse  error
	now     place
	failing error
	events  []string
}

func (n *network) responder(t *testing.T, log *slog.Logger) *Responder {
	t.Helper()
	r, err := New(Options{ID: "ab12", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	r.choose = func(string) (string, error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		return n.chosen, n.refuse
	}
	r.look = func(string) place {
		n.mu.Lock()
		defer n.mu.Unlock()
		return n.now
	}
	r.register = func(_ Options, name string, p place) (withdrawer, error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.failing != nil {
			return nil, n.failing
		}
		n.event("+", p)
		return standing{n, p}, nil
	}
	return r
}

func (n *network) set(change func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change()
}

func (n *network) event(kind string, p place) {
	n.events = append(n.events, fmt.Sprintf("%s%d%v", kind, p.index, p.addresses))
}

type standing struct {
	*network
	place place
}

func (s standing) withdraw() { s.set(func() { s.event("-", s.place) }) }

func at(index int, addresses ...string) place {
	p := place{index: index}
	for _, a := range addresses {
		p.addresses = append(p.addresses, netip.MustParseAddr(a))
	}
	return p
}

func TestFollowsTheAddresses(t *testing.T) {
	first, second := at(2, "192.168.1.1"), at(2, "192.168.1.99")
	tests := []struct {
		name  string
		looks []place // one every 5 s
		want  string
	}{
		{"from the start", []place{first, first, first}, "+2[192.168.1.1] -2[192.168.1.1]"},
		{"address comes late", []place{{}, at(2), first}, "+2[192.168.1.1] -2[192.168.1.1]"},
		{"one look is no change", []place{first, second, first, first}, "+2[192.168.1.1] -2[192.168.1.1]"},
		{"two are", []place{first, second, second}, "+2[192.168.1.1] -2[192.168.1.1] +2[192.168.1.99] -2[192.168.1.99]"},
		{"restless", []place{first, second, {}, second, {}}, "+2[192.168.1.1] -2[192.168.1.1]"},
		{"lost", []place{first, {}, {}}, "+2[192.168.1.1] -2[192.168.1.1]"},
		{"lost and back", []place{first, {}, {}, first}, "+2[192.168.1.1] -2[192.168.1.1] +2[192.168.1.1] -2[192.168.1.1]"},
		{"the interface was replaced", []place{first, at(3, "192.168.1.1"), at(3, "192.168.1.1")}, "+2[192.168.1.1] -2[192.168.1.1] +3[192.168.1.1] -3[192.168.1.1]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &network{chosen: "eth0"}
				r := n.responder(t, nil)
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				n.now = test.looks[0]
				go func() { ended <- r.Run(ctx) }()
				synctest.Wait()
				for _, p := range test.looks[1:] {
					n.set(func() { n.now = p })
					time.Sleep(poll)
					synctest.Wait()
				}
				standing := len(n.events)%2 == 1 // they come in pairs
				if r.Registered() != standing {
					t.Errorf("registered is %v after %v", r.Registered(), n.events)
				}
				cancel()
				if err := <-ended; err != nil || r.Registered() {
					t.Errorf("ended with %v, registered %v", err, r.Registered())
				}
				if got := strings.Join(n.events, " "); got != test.want {
					t.Errorf("got  %s\nwant %s", got, test.want)
				}
			})
		})
	}
}

func TestFailsSoftlyAndGoesOnTrying(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		n := &network{now: at(1, "127.0.0.1"), failing: errors.New("no supported interface")}
		r := n.responder(t, slog.New(slog.NewTextHandler(&out, nil)))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()
		time.Sleep(10 * poll)
		n.set(func() { n.chosen = "lo" })
		time.Sleep(10 * poll)
		if r.Registered() {
			t.Error("registered")
		}
		n.set(func() { n.failing = nil })
		time.Sleep(poll)
		synctest.Wait()
		if !r.Registered() {
			t.Error("not registered")
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if lines := strings.Count(out.String(), "\n"); lines != 3 || strings.Contains(out.String(), "127.0.0.1") {
			t.Errorf("it said:\n%s", &out)
		}
	})
}

func TestRefusesToGuess(t *testing.T) {
	n := &network{refuse: ErrInterface}
	if err := n.responder(t, nil).Run(t.Context()); !errors.Is(err, ErrInterface) {
		t.Error(err)
	}
}

func TestOnly(t *testing.T) {
	const lan = net.FlagUp | net.FlagBroadcast | net.FlagMulticast
	lo := net.Interface{Name: "lo", Flags: net.FlagUp | net.FlagLoopback | net.FlagMulticast}
	eth := net.Interface{Name: "eth0", Flags: lan}
	down := net.Interface{Name: "wlan0", Flags: lan &^ net.FlagUp}
	tunnel := net.Interface{Name: "wg0", Flags: lan | net.FlagPointToPoint}
	mute := net.Interface{Name: "ifb0", Flags: net.FlagUp}
	for _, test := range []struct {
		all  []net.Interface
		want string
		ok   bool
	}{
		{nil, "", true},
		{[]net.Interface{lo, tunnel, mute}, "", true},
		{[]net.Interface{lo, eth, tunnel, mute}, "eth0", true},
		{[]net.Interface{lo, down}, "wlan0", true},
		{[]net.Interface{lo, eth, down}, "", false}, // it may come up later
	} {
		got, err := only(test.all)
		if got != test.want || (err == nil) != test.ok || (err != nil && !errors.Is(err, ErrInterface)) {
			t.Errorf("%v: %q, %v", test.all, got, err)
		}
	}
	if got, err := choose("br0"); got != "br0" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestLook(t *testing.T) {
	if p := look("none-such0"); p.index != 0 || p.addresses != nil {
		t.Errorf("%+v", p)
	}
	p := look("lo")
	if p.index == 0 || !slices.Contains(p.addresses, netip.MustParseAddr("127.0.0.1")) || !slices.IsSortedFunc(p.addresses, netip.Addr.Compare) {
		t.Errorf("%+v", p)
	}
}

func TestOptions(t *testing.T) {
	for _, test := range []struct {
		o  Options
		ok bool
	}{
		{Options{ID: "a"}, true},
		{Options{ID: "0123456789abcdef"}, true},
		{Options{ID: "0123456789abcdefg"}, false},
		{Options{}, false},
		{Options{ID: "Ab"}, false},
		{Options{ID: "a.b"}, false},
		{Options{ID: "a-b"}, false},
		{Options{ID: "é"}, false},
		{Options{ID: "a", Port: -1}, false},
		{Options{ID: "a", Port: 1}, true},
		{Options{ID: "a", Port: 65535}, true},
		{Options{ID: "a", Port: 65536}, false},
	} {
		r, err := New(test.o)
		if (err == nil) != test.ok {
			t.Errorf("%+v: %v", test.o, err)
		}
		if err == nil && r.options.Port == 0 {
			t.Errorf("%+v: no port", test.o)
		}
	}
}

func TestSilencesTheStandardLogger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log.SetOutput(&out)
		n := &network{chosen: "eth0", now: at(2, "192.168.1.1")}
		r := n.responder(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()
		synctest.Wait()
		log.Print("an interface and its hardware address")
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if out.Len() != 0 {
			t.Errorf("it said %q", &out)
		}
		if log.Print("back"); out.Len() == 0 {
			t.Error("still silent")
		}
	})
}
