// Package link is the keeper's end of a window: it starts an uplink by connecting
// to its socket, keeps it alive with leases, and ends it.
//
// The promise is Shut: when it returns without an error, the uplink has said that
// nothing can leave any more, or its process is dead. It works whatever the uplink
// does: one that hangs, or has been stopped, is killed. The process is known from
// the credentials the kernel attached to its first frame, and held by a pidfd
// (pidfd_open(2)), which cannot come to mean another process. An uplink that could
// not be killed is refused before it is opened.
//
// That a killed uplink leaves nothing in the kernel's send buffer is the mqtt
// package's part: its sockets linger for zero seconds from the moment they exist.
//
// All times here are real time, also where the house runs on a virtual clock. No
// method takes a lock that is held while something else is written or waited for.
//
// It is a package of its own so that the keeper does not import what dials.
// golang.org/x/sys/unix supplies SO_PASSCRED and the pidfd calls.
package link
