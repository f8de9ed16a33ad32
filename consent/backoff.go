package consent

import "time"

const (
	backoffFirst = 5 * time.Second
	backoffMost  = 5 * time.Minute
	steadyLink   = time.Minute // a connection this long was not a failure
)

// stallWaits is how soon a window is opened again whose uplink's lease ran out, the
// first times: a session is 30 s long, and a small machine that stood still for a
// moment would lose 5 s of it. A machine that goes on standing still is in no state to
// hold a connection, and waits like anybody whose connections fail.
var stallWaits = [...]time.Duration{0, 250 * time.Millisecond, 500 * time.Millisecond, time.Second}

// backoff is how often a recipient's connections ended of late, and until when none is
// tried. It never opens anything: what holds no longer has no window when its time comes.
type backoff struct {
	fails  int
	stalls int
	until  time.Duration // BOOTTIME
}

// uplinkGone closes a window whose uplink is gone, unless it is closed already.
func (m *machine) uplinkGone(recipient string, epoch uint64, why ReasonCode, next func(b backoff, now, since time.Duration) backoff) {
	st := m.st
	w, open := st.windows[recipient]
	if !open || w.Epoch != epoch {
		return
	}
	since := m.now.Boot
	if p, ok := st.paths[recipient]; ok {
		since = p.since
	}
	st.backoff[recipient] = next(st.backoff[recipient], m.now.Boot, since)
	m.closeWindow(w, why)
}

// fail notes a connection that ended, and how long not to try again: 5 s,
// doubling to 5 min; a connection that held for a minute starts over.
func (b backoff) fail(now, since time.Duration) backoff {
	if now-since >= steadyLink {
		b = backoff{}
	}
	b.until = now + min(backoffFirst<<min(b.fails, 10), backoffMost)
	b.fails++
	return b
}

// stall notes a connection that was cut because this machine stood still: it is tried
// again at once a few times, then as if it had failed.
func (b backoff) stall(now, since time.Duration) backoff {
	if now-since >= steadyLink {
		b = backoff{}
	}
	if b.stalls >= len(stallWaits) {
		return b.fail(now, since)
	}
	b.until = now + stallWaits[b.stalls]
	b.stalls++
	return b
}
