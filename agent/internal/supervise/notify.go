package supervise

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
)

// notify hears a child's sd_notify messages. Only READY=1 is of interest.
type notify struct {
	conn  *net.UnixConn
	path  string
	ready chan struct{}
	once  sync.Once
}

// listenNotify makes a datagram socket at path and listens until Close. One that a
// killed parent has left behind is in the way of nobody.
func listenNotify(path string) (*notify, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("clear away an old socket: %w", err)
	}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("the socket on which a role says that it is ready: %w", err)
	}
	n := &notify{conn: conn, path: path, ready: make(chan struct{})}
	go n.listen()
	return n, nil
}

func (n *notify) listen() {
	buf := make([]byte, 4096)
	ready := false
	for {
		size, err := n.conn.Read(buf)
		if err != nil {
			return
		}
		if !ready && slices.Contains(strings.Split(string(buf[:size]), "\n"), "READY=1") {
			ready = true
			close(n.ready)
		}
	}
}

// Close ends listening and removes the socket.
func (n *notify) Close() (err error) {
	n.once.Do(func() {
		err = n.conn.Close()
		os.Remove(n.path)
	})
	return err
}
