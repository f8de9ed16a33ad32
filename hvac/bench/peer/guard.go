package peer

import (
	"time"

	"quietstat/hvac/bench/trial"
)

// Guard holds a controller's relay in its state until trial.Dwell has passed, like the
// anti-short-cycle timer an installer puts behind a thermostat that has none. The
// thermostat does not know.
func Guard(c trial.Controller) trial.Controller { return &guarded{inner: c} }

type guarded struct {
	inner   trial.Controller
	on      bool
	since   time.Duration
	changed bool
}

func (g *guarded) Sampling() time.Duration { return g.inner.Sampling() }

func (g *guarded) Tick(now time.Duration, in trial.Sight) bool {
	want := g.inner.Tick(now, in)
	if want != g.on && (!g.changed || now-g.since >= trial.Dwell) {
		g.on, g.since, g.changed = want, now, true
	}
	return g.on
}
