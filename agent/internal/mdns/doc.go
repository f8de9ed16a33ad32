// Package mdns is the role that lets the house's page be found on the local
// network, and says nothing else: one DNS-SD service record (RFC 6762, RFC 6763)
// that is the same whatever happens in the house.
//
//	service   _quietstat._tcp.local
//	instance  quietstat-ID, and a host name of the same, never the machine's own
//	port      the configured port of the page, whether or not the page is open
//	TXT       v=1
//	A, AAAA   the addresses of the one interface it is pinned to
//
// The ID is random and stable; it comes from the configuration. Records are
// announced when the role starts and when the interface's addresses change, and
// withdrawn when it ends: nothing in the house can cause a packet.
//
// # The library
//
// github.com/grandcat/zeroconf is imported nowhere else. What it does and does not
// do decides what is done here:
//
//   - Register would announce every interface's addresses under the machine's own
//     host name, upon which avahi on the same machine renames the machine.
//     RegisterProxy is used, with a host name that is only ours.
//   - It does not answer A and AAAA queries, so http://quietstat-ID.local works
//     only where a browser of services has asked first. The page's address is
//     shown by other means.
//   - It does not look for conflicts, hence the ID.
//   - It does not notice that an address has changed, and has data races in the
//     calls that change a record. The addresses are looked at every 5 s, and a
//     change that lasts withdraws everything and registers anew.
//   - Its sockets hear, and answer, on every interface on which anybody on this
//     machine has joined the group (IP_MULTICAST_ALL, ip(7)). They are bound to the
//     interface as soon as they exist; if the kernel refuses, there is no record.
//   - Its announcements take 3.5 s, and could follow a goodbye. So the goodbye waits
//     for them: Run may take that long to return.
//   - It writes the interface, hardware address included, to the standard logger,
//     which is silenced while Run runs. Use a logger of your own in this process.
//
// An interface that cannot do multicast, is not there yet, or has no address yet
// is not an error: the role says so and tries again. golang.org/x/sys/unix
// supplies the socket option that pins.
package mdns
