package mdns

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// ErrInterface is wrapped when the configuration does not say which interface is
// meant and it cannot be told.
var ErrInterface = errors.New("which interface")

// place is where the record is to be found: an interface as the kernel has it, and
// its addresses in order. The zero place has no addresses: not yet.
type place struct {
	index     int
	addresses []netip.Addr
}

func (p place) equal(q place) bool {
	return p.index == q.index && slices.Equal(p.addresses, q.addresses)
}

// choose returns the interface's name, or "" when there is none yet.
func choose(configured string) (string, error) {
	if configured != "" {
		return configured, nil
	}
	all, err := net.Interfaces()
	if err != nil {
		return "", nil // the kernel could not say now; it is asked again
	}
	return only(all)
}

func only(all []net.Interface) (string, error) {
	const refused = net.FlagLoopback | net.FlagPointToPoint
	var names []string
	for _, i := range all {
		if i.Flags&net.FlagMulticast != 0 && i.Flags&refused == 0 {
			names = append(names, i.Name)
		}
	}
	switch len(names) {
	case 0:
		return "", nil
	case 1:
		return names[0], nil
	default:
		return "", fmt.Errorf("mdns: %w: there are %s; name the one to be found on in the configuration", ErrInterface, strings.Join(names, ", "))
	}
}

// look reads a place from the kernel. An interface that is not there or is down
// has no addresses.
func look(name string) place {
	i, err := net.InterfaceByName(name)
	if err != nil || i.Flags&net.FlagUp == 0 {
		return place{}
	}
	addresses, err := i.Addrs()
	if err != nil {
		return place{}
	}
	p := place{index: i.Index}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				p.addresses = append(p.addresses, ip.Unmap())
			}
		}
	}
	slices.SortFunc(p.addresses, netip.Addr.Compare)
	return p
}
