package main

import (
	"time"

	"quietstat/hvac/bench/trial"
)

// window is how often the relay that plays a plan decides.
const window = 10 * time.Minute

// A player plays a plan through a relay, whatever the temperature.
type player struct {
	plan *plan
	owed float64 // s of heating that windows before could not give, or gave too much
	on   time.Duration
}

// Sampling is as rare as it can be, for nobody looks.
func (p *player) Sampling() time.Duration { return time.Hour }

// Tick decides at the beginning of a window how long it heats.
func (p *player) Tick(now time.Duration, _ trial.Sight) bool {
	in := now % window
	if in == 0 {
		for t := time.Duration(0); t < window; t += time.Second {
			p.owed += min(max(p.plan.share(now+t), 0), 1)
		}
		p.on = allowed(p.owed)
		p.owed -= p.on.Seconds()
	}
	return in < p.on
}

// allowed is the heating time nearest to what is owed, in seconds, that keeps runs and
// pauses of trial.Dwell within one window.
func allowed(owed float64) time.Duration {
	const least = trial.Dwell
	on := time.Duration(owed * float64(time.Second)).Round(time.Second)
	switch {
	case on < least/2:
		return 0
	case on < least:
		return least
	case on <= window-least:
		return on
	case on < window-least/2:
		return window - least
	}
	return window
}
