package hvac

import (
	"fmt"
	"time"
)

// A bound is one row of the table Validate walks. Durations are in seconds.
type bound struct {
	field       string
	least, most float64
	unit        string
	remedy      string
}

const (
	wear    = "shorter wears the equipment out, longer makes the room swing"
	feel    = "go back to the shipped gains if unsure"
	pausing = "a door must neither stop heating by a gust nor stop it for good"
	sensing = "choose what the room, not the sensor, can do"
	freeze  = "pipes must not freeze and nobody must be cooked"
)

// bounds are all rows that stand for themselves. They are no part of Params, and hold no
// values, because Step looks at all of them every time.
var bounds = [...]bound{
	{"Gains.Kp", 0.01, 20, "1/K", feel},
	{"Gains.Ti", 60, 48 * 3600, "s", feel},
	{"Gains.Td", 0, 2 * 3600, "s", feel},
	{"Gains.SetpointWeight", 0, 1, "", feel},
	{"Gains.FilterTime", 1, 600, "s", feel},
	{"Deadband", 0, 1, "K", "use 0 if unsure"},
	{"Tick", 0.05, 60, "s", "1 s is plenty for a house"},
	{"MinOn", 60, 1800, "s", wear},
	{"MinOff", 60, 1800, "s", wear},
	{"CoolDwell", 60, 1800, "s", "ask the maker of the compressor; 300 s is common"},
	{"Changeover", 60, 7200, "s", "heating and cooling must not fight each other"},
	{"HeatCoolDifference", 1.5, 10, "K", "heating and cooling must not fight each other"},
	{"OpenDelay", 0, 600, "s", pausing},
	{"CloseDelay", 0, 1800, "s", pausing},
	{"MaxDoorPause", 300, 24 * 3600, "s", pausing},
	{"FrostFloor", 4, 12, "°C", freeze},
	{"Overheat", 28, 45, "°C", freeze},
	{"StaleAfter", 30, 900, "s", "allow a few lost samples, not a blind night"},
	{"PlausibleMin", -40, 0, "°C", sensing},
	{"PlausibleMax", 45, 85, "°C", sensing},
	{"SpikeLimit", 0.5, 10, "K", sensing},
	{"MaxRate", 0.2, 20, "K/min", sensing},
	{"SpikeConfirm", 10, 600, "s", sensing},
	{"LostAfter", 600, 24 * 3600, "s", freeze},
	{"LostDuty", 0.05, 0.5, "", freeze},
	{"LostBelow", 5, 25, "°C", freeze},
	{"FanRunOn", 0, 600, "s", "use 0 to stop the fan with the run"},
	{"FallPause", 0, 3600, "s", "use 0 to do without the slope witness"},
	{"FallRate", 0.1, 2, "K/min", "choose what only an open window can do"},
	{"FrozenAfter", 1800, 24 * 3600, "s", sensing},
	{"SensorOffset", -5, 5, "K", "move the sensor to a better place"},
	{"HoldFor", 0, 6 * 3600, "s", freeze},
	{"MaxRun", 3600, 48 * 3600, "s", "a heavy house warms up for half a day"},
	{"NoRiseAfter", 3 * 3600, 24 * 3600, "s", "underfloor heating needs three hours to be felt"},
	{"StuckRise", 3, 10, "K", "more than the sun can do, less than what harms"},
	{"RestartDuty", 0, MostRestartDuty, "", "the integral finds the rest, and a room must not be cooked whose sensor is dead at the start"},
	{"MostCycles", 1, 12, "per hour", wear},
	{"QuickCycles", 1, 12, "per hour", wear},
	{"Equipment.SecondAfter", 60, 4 * 3600, "s", staging},
	{"Equipment.SecondError", 0.5, 10, "K", staging},
	{"Equipment.AuxAbove", -20, 30, "°C", locking},
	{"Equipment.ValveRest", 10, 600, "s", "the pressures must meet before the compressor starts"},
	{"Equipment.FanPreRun", 0, 180, "s", "use 0 to start the fan with the run"},
	{"Equipment.FanCirculate", 0, 3600, "s", "use 0 to let the fan follow the runs"},
	{"Equipment.Humidity", 30, 80, "%", "40 to 60 % is comfortable"},
}

// values are those of p, in the order of bounds.
func (p *Params) values() [len(bounds)]float64 {
	g, e := &p.Gains, &p.Equipment
	return [...]float64{
		g.Kp, s(g.Ti), s(g.Td), g.SetpointWeight, s(g.FilterTime), p.Deadband, s(p.Tick), s(p.MinOn),
		s(p.MinOff), s(p.CoolDwell), s(p.Changeover), p.HeatCoolDifference, s(p.OpenDelay),
		s(p.CloseDelay), s(p.MaxDoorPause), float64(p.FrostFloor), float64(p.Overheat),
		s(p.StaleAfter), float64(p.PlausibleMin), float64(p.PlausibleMax), p.SpikeLimit, p.MaxRate,
		s(p.SpikeConfirm), s(p.LostAfter), p.LostDuty, float64(p.LostBelow), s(p.FanRunOn),
		s(p.FallPause), p.FallRate, s(p.FrozenAfter), p.SensorOffset, s(p.HoldFor), s(p.MaxRun),
		s(p.NoRiseAfter), p.StuckRise, p.RestartDuty, p.MostCycles, p.QuickCycles, s(e.SecondAfter),
		e.SecondError, float64(e.AuxAbove), s(e.ValveRest), s(e.FanPreRun), s(e.FanCirculate),
		float64(e.Humidity),
	}
}

// s is exact where it counts: whole seconds are, and nothing is rounded across a bound.
func s(d time.Duration) float64 { return float64(d) / float64(time.Second) }

// first returns the first bound p breaks, and the value that breaks it.
func (p *Params) first() (broken bound, value float64, bad bool) {
	all := p.values()
	for i := range bounds { // not by value: a row is large
		if b := &bounds[i]; !b.holds(all[i]) {
			return *b, all[i], true
		}
	}
	rows, some := p.dependent()
	for i := range rows {
		if b := &rows[i]; !b.holds(some[i]) {
			return *b, some[i], true
		}
	}
	return bound{}, 0, false
}

// dependent are the rows whose bounds depend on other parameters, and the values.
func (p *Params) dependent() ([3]bound, [3]float64) {
	lo, hi, pump := float64(p.SetpointMin), float64(p.SetpointMax), float64(p.Equipment.CompressorBelow)
	return [...]bound{
		{"SetpointMin", 5, 25, "°C", "choose a range people live in"},
		{"SetpointMax", max(15, lo+1), 35, "°C", "choose a range people live in, above SetpointMin"},
		{"Equipment.CompressorBelow", -40, min(10, float64(p.Equipment.AuxAbove)-lockoutGap), "°C", locking},
	}, [...]float64{lo, hi, pump}
}

// holds is false for NaN too.
func (b *bound) holds(v float64) bool { return v >= b.least && v <= b.most }

// Validate returns nil or a *ParamError for the first field out of bounds. It
// does not allocate when everything is in order, and Step calls it every time.
func (p *Params) Validate() error {
	b, value, bad := p.first()
	if !bad {
		return nil
	}
	unit := ""
	if b.unit != "" {
		unit = " " + b.unit
	}
	return &ParamError{
		Field:  b.field,
		Value:  fmt.Sprintf("%g%s", value, unit),
		Bound:  fmt.Sprintf("%g to %g%s", b.least, b.most, unit),
		Remedy: b.remedy,
	}
}
