package trial

import (
	"time"

	"quietstat/hvac/house"
)

// Play heats the scenario's house with the share of power that share names for every
// second, whatever the temperature: no relay, so no cycles and no violations. It
// measures as Run does.
func Play(sc *Scenario, share func(at time.Duration) float64, seed uint64) Result {
	h, m := sc.House(seed), newMeasure()
	on := time.Duration(0)
	for at := time.Duration(0); at < sc.Length; at += time.Second {
		u := min(max(share(at), 0), 1)
		Heat(h, u, sc.DoorsOpen(at))
		if at >= sc.Settle {
			on += time.Duration(u * float64(time.Second))
		}
		if sc.Counts(at) {
			m.add(at+time.Second-sc.Settle, float64(h.Climate().Sensor-sc.Setpoint(at)))
		}
	}
	return m.result(&Witness{On: on}, sc.Length-sc.Settle, h.Power())
}

// Heat lets one second pass with a share u of the heater on.
func Heat(h *house.House, u float64, doors int) {
	h.Step(u, house.Inputs{Heat: true, DoorsOpen: doors})
	h.Step(1-u, house.Inputs{DoorsOpen: doors})
}
