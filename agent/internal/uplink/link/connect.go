package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/wire"
)

// startTimeout bounds the start of an uplink until its Hello: systemd forks and
// builds a sandbox in it, on a slow card.
const startTimeout = 10 * time.Second

// Connect starts an uplink by connecting to its socket (of type SOCK_SEQPACKET)
// and waits for its Hello, for at most 10 s or until ctx ends. The uplink does
// nothing on the network before Open. Every Link must be ended with Shut.
func Connect(ctx context.Context, path string) (*Link, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	d := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		var failed error
		err := c.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_PASSCRED, 1) })
		return errors.Join(err, failed)
	}}
	conn, err := d.DialContext(ctx, "unixpacket", path)
	if err != nil {
		return nil, fmt.Errorf("uplink: %w; is its socket enabled?", err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	l, err := meet(conn.(*net.UnixConn))
	if !stop() && err == nil {
		err = errors.Join(context.Cause(ctx), l.process.close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("uplink: %w", err), conn.Close())
	}
	l.start()
	return l, nil
}

// meet receives Hello and takes hold of the process that sent it.
func meet(conn *net.UnixConn) (*Link, error) {
	buf, oob := make([]byte, wire.MaxFrame+1), make([]byte, unix.CmsgSpace(unix.SizeofUcred))
	n, on, _, _, err := conn.ReadMsgUnix(buf, oob)
	if err != nil {
		return nil, err
	}
	if n == 0 || wire.Kind(buf[0]) != wire.KindHello {
		return nil, errors.New("it ended before it said who it is; its exit code says why")
	}
	l := &Link{conn: conn}
	if err := wire.Decode(buf[1:n], &l.hello); err != nil {
		return nil, err
	}
	pid, err := sender(oob[:on])
	if err != nil {
		return nil, err
	}
	if l.process, err = openProcess(pid); err != nil {
		return nil, err
	}
	// The pid could have been given to another process in between, but not while
	// the one that said Hello still held the link.
	if over(conn) {
		return nil, errors.Join(errors.New("it ended at once"), l.process.close())
	}
	return l, nil
}

// sender reads the pid that the kernel vouches for.
func sender(oob []byte) (int, error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return 0, err
	}
	for _, m := range messages {
		if cred, err := unix.ParseUnixCredentials(&m); err == nil {
			return int(cred.Pid), nil
		}
	}
	return 0, errors.New("its first frame carries no credentials")
}

// over reports whether the other end of the link has been closed.
func over(conn *net.UnixConn) (over bool) {
	c, err := conn.SyscallConn()
	if err != nil {
		return true
	}
	err = c.Control(func(fd uintptr) {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
		n, err := unix.Poll(fds, 0)
		over = err != nil || n != 0
	})
	return over || err != nil
}
