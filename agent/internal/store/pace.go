package store

import "time"

// retryPace is how long a failed save waits for the next attempt, at most.
const retryPace = time.Minute

// Pace decides when state is saved: a person's change at once, the program's own
// changes at most once per period, so that an idle house writes nothing and a
// busy one little. It is pure; now is CLOCK_BOOTTIME. It belongs to one goroutine.
type Pace struct {
	every   time.Duration
	next    time.Duration // the earliest moment for the program's own changes
	changed bool
	urgent  bool
}

// NewPace makes a Pace with the given period (the design says 10 minutes). The
// first save of the program's own changes comes one period after now, so that a
// program that keeps dying does not write at every start.
func NewPace(now, every time.Duration) Pace {
	return Pace{every: every, next: now + every}
}

// Changed notes a change of the program's own making.
func (p *Pace) Changed() { p.changed = true }

// Asked notes a change a person has asked for: it is due at once.
func (p *Pace) Asked() { p.changed, p.urgent = true, true }

// Unsaved reports whether anything is waiting, for a clean exit.
func (p *Pace) Unsaved() bool { return p.changed }

// Due reports whether to save now.
func (p *Pace) Due(now time.Duration) bool {
	return p.changed && (p.urgent || now >= p.next)
}

// Done notes the outcome of a save. A failed one is tried again after a minute
// (or the period, if that is shorter), urgent or not: a full disk is not helped
// by asking it every second.
func (p *Pace) Done(now time.Duration, err error) {
	p.urgent = false
	if err != nil {
		p.next = now + min(p.every, retryPace)
		return
	}
	p.changed = false
	p.next = now + p.every
}
