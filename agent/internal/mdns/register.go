package mdns

import (
	"fmt"
	"net"
	"time"

	"github.com/grandcat/zeroconf"
)

// announcing is how long zeroconf goes on announcing after it has registered: two
// probes at most 250 ms apart each, and announcements followed by 1 s and 2 s.
const announcing = 3500 * time.Millisecond

// record is a registration that stands.
type record struct {
	server *zeroconf.Server
	since  time.Time
}

// register announces the record at a place, pinned to its interface.
func register(o Options, name string, p place) (*record, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return nil, err
	}
	ips := make([]string, len(p.addresses))
	for n, a := range p.addresses {
		ips[n] = a.String()
	}
	host := o.name()
	server, err := zeroconf.RegisterProxy(host, service, domain, o.Port, host, ips, text(), []net.Interface{*i})
	if err != nil {
		return nil, err
	}
	r := &record{server, time.Now()}
	if err := pin(name); err != nil {
		r.withdraw()
		return nil, fmt.Errorf("it cannot be pinned: %w", err)
	}
	return r, nil
}

// withdraw says goodbye, after the last announcement, and closes the sockets.
func (r *record) withdraw() {
	time.Sleep(announcing - time.Since(r.since))
	r.server.Shutdown()
}
