package supervise

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Uplinks listens for the keeper at one socket per enrolled recipient and starts
// an uplink when it connects. While nobody connects there is no uplink process.
type Uplinks struct {
	group  *Group
	folder string // of the recipient files
	child  Child  // what all uplinks have in common

	mu    sync.Mutex
	ports map[string]*port
}

// port is one recipient's socket.
type port struct {
	socket *Socket
	ended  chan struct{}
}

// NewUplinks serves the recipients the keeper keeps below the state folder. child
// gives the output writers; the rest is set here. Call Rescan to begin.
func (g *Group) NewUplinks(state string, child Child) *Uplinks {
	return &Uplinks{group: g, folder: filepath.Join(state, "keeper", "recipients"), child: child, ports: map[string]*port{}}
}

// Rescan looks at the recipient files: a new one gets a socket, one that is gone
// loses it. A folder that is not there is empty. Errors of single recipients do
// not keep the others from being served.
func (u *Uplinks) Rescan() error {
	entries, err := os.ReadDir(u.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look for recipients: %w", err)
	}
	present := map[string]bool{}
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), ".json"); ok && e.Type().IsRegular() && recipientName(id) {
			present[id] = true
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ports == nil {
		return nil // closed
	}
	var errs []error
	for id, p := range u.ports {
		if !present[id] {
			errs = append(errs, p.close())
			delete(u.ports, id)
		}
	}
	for id := range present {
		if u.ports[id] == nil {
			p, err := u.open(id)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			u.ports[id] = p
		}
	}
	return errors.Join(errs...)
}

// Close stops listening for all recipients. Uplinks that live are the group's to
// stop.
func (u *Uplinks) Close() error {
	u.mu.Lock()
	ports := u.ports
	u.ports = nil
	u.mu.Unlock()
	var errs []error
	for _, p := range ports {
		errs = append(errs, p.close())
	}
	return errors.Join(errs...)
}

// open listens for one recipient.
func (u *Uplinks) open(id string) (*port, error) {
	name := "uplink@" + id + ".sock"
	socket, err := Open(name, filepath.Join(u.group.runtime, name))
	if err != nil {
		return nil, err
	}
	p := &port{socket: socket, ended: make(chan struct{})}
	go u.serve(id, p)
	return p, nil
}

func (p *port) close() error {
	err := p.socket.Close()
	<-p.ended
	return err
}

// serve starts one uplink per connection, and never two for one recipient: the
// keeper opens a window only when it is done with the last, so whatever is left
// of that has no business to live.
func (u *Uplinks) serve(id string, p *port) {
	defer close(p.ended)
	var last *Process
	for {
		conn, err := p.socket.listener.AcceptUnix()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				u.group.log.Error("a recipient's socket failed", "error", err)
			}
			return
		}
		if last != nil {
			last.Kill()
		}
		if last, err = u.start(id, conn); err != nil {
			u.group.log.Error("an uplink cannot be started", "error", err)
		}
	}
}

// start hands the connection over to a new uplink.
func (u *Uplinks) start(id string, conn *net.UnixConn) (*Process, error) {
	f, err := conn.File()
	conn.Close()
	if err != nil {
		return nil, err
	}
	c := u.child
	c.Name = "uplink@" + id
	c.Args = []string{"uplink", "--recipient", filepath.Join(u.folder, id+".json")}
	c.Prepare = func() ([]File, error) { return []File{{UplinkVariable, f}}, nil }
	return u.group.pass(&c)
}

// recipientName reports whether an id may become part of a socket's name. The
// keeper has its own, stricter rule; this one keeps a stray file from becoming a
// path.
func recipientName(id string) bool {
	if id == "" || len(id) > 40 {
		return false
	}
	return strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}
