package control

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// watchdog feeds the service manager's watchdog from within the loop: package
// notify opens a socket for every message, which allocates and may wait. This one
// is opened once and never waits; a message that does not fit is made good by the
// next tick's.
type watchdog struct{ fd int } // -1: nobody waits for it

// alive is what sd_notify(3) calls the keep-alive ping.
var alive = []byte("WATCHDOG=1")

// openWatchdog connects to the service manager's socket, NOTIFY_SOCKET of
// sd_notify(3): a path, or a name behind an @ in the abstract namespace. An empty
// one gives a watchdog that is silent.
func openWatchdog(socket string) (*watchdog, error) {
	if socket == "" {
		return &watchdog{fd: -1}, nil
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("the watchdog's socket: %w", err)
	}
	if name, ok := strings.CutPrefix(socket, "@"); ok {
		socket = "\x00" + name
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: socket}); err != nil {
		_ = unix.Close(fd) // the connect is what failed
		return nil, fmt.Errorf("the watchdog's socket: %w", err)
	}
	return &watchdog{fd: fd}, nil
}

// feed tells that a tick is complete.
func (w *watchdog) feed() {
	if w.fd >= 0 {
		_ = unix.Send(w.fd, alive, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL) // see above
	}
}

func (w *watchdog) close() {
	if w.fd >= 0 {
		_ = unix.Close(w.fd) // nothing is buffered that could be lost
		w.fd = -1
	}
}
