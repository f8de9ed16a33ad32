package supervise

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// handed remembers which inherited files have been given out: a file has one
// owner.
var handed struct {
	sync.Mutex
	taken map[int]bool
}

// Inherited takes the file of this name that a parent (QUIETSTAT_LISTEN) or
// systemd (LISTEN_FDS, LISTEN_FDNAMES, for this LISTEN_PID) has handed down. The
// caller owns it. The second call for one file answers false, as does a name
// nobody handed down.
func Inherited(name string) (*os.File, bool) {
	fd, ok := find(name, os.Getenv, os.Getpid())
	if !ok {
		return nil, false
	}
	handed.Lock()
	defer handed.Unlock()
	if handed.taken[fd] {
		return nil, false
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil {
		return nil, false // announced, but not there
	}
	unix.CloseOnExec(fd)
	if handed.taken == nil {
		handed.taken = map[int]bool{}
	}
	handed.taken[fd] = true
	return os.NewFile(uintptr(fd), name), true
}

// Listener is the listening socket of this name: the one handed down, or else a
// new one at path, mode 0660. panel.sock and uplink@ID.sock keep message
// boundaries (SOCK_SEQPACKET); all others are streams. A socket file left behind
// by a dead process is replaced; one that answers is an error.
func Listener(name, path string) (net.Listener, error) {
	f, ok := Inherited(name)
	if !ok {
		return create(name, path)
	}
	defer f.Close() // FileListener holds its own duplicate
	listener, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("the inherited %s is not a listening socket: %w", name, err)
	}
	return listener, nil
}

// find looks a name up in the two ways of handing down.
func find(name string, getenv func(string) string, pid int) (fd int, ok bool) {
	if name == "" {
		return 0, false
	}
	for pair := range strings.SplitSeq(getenv(ListenVariable), ",") {
		at := strings.LastIndexByte(pair, ':')
		if at < 0 || pair[:at] != name {
			continue
		}
		return number(pair[at+1:])
	}
	if getenv("LISTEN_PID") != strconv.Itoa(pid) {
		return 0, false
	}
	count, err := strconv.Atoi(getenv("LISTEN_FDS"))
	if err != nil {
		return 0, false
	}
	for i, n := range strings.Split(getenv("LISTEN_FDNAMES"), ":") {
		if i < count && n == name {
			return firstFile + i, true
		}
	}
	return 0, false
}

// number reads a file number; the standard three are never handed down.
func number(s string) (int, bool) {
	fd, err := strconv.Atoi(s)
	return fd, err == nil && fd >= firstFile
}
