package mdns

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/grandcat/zeroconf"
	"golang.org/x/sys/unix"
)

// TestFoundOnLoopback lets a second responder's resolver look for two houses on
// the loopback interface, over real multicast, and see one of them leave.
func TestFoundOnLoopback(t *testing.T) {
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	end := make(map[string]func())
	for _, id := range []string{"ab12", "cd34"} {
		r, err := New(Options{Interface: "lo", ID: id, Port: 8443})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		end["quietstat-"+id] = func() {
			t.Helper()
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		for !r.Registered() {
			time.Sleep(10 * time.Millisecond)
		}
	}

	for fd := range 1 << 10 {
		if !ours(fd) {
			continue
		}
		if device, err := unix.GetsockoptString(fd, unix.SOL_SOCKET, unix.SO_BINDTODEVICE); device != "lo" || err != nil {
			t.Errorf("a socket hears %q, %v", device, err)
		}
	}
	for _, e := range browse(t, lo, 2) {
		if e.HostName != e.Instance+".local." || e.Port != 8443 || !slices.Equal(e.Text, []string{"v=1"}) || !slices.ContainsFunc(e.AddrIPv4, net.IP.IsLoopback) {
			t.Errorf("found %+v", e)
		}
		if end[e.Instance] == nil {
			t.Errorf("found %q", e.Instance)
		}
	}
	end["quietstat-ab12"]()
	if left := browse(t, lo, 1); left[0].Instance != "quietstat-cd34" {
		t.Errorf("%q is still there", left[0].Instance)
	}
	end["quietstat-cd34"]()
}

// browse looks until it has found so many.
func browse(t *testing.T, i *net.Interface, count int) []*zeroconf.ServiceEntry {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	resolver, err := zeroconf.NewResolver(zeroconf.SelectIfaces([]net.Interface{*i}))
	if err != nil {
		t.Fatal(err)
	}
	found := make(chan *zeroconf.ServiceEntry)
	if err := resolver.Browse(ctx, service, domain, found); err != nil {
		t.Fatal(err)
	}
	var all []*zeroconf.ServiceEntry
	for e := range found {
		if all = append(all, e); len(all) == count {
			cancel()
		}
	}
	if len(all) < count {
		t.Fatalf("%d of %d were found", len(all), count)
	}
	return all
}
