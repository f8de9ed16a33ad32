package config

import (
	"fmt"
	"time"

	"quietstat/hvac"
)

// Plant is the sort of equipment. The zero Plant is invalid.
type Plant string

const (
	PlantConventional Plant = "conventional" // a burner or a resistance, and perhaps a cooling unit
	PlantHeatPump     Plant = "heat_pump"    // a compressor that heats, and cools by way of a reversing valve
)

// Equipment is how what hangs on the relays wants to be treated. What is wired is in
// Relays.
type Equipment struct {
	Kind          Plant
	CyclesPerHour float64       // at half load at most, 1 to 12
	Changeover    time.Duration // between heating and cooling, 1 min to 2 h
	SecondAfter   time.Duration // 1 min to 4 h
	SecondError   float64       // K, 0.5 to 10
	AuxAbove      hvac.Celsius  // outdoors, -20 to 30
	PumpBelow     hvac.Celsius  // outdoors, -40 to 10, 2 K below AuxAbove
	ValveRest     time.Duration // 10 s to 10 min
	FanPreRun     time.Duration // 0 to 3 min
	FanPostRun    time.Duration // 0 to 10 min
	FanCirculate  time.Duration // of each hour, 0 to 60 min
	FanWithHeat   bool
	Humidity      float64 // %, 30 to 80
}

// Valve is the output of a heat pump's reversing valve.
type Valve struct {
	Line
	B bool // energised for heating; O, energised for cooling, otherwise
}

type rawEquipment struct {
	Kind           *string   `toml:"kind"`
	Heating        *string   `toml:"heating"`
	CyclesPerHour  *float64  `toml:"cycles_per_hour"`
	Changeover     *duration `toml:"changeover"`
	SecondAfter    *duration `toml:"second_after"`
	SecondError    *float64  `toml:"second_error"`
	AuxLockout     *float64  `toml:"aux_lockout"`
	PumpLockout    *float64  `toml:"compressor_lockout"`
	ValveRest      *duration `toml:"valve_rest"`
	FanPreRun      *duration `toml:"fan_pre_run"`
	FanPostRun     *duration `toml:"fan_post_run"`
	FanCirculate   *duration `toml:"fan_minutes_per_hour"`
	FanWithHeat    *bool     `toml:"fan_with_heat"`
	HumidityTarget *float64  `toml:"humidity_target"`
}

type rawValve struct {
	Pin       *pin    `toml:"pin"`
	Type      *string `toml:"type"`
	ActiveLow *bool   `toml:"active_low"`
	Polarity  *string `toml:"polarity"`
}

// cycleRates are the cycles per hour that thermostats are set to for each sort of
// heating (Honeywell's installer setting "cycle rate", 1 to 12; EN 15500-1 has none).
// Gas keeps what quietstat ships with. Heavy and condensing heat emitters want long
// runs, a resistance does not care.
var cycleRates = map[string]float64{"gas": 6, "oil": 5, "electric": 9, "hydronic": 3, "steam": 1}

// pumpRate is the cycle rate of a compressor.
const pumpRate = 3

func (c *checker) equipment(raw rawEquipment, relays rawRelays) Equipment {
	d := shipped.Equipment
	e := Equipment{
		Kind:         Plant(or(raw.Kind, string(PlantConventional))),
		Changeover:   c.duration("equipment.changeover", raw.Changeover, shipped.Changeover, time.Minute, 2*time.Hour),
		SecondAfter:  c.duration("equipment.second_after", raw.SecondAfter, d.SecondAfter, time.Minute, 4*time.Hour),
		SecondError:  c.number("equipment.second_error", raw.SecondError, d.SecondError, 0.5, 10, "K"),
		AuxAbove:     hvac.Celsius(c.number("equipment.aux_lockout", raw.AuxLockout, float64(d.AuxAbove), -20, 30, "°C")),
		PumpBelow:    hvac.Celsius(c.number("equipment.compressor_lockout", raw.PumpLockout, float64(d.CompressorBelow), -40, 10, "°C")),
		ValveRest:    c.duration("equipment.valve_rest", raw.ValveRest, d.ValveRest, 10*time.Second, 10*time.Minute),
		FanPreRun:    c.duration("equipment.fan_pre_run", raw.FanPreRun, d.FanPreRun, 0, 3*time.Minute),
		FanPostRun:   c.duration("equipment.fan_post_run", raw.FanPostRun, shipped.FanRunOn, 0, 10*time.Minute),
		FanCirculate: c.duration("equipment.fan_minutes_per_hour", raw.FanCirculate, d.FanCirculate, 0, time.Hour),
		FanWithHeat:  or(raw.FanWithHeat, shipped.FanWithHeat),
		Humidity:     c.number("equipment.humidity_target", raw.HumidityTarget, float64(d.Humidity), 30, 80, "%"),
	}
	if e.Kind != PlantConventional && e.Kind != PlantHeatPump {
		c.complain("equipment.kind", "equipment.kind is "+quote(string(e.Kind)), `"conventional" or "heat_pump", default "conventional"`,
			`write "heat_pump" if one compressor heats and cools`)
		return e
	}
	e.CyclesPerHour = c.number("equipment.cycles_per_hour", raw.CyclesPerHour, c.cycleRate(raw, e.Kind), 1, 12, "per hour")
	if e.PumpBelow > e.AuxAbove-2 {
		c.complain("equipment.compressor_lockout", "equipment.compressor_lockout is "+figure(float64(e.PumpBelow), "°C"),
			"at least 2 K below equipment.aux_lockout, "+figure(float64(e.AuxAbove-2), "°C"),
			"between the two nothing could heat: lower this one or raise the other")
	}
	c.combination(raw, relays, e.Kind)
	return e
}

// cycleRate is the default of cycles_per_hour.
func (c *checker) cycleRate(raw rawEquipment, kind Plant) float64 {
	if kind == PlantHeatPump {
		return pumpRate
	}
	rate, known := cycleRates[or(raw.Heating, "gas")]
	if !known {
		c.complain("equipment.heating", "equipment.heating is "+quote(*raw.Heating), `one of "gas", "oil", "electric", "hydronic", "steam", default "gas"`,
			fmt.Sprintf("choose the nearest, or write %s as the maker of the boiler says", "cycles_per_hour"))
		return shipped.MostCycles
	}
	return rate
}

// polarities are the two terminals a reversing valve can be made for.
var polarities = map[string]bool{"O": false, "B": true}

func (c *checker) valve(raw *rawValve) Valve {
	if raw == nil {
		return Valve{}
	}
	const key = "relays.reversing.polarity"
	v := Valve{Line: c.relay("relays.reversing", &rawRelay{raw.Pin, raw.Type, raw.ActiveLow})}
	if raw.Polarity == nil {
		c.missing(key, `polarity = "O" or "B"`, "the outdoor unit's wiring diagram says which terminal drives its valve; a wrong one cools in winter")
		return v
	}
	b, known := polarities[*raw.Polarity]
	if !known {
		c.complain(key, "relays.reversing.polarity is "+quote(*raw.Polarity), `"O" (energised for cooling) or "B" (energised for heating)`,
			"see the outdoor unit's wiring diagram")
	}
	v.B = b
	return v
}

// equip is the part of HVACParams about equipment. A heat pump's compressor heats and
// cools, so its dwell is the least of both sides.
func (c *Config) equip(p *hvac.Params) {
	e, r := &c.Equipment, &c.Relays
	pump := e.Kind == PlantHeatPump
	p.CanHeat = r.Heat.Wired() || pump && r.Compressor.Wired()
	p.CanCool = r.Cool.Wired() || pump && r.Reversing.Wired()
	if e.CyclesPerHour != p.MostCycles { // another equipment, or somebody has chosen
		p.MostCycles, p.QuickCycles = e.CyclesPerHour, e.CyclesPerHour
	}
	p.Changeover = e.Changeover
	p.FanRunOn, p.FanWithHeat = e.FanPostRun, e.FanWithHeat
	p.Equipment = hvac.Equipment{
		Pump: pump, Reversing: r.Reversing.Wired(), PolarityB: r.Reversing.B,
		Second: r.Heat2.Wired(), Aux: r.Aux.Wired(), Dry: r.Dehumidifier.Wired(),
		SecondAfter: e.SecondAfter, SecondError: e.SecondError,
		AuxAbove: e.AuxAbove, CompressorBelow: e.PumpBelow, ValveRest: e.ValveRest,
		FanPreRun: e.FanPreRun, FanCirculate: e.FanCirculate,
		Humidity: hvac.Percent(e.Humidity),
	}
	if pump {
		p.MinOn, p.MinOff = max(p.MinOn, p.CoolDwell), max(p.MinOff, p.CoolDwell)
	}
}
