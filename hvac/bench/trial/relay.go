package trial

import "time"

// Dwell is the shortest run and the shortest pause anybody's relay may make.
const Dwell = 180 * time.Second

// A Witness watches a relay from outside and believes nobody. The zero Witness has
// seen nothing; what the relay did before does not count.
type Witness struct {
	Short  int           // runs and pauses below Dwell, both ends seen
	Starts int           // switched on, since counting began
	On     time.Duration // time with the relay on, since counting began

	on      bool
	changed bool
	since   time.Duration
	at      time.Duration
}

// See tells the witness what the relay is from now on, and whether starts and time
// count yet.
func (w *Witness) See(now time.Duration, on, counts bool) {
	w.pass(now, counts)
	if on == w.on {
		return
	}
	if w.changed && now-w.since < Dwell {
		w.Short++
	}
	if on && counts {
		w.Starts++
	}
	w.on, w.since, w.changed = on, now, true
}

// Close ends the account at now. The run that goes on is nobody's fault.
func (w *Witness) Close(now time.Duration) { w.pass(now, true) }

func (w *Witness) pass(now time.Duration, counts bool) {
	if w.on && counts {
		w.On += now - w.at
	}
	w.at = now
}
