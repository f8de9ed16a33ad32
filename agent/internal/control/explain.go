package control

import (
	"fmt"
	"slices"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/trace"
)

// explained is the whole chain for the present state of the relays: what the status
// says, and between demand and relays what stands between them.
func (r *role) explained() Explanation {
	e := explain(r.status())
	news := r.news.read()
	if news.in.Params == nil { // before the first tick
		return e
	}
	last := len(e.Chain) - 1
	e.Chain = slices.Insert(e.Chain, last, between(&news)...)
	return e
}

// between is what makes relays of a demand: filter, doors that wait, dwell.
func between(r *record) []string {
	t := trace.Tick{In: r.in, After: r.state, Out: r.out, Why: r.reasons}
	var lines []string
	if r.state.PID.Active {
		lines = append(lines, t.Filter())
	}
	for i := range min(max(r.in.DoorCount, 0), hvac.MaxDoors) {
		if d := &r.state.Doors[i]; d.Open && !d.Holds && !d.Expired && r.in.DoorIgnored[i] == 0 {
			lines = append(lines, fmt.Sprintf("door %d pauses the house when it has been open for %s; it is %s so far",
				i+1, r.in.Params.OpenDelay, d.For.Round(time.Second)))
		}
	}
	if o := r.in.Outdoor; o.Known {
		lines = append(lines, fmt.Sprintf("outside: %.1f °C", float64(o.Temperature)))
	}
	return append(lines, t.Dwell())
}
