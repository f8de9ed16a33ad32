package local

import (
	"net"
	"sync"
	"time"
)

// hall is where callers are while they are connected. Whoever sits there without
// asking anything gives his place to the next: closing must not be kept waiting by
// callers who say nothing.
type hall struct {
	mu     sync.Mutex
	guests map[*guest]struct{}
}

// guest is one connected caller.
type guest struct {
	conn  net.Conn
	busy  bool      // being answered
	since time.Time // when he came, or was last answered
}

// enter gives a caller a place, or nil when all MaxCallers are being answered. In a
// full hall the one who has said nothing for longest is shown out.
func (h *hall) enter(conn net.Conn) *guest {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.guests) >= MaxCallers {
		var idle *guest
		for g := range h.guests {
			if !g.busy && (idle == nil || g.since.Before(idle.since)) {
				idle = g
			}
		}
		if idle == nil {
			return nil
		}
		idle.conn.Close()
		delete(h.guests, idle)
	}
	g := &guest{conn: conn, since: time.Now()}
	h.guests[g] = struct{}{}
	return g
}

func (h *hall) leave(g *guest) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.guests, g)
}

func (h *hall) busy(g *guest, busy bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g.busy, g.since = busy, time.Now()
}
