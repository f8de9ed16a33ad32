package hvac

import (
	"math"
	"time"
)

// trust decides whether what was learned may drive the house. It is given when full
// heating is known to do something, and well enough, and taken away when the room is
// not kept: whatever the reason is, the PID knows nothing that could be wrong.
type trust struct {
	Given  bool
	Strain float64       // K, mean error while the learned law was free to act
	Rest   time.Duration // until it may be tried again
}

const (
	trustAfter = time.Hour      // of learning
	strainTime = 3 * 3600.0     // s, memory of Strain
	mostStrain = 0.7            // K: a room that misses its setpoint by as much for hours is not kept
	trustRest  = 24 * time.Hour // after which the learner has seen another day
)

// judge is called with every minute learned from.
func (h *Learned) judge() {
	t := &h.Trust
	switch {
	case t.Rest > 0 || h.Law.Ahead == 0:
		t.Given = false
	case !t.Given:
		t.Given = h.Informed >= trustAfter && h.Law.Doubt <= sureEnough
	}
}

// strain takes in the error of a room that was driven by what was learned for dt
// seconds; free is false while the heating was at one of its ends, where no controller
// could have done better.
func (h *Learned) strain(e, dt float64, free bool) {
	t := &h.Trust
	if !free {
		return
	}
	t.Strain += float64((math.Abs(e) - t.Strain) * (dt / (strainTime + dt)))
	if !(t.Strain <= mostStrain) {
		*t = trust{Rest: trustRest}
	}
}

// Known reports whether the house is known well enough to be driven by what was
// learned. Trust alone is not enough: predict divides by the rise of the law, and a
// state can be put together of parts that were never together.
func (h *Learned) Known() bool { return h.Trust.Given && h.Law.Ahead > 0 && h.Watch.Seen }
