package peer

import (
	"time"

	"quietstat/hvac/bench/trial"
)

// TPI is Versatile Thermostat's: a share Inside·(setpoint - room) + Outside·(setpoint -
// outdoors), from 0 to 1, latched for a cycle. As shipped 0.6, 0.01 and five minutes;
// what would be on for less than ten seconds stays off.
type TPI struct {
	Inside  float64 // 1/K
	Outside float64 // 1/K
	Cycle   time.Duration

	on time.Duration // of the present cycle
}

// ShippedTPI has Versatile Thermostat's defaults.
func ShippedTPI() *TPI { return &TPI{Inside: 0.6, Outside: 0.01, Cycle: 5 * time.Minute} }

// minActivation is Versatile Thermostat's shortest pulse.
const minActivation = 10 * time.Second

// Sampling is a minute.
func (t *TPI) Sampling() time.Duration { return time.Minute }

// Tick decides at the beginning of a cycle.
func (t *TPI) Tick(now time.Duration, in trial.Sight) bool {
	into := now % t.Cycle
	if into == 0 {
		sp := float64(in.Setpoint)
		share := t.Inside*(sp-float64(in.Sample.Temperature)) + t.Outside*(sp-float64(in.Outdoor))
		t.on = time.Duration(min(max(share, 0), 1) * float64(t.Cycle)).Round(time.Second)
		if t.on < minActivation {
			t.on = 0
		}
	}
	return into < t.on
}
