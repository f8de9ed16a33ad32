package uplink

import (
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// hello sends the first frame together with our credentials, which the kernel
// checks: under systemd the socket's own peer credentials are those of the
// manager that listened on it.
func hello(conn net.Conn, r consent.Recipient) error {
	c, ok := conn.(*net.UnixConn)
	if !ok {
		return fmt.Errorf("%w: it is not a unix socket", ErrLink)
	}
	frame, err := wire.Encode(wire.KindHello, wire.Hello{Recipient: r.ID, Fingerprint: r.Fingerprint().String()})
	if err != nil {
		return err
	}
	us := unix.UnixCredentials(&unix.Ucred{Pid: int32(os.Getpid()), Uid: uint32(os.Getuid()), Gid: uint32(os.Getgid())})
	if _, _, err := c.WriteMsgUnix(frame, us, nil); err != nil {
		return fmt.Errorf("%w: %w", ErrLink, err)
	}
	return nil
}
