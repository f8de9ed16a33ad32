package hvac

import (
	"fmt"
	"time"
)

// A bound is one row of the table Validate walks. Durations are in seconds.
type bound struct {
	field       string
	value       float64
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

// bounds is an array and not a slice so that Step can check it without allocating.
func (p *Params) bounds() [46]bound {
	s := time.Duration.Seconds
	return [...]bound{
		{"Gains.Kp", p.Gains.Kp, 0.01, 20, "1/K", feel},
		{"Gains.Ti", s(p.Gains.Ti), 60, 48 * 3600, "s", feel},
		{"Gains.Td", s(p.Gains.Td), 0, 2 * 3600, "s", feel},
		{"Gains.SetpointWeight", p.Gains.SetpointWeight, 0, 1, "", feel},
		{"Gains.FilterTime", s(p.Gains.FilterTime), 1, 600, "s", feel},
		{"Deadband", p.Deadband, 0, 1, "K", "use 0 if unsure"},
		{"Tick", s(p.Tick), 0.05, 60, "s", "1 s is plenty for a house"},
		{"MinOn", s(p.MinOn), 60, 1800, "s", wear},
		{"MinOff", s(p.MinOff), 60, 1800, "s", wear},
		{"CoolDwell", s(p.CoolDwell), 60, 1800, "s", "ask the maker of the compressor; 300 s is common"},
		{"Changeover", s(p.Changeover), 60, 7200, "s", "heating and cooling must not fight each other"},
		{"HeatCoolDifference", p.HeatCoolDifference, 1.5, 10, "K", "heating and cooling must not fight each other"},
		{"OpenDelay", s(p.OpenDelay), 0, 600, "s", pausing},
		{"CloseDelay", s(p.CloseDelay), 0, 1800, "s", pausing},
		{"MaxDoorPause", s(p.MaxDoorPause), 300, 24 * 3600, "s", pausing},
		{"FrostFloor", float64(p.FrostFloor), 4, 12, "°C", freeze},
		{"Overheat", float64(p.Overheat), 28, 45, "°C", freeze},
		{"StaleAfter", s(p.StaleAfter), 30, 900, "s", "allow a few lost samples, not a blind night"},
		{"PlausibleMin", float64(p.PlausibleMin), -40, 0, "°C", sensing},
		{"PlausibleMax", float64(p.PlausibleMax), 45, 85, "°C", sensing},
		{"SpikeLimit", p.SpikeLimit, 0.5, 10, "K", sensing},
		{"MaxRate", p.MaxRate, 0.2, 20, "K/min", sensing},
		{"SpikeConfirm", s(p.SpikeConfirm), 10, 600, "s", sensing},
		{"LostAfter", s(p.LostAfter), 600, 24 * 3600, "s", freeze},
		{"LostDuty", p.LostDuty, 0.05, 0.5, "", freeze},
		{"LostBelow", float64(p.LostBelow), 5, 25, "°C", freeze},
		{"FanRunOn", s(p.FanRunOn), 0, 600, "s", "use 0 to stop the fan with the run"},
		{"FallPause", s(p.FallPause), 0, 3600, "s", "use 0 to do without the slope witness"},
		{"FallRate", p.FallRate, 0.1, 2, "K/min", "choose what only an open window can do"},
		{"FrozenAfter", s(p.FrozenAfter), 1800, 24 * 3600, "s", sensing},
		{"SensorOffset", p.SensorOffset, -5, 5, "K", "move the sensor to a better place"},
		{"HoldFor", s(p.HoldFor), 0, 6 * 3600, "s", freeze},
		{"MaxRun", s(p.MaxRun), 3600, 48 * 3600, "s", "a heavy house warms up for half a day"},
		{"NoRiseAfter", s(p.NoRiseAfter), 3 * 3600, 24 * 3600, "s", "underfloor heating needs three hours to be felt"},
		{"StuckRise", p.StuckRise, 3, 10, "K", "more than the sun can do, less than what harms"},
		{"RestartDuty", p.RestartDuty, 0, MostRestartDuty, "", "the integral finds the rest, and a room must not be cooked whose sensor is dead at the start"},
		{"MostCycles", p.MostCycles, 1, 12, "per hour", wear},
		{"QuickCycles", p.QuickCycles, 1, 12, "per hour", wear},
		{"Equipment.SecondAfter", s(p.Equipment.SecondAfter), 60, 4 * 3600, "s", staging},
		{"Equipment.SecondError", p.Equipment.SecondError, 0.5, 10, "K", staging},
		{"Equipment.AuxAbove", float64(p.Equipment.AuxAbove), -20, 30, "°C", locking},
		{"Equipment.CompressorBelow", float64(p.Equipment.CompressorBelow), -40, min(10, float64(p.Equipment.AuxAbove)-lockoutGap), "°C", locking},
		{"Equipment.ValveRest", s(p.Equipment.ValveRest), 10, 600, "s", "the pressures must meet before the compressor starts"},
		{"Equipment.FanPreRun", s(p.Equipment.FanPreRun), 0, 180, "s", "use 0 to start the fan with the run"},
		{"Equipment.FanCirculate", s(p.Equipment.FanCirculate), 0, 3600, "s", "use 0 to let the fan follow the runs"},
		{"Equipment.Humidity", float64(p.Equipment.Humidity), 30, 80, "%", "40 to 60 % is comfortable"},
	}
}

// first returns the first bound p breaks.
func (p *Params) first() (bound, bool) {
	rows := p.bounds()
	for i := range rows { // not by value: a row is large, and this runs in every step
		if b := &rows[i]; !b.holds() {
			return *b, true
		}
	}
	// These two depend on each other, so they cannot stand in the table.
	lo := bound{"SetpointMin", float64(p.SetpointMin), 5, 25, "°C", "choose a range people live in"}
	hi := bound{"SetpointMax", float64(p.SetpointMax), max(15, lo.value+1), 35, "°C", "choose a range people live in, above SetpointMin"}
	if !lo.holds() {
		return lo, true
	}
	return hi, !hi.holds()
}

// holds is false for NaN too.
func (b *bound) holds() bool { return b.value >= b.least && b.value <= b.most }

// Validate returns nil or a *ParamError for the first field out of bounds. It
// does not allocate when everything is in order, and Step calls it every time.
func (p *Params) Validate() error {
	b, bad := p.first()
	if !bad {
		return nil
	}
	unit := ""
	if b.unit != "" {
		unit = " " + b.unit
	}
	return &ParamError{
		Field:  b.field,
		Value:  fmt.Sprintf("%g%s", b.value, unit),
		Bound:  fmt.Sprintf("%g to %g%s", b.least, b.most, unit),
		Remedy: b.remedy,
	}
}
