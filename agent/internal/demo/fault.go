package demo

import (
	"time"
)

// fault is one thing that can be made to break during the day, and how to judge
// what the agent did about it.
type fault struct {
	name   string
	from   time.Duration // time of day, first day
	until  time.Duration // time of day; 0 = it stays
	judged time.Duration // time of day by which everything of interest has happened

	broken string // what happens, for people
	mended string

	inject func(*show) error
	lift   func(*show) error
	// judge looks at what was seen. what is the second half of the one line: what
	// was done about it; problems are the checks that failed.
	judge func(*trial) (what string, problems []string)

	blinds bool // the house cannot be kept at its temperature meanwhile
}

// Faults are the names --fault knows.
func Faults() []string {
	var names []string
	for _, f := range faults {
		names = append(names, f.name)
	}
	return names
}

func faultNamed(name string) (*fault, bool) {
	for i := range faults {
		if faults[i].name == name {
			return &faults[i], true
		}
	}
	return nil, false
}

// trial is what was seen of one fault. Times are since the demo began; a time of
// never has not come.
type trial struct {
	fault        *fault
	limits       limits
	began, ended time.Duration

	noticed      time.Duration // the sensor was no longer trusted
	noticedWhy   string
	trusted      time.Duration // and trusted again, after the end
	trustedEarly time.Duration // and trusted again, before the end
	blindHeat    time.Duration // the relay was on while the sensor was not trusted
	oldest       time.Duration // age of the oldest sample in use
	paused       time.Duration // heating paused
	resumed      time.Duration // heating resumed although the fault was still there
	resumedWhy   string
	coldest      float64

	during     int           // messages outside of voice sessions while it lasted, beyond the first minute
	sessions   int           // messages of voice sessions while it lasted
	afterwards int           // messages between its end and the end of the demo
	before     string        // the keeper's last refusal when it began
	refusal    string        // and a new one, while it lasted
	ledger     string        // the ledger's problem, while it lasted
	clock      string        // the clock's problem, while it lasted
	closed     time.Duration // no window had a connection any more
	missed     uint64
}

// limits are the configured bounds a trial is judged by.
type limits struct {
	minOn, stale, pause time.Duration
	frost               float64
}

const never = time.Duration(-1)

func newTrial(f *fault, l limits) *trial {
	return &trial{fault: f, limits: l, began: never, ended: never, noticed: never, trusted: never, trustedEarly: never,
		paused: never, resumed: never, closed: never, coldest: 99}
}

// active reports whether the fault is on.
func (t *trial) active() bool { return t != nil && t.began != never && t.ended == never }

// line is the one line at the end: what happened and what was done about it.
func (t *trial) line() (text string, problems []string) {
	if t.began == never {
		return t.fault.name + ": the demo ended before it could happen", []string{"the fault never happened"}
	}
	what, problems := t.fault.judge(t)
	if t.coldest < t.limits.frost {
		problems = append(problems, "the house fell below its frost floor")
	}
	if t.missed > 0 {
		problems = append(problems, "control missed ticks")
	}
	return clockFace(t.began) + " " + t.fault.broken + "; " + what, problems
}
