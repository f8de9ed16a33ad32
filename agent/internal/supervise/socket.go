package supervise

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// socketMode lets the owner and the group quietstat in, and nobody else.
const socketMode = 0o660

// Socket is a listening socket the parent keeps for a child.
type Socket struct {
	Name     string // "control.sock"; what the child asks Listener for
	listener *net.UnixListener
}

// Open makes the socket at path. It stays, across restarts of the child, until
// Close.
func Open(name, path string) (*Socket, error) {
	listener, err := create(name, path)
	if err != nil {
		return nil, err
	}
	return &Socket{Name: name, listener: listener}, nil
}

// Close stops listening and removes the socket.
func (s *Socket) Close() error { return s.listener.Close() }

func (s *Socket) file() (*os.File, error) { return s.listener.File() }

// network is the socket type for a name: people's sockets carry lines, the frames
// between the roles need their boundaries kept.
func network(name string) string {
	if name == "panel.sock" || name == "voice.sock" || strings.HasPrefix(name, "uplink@") {
		return "unixpacket"
	}
	return "unix"
}

// answerLimit is how long somebody at an existing socket has to accept.
const answerLimit = time.Second

// create listens at path. A socket file left behind by a dead process is removed;
// one behind which somebody answers is an error.
func create(name, path string) (*net.UnixListener, error) {
	kind := network(name)
	address := &net.UnixAddr{Name: path, Net: kind}
	listener, err := net.ListenUnix(kind, address)
	if errors.Is(err, syscall.EADDRINUSE) {
		if err := clear(kind, path); err != nil {
			return nil, err
		}
		listener, err = net.ListenUnix(kind, address)
	}
	if err != nil {
		return nil, fmt.Errorf("listen at %s: %w", path, err)
	}
	if err := os.Chmod(path, socketMode); err != nil {
		return nil, errors.Join(fmt.Errorf("let the group in at %s: %w", path, err), listener.Close())
	}
	return listener, nil
}

// clear removes a socket behind which nobody is.
func clear(kind, path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is in the way and is not a socket; move it away", path)
	}
	conn, err := net.DialTimeout(kind, path, answerLimit)
	if err == nil {
		conn.Close()
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("somebody already answers at %s: another quietstat is running; stop it, or use another --runtime", path)
	}
	return os.Remove(path)
}
