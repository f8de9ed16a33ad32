package drivers

import (
	"time"

	"quietstat/hvac"
)

// HoldTime is how long the quiet button must stay pressed for a hold, counted from
// the moment the contact came to rest.
const HoldTime = 3 * time.Second

// debouncer turns timestamped samples of one contact into a settled state: a new
// level counts once it has been seen, without an edge in between, for the settling
// time. It is pure; the zero value with a settle time is ready and knows nothing.
//
// A contact that chatters without ever resting keeps the state it had, which at the
// very start is "unknown".
type debouncer struct {
	settle time.Duration

	known  bool          // a state has settled at least once
	active bool          // the settled state: line low
	since  time.Duration // when the settled state was first seen

	pending   bool          // a sample has arrived
	candidate bool          // level of the newest sample
	start     time.Duration // since when candidate rests
	last      time.Duration // newest timestamp
}

// feed takes one sample: active is true for a low line, edge says that the line has
// moved since the previous sample even if it reads the same again. It reports
// whether the settled state changed. A time before the previous one counts as the
// previous one, because a poller and an edge waiter may race with their stamps.
func (d *debouncer) feed(now time.Duration, active, edge bool) bool {
	if d.pending && now < d.last {
		now = d.last
	}
	d.last = now
	if !d.pending || edge || active != d.candidate {
		d.pending, d.candidate, d.start = true, active, now
	}
	if now-d.start < d.settle || (d.known && d.candidate == d.active) {
		return false
	}
	d.known, d.active, d.since = true, d.candidate, d.start
	return true
}

// settling reports how long the present candidate still has to rest, 0 when nothing
// is undecided.
func (d *debouncer) settling(now time.Duration) time.Duration {
	if !d.pending || (d.known && d.candidate == d.active) {
		return 0
	}
	return max(d.settle-(now-d.start), 0)
}

// contact is the reed's view of the settled state: low is closed, high (also a cut
// cable) is open.
func (d *debouncer) contact() hvac.Contact {
	if !d.known {
		return hvac.Contact{}
	}
	return hvac.Contact{Known: true, Open: !d.active, Since: d.since}
}

// button counts presses and holds on top of a debouncer. A button that is already
// down when the program starts has not been pressed by anybody we know of (it may be
// stuck or shorted), so neither a press nor a hold comes of it until it was released.
type button struct {
	debouncer
	presses, holds uint32
	armed          bool // this press was witnessed and has not become a hold yet
}

func (b *button) feed(now time.Duration, active, edge bool) {
	known := b.known
	if b.debouncer.feed(now, active, edge) {
		b.armed = b.active && known
		if b.armed {
			b.presses++
		}
	}
	// The newest sample must still be down: a finger already leaving is no hold.
	if b.armed && b.candidate && b.last-b.since >= HoldTime {
		b.holds++
		b.armed = false
	}
}
