package household

// Reason says why a Target is not simply what was written down.
type Reason uint8

const (
	ClockUntrusted Reason = iota + 1 // schedule and vacation keep what they asked for last
	NothingToKeep                    // and nothing is remembered, so base holds
	Unplanned                        // the week around this moment has not been laid out yet
	HoldWaits                        // a hold from before the vacation waits for its end
	OutsideLimits                    // the thermostat's range moved the setpoint
	OutsideLock                      // the child lock moved the setpoint
)

// Reasons is a short list of them. The zero Reasons is empty.
type Reasons struct {
	List [5]Reason
	N    int
}

func (r *Reasons) add(reason Reason) {
	if r.N < len(r.List) {
		r.List[r.N] = reason
		r.N++
	}
}

// Has reports whether the reason is in the list.
func (r *Reasons) Has(reason Reason) bool {
	for i := range min(r.N, len(r.List)) {
		if r.List[i] == reason {
			return true
		}
	}
	return false
}

// Kind is a short stable name for machines.
func (r Reason) Kind() string { return r.pair()[0] }

// String is a sentence for people.
func (r Reason) String() string { return r.pair()[1] }

var reasonPairs = map[Reason][2]string{
	ClockUntrusted: {"clock_untrusted", "the clock is not set yet: the schedule keeps what it asked for last"},
	NothingToKeep:  {"schedule_unknown", "the clock is not set yet and nothing is remembered of the schedule: the base setpoint holds"},
	Unplanned:      {"schedule_unplanned", "the clock has jumped: the schedule keeps what it asked for last until the week is laid out again"},
	HoldWaits:      {"hold_waits", "a hold from before the vacation waits until the vacation is over"},
	OutsideLimits:  {"setpoint_outside_range", "what is asked for is outside the thermostat's range: the nearest allowed temperature is kept"},
	OutsideLock:    {"setpoint_outside_lock", "what is asked for is outside the child lock: the nearest allowed temperature is kept"},
}

func (r Reason) pair() [2]string {
	if pair, ok := reasonPairs[r]; ok {
		return pair
	}
	return [2]string{"unknown", "unknown reason"}
}
