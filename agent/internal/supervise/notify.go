package supervise

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

// notify hears a child's sd_notify messages for as long as the child lives. Only
// READY=1 and WATCHDOG=1 are of interest.
type notify struct {
	conn     *net.UnixConn
	path     string
	watchdog time.Duration // 0: the child may be silent for ever
	ready    chan struct{}
	silent   chan struct{} // closed when the child was silent for too long
	once     sync.Once
}

// lookAgain is for what has arrived while this process, and not the child, was held
// up: after a Ctrl-Z the time has run out with the messages still unread.
const lookAgain = 100 * time.Millisecond

// listenNotify makes a datagram socket at path and listens until Close. One that a
// killed parent has left behind is in the way of nobody.
func listenNotify(path string, watchdog time.Duration) (*notify, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("clear away an old socket: %w", err)
	}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("the socket on which a role says that it is ready: %w", err)
	}
	n := &notify{conn: conn, path: path, watchdog: watchdog, ready: make(chan struct{}), silent: make(chan struct{})}
	go n.listen()
	return n, nil
}

func (n *notify) listen() {
	buf := make([]byte, 4096)
	var ready, looked, silent bool
	for {
		size, err := n.conn.Read(buf)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded) && !looked:
			looked = true
			n.expect(time.Now().Add(lookAgain))
			continue
		case errors.Is(err, os.ErrDeadlineExceeded):
			silent = true
			close(n.silent)
			n.expect(time.Time{})
			continue
		case err != nil:
			return
		}
		fed := false
		for line := range strings.SplitSeq(string(buf[:size]), "\n") {
			switch {
			case line == "READY=1" && !ready:
				ready, fed = true, true
				close(n.ready)
			case line == "WATCHDOG=1":
				fed = true
			}
		}
		if fed && !silent && n.watchdog > 0 {
			looked = false
			n.expect(time.Now().Add(n.watchdog))
		}
	}
}

// expect sets until when the next message must have come; zero is for ever.
func (n *notify) expect(until time.Time) {
	_ = n.conn.SetReadDeadline(until) // fails on a closed socket only, as the next Read does
}

// Close ends listening and removes the socket.
func (n *notify) Close() (err error) {
	n.once.Do(func() {
		err = n.conn.Close()
		os.Remove(n.path)
	})
	return err
}
