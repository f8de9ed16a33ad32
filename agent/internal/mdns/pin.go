package mdns

import (
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// port is that of multicast DNS (RFC 6762, 5).
const port = 5353

// pin binds every socket of this process on the multicast DNS port to the
// interface. Zeroconf keeps its sockets to itself, and this process has no others
// there, so they are found by their port. An unprivileged process may bind a
// socket that is not bound yet (since Linux 5.7, socket(7) SO_BINDTODEVICE).
func pin(name string) error {
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	pinned := 0
	for _, f := range files {
		fd, err := strconv.Atoi(f.Name())
		if err != nil || !ours(fd) {
			continue
		}
		// One that is bound already may not be bound again without privilege.
		if device, err := unix.GetsockoptString(fd, unix.SOL_SOCKET, unix.SO_BINDTODEVICE); err == nil && device == name {
			pinned++
			continue
		}
		if err := unix.BindToDevice(fd, name); err != nil {
			return err
		}
		pinned++
	}
	if pinned == 0 {
		return errors.New("no socket was found")
	}
	return nil
}

// ours reports whether a file is a socket on the multicast DNS port.
func ours(fd int) bool {
	switch a, _ := unix.Getsockname(fd); a := a.(type) {
	case *unix.SockaddrInet4:
		return a.Port == port
	case *unix.SockaddrInet6:
		return a.Port == port
	default:
		return false
	}
}
