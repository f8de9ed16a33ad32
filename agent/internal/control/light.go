package control

import (
	"time"

	"quietstat/consent"
)

// rhythm is how long the light is on and off by turns. Every open state begins
// with on, so that whoever looks at the moment of opening sees it.
type rhythm struct{ on, off time.Duration }

// rhythms of each state: dark when nothing can leave, a slow pulse for a session,
// a short blink once a second for a grant, a flutter for a fault.
var rhythms = [...]rhythm{
	consent.IndicatorClosed:  {},
	consent.IndicatorSession: {time.Second, time.Second},
	consent.IndicatorGrant:   {250 * time.Millisecond, 750 * time.Millisecond},
	consent.IndicatorFault:   {125 * time.Millisecond, 125 * time.Millisecond},
}

// at is the level after a time in the state.
func (r rhythm) at(elapsed time.Duration) bool {
	return r.on > 0 && max(0, elapsed)%(r.on+r.off) < r.on
}

// left is how long the level after elapsed lasts; 0 means for ever.
func (r rhythm) left(elapsed time.Duration) time.Duration {
	if r.on == 0 {
		return 0
	}
	phase := max(0, elapsed) % (r.on + r.off)
	if phase < r.on {
		return r.on - phase
	}
	return r.on + r.off - phase
}

// light is the indicator as the loop drives it. It is confirmed when the line took
// a level for the present epoch and has taken every level since.
type light struct {
	set       func(on bool) error
	state     consent.IndicatorState
	epoch     uint64
	confirmed bool
	since     time.Duration // CLOCK_BOOTTIME at which the rhythm began
	level     bool
}

// show takes a request of the keeper. Asking again for what is confirmed already
// does not disturb the rhythm; anything else begins it anew.
func (l *light) show(state consent.IndicatorState, epoch uint64, now time.Duration) {
	if l.confirmed && state == l.state && epoch == l.epoch {
		return
	}
	l.state, l.epoch, l.since = state, epoch, now
	l.level = rhythms[state].at(0)
	l.confirmed = l.set(l.level) == nil
}

// orphan shows a fault: the keeper that asked for the present state is gone, and
// nobody knows any more whether it is true.
func (l *light) orphan(now time.Duration) {
	if l.state != consent.IndicatorFault {
		l.show(consent.IndicatorFault, 0, now)
	}
	l.forget()
}

// forget drops the confirmation: it was given to another keeper.
func (l *light) forget() { l.epoch, l.confirmed = 0, false }

// step brings the light to the level of now.
func (l *light) step(now time.Duration) {
	level := rhythms[l.state].at(now - l.since)
	if level == l.level {
		return
	}
	if err := l.set(level); err != nil {
		l.confirmed = false
		return
	}
	l.level = level
}

// next is when step must be called again; 0 means not before the next request.
func (l *light) next(now time.Duration) time.Duration {
	left := rhythms[l.state].left(now - l.since)
	if left == 0 {
		return 0
	}
	return now + left
}
