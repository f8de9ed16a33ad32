package config

// An impossibility is a key or table that cannot stand beside the others.
type impossibility struct {
	holds    bool
	key      string // that is written and cannot be meant
	message  string
	expected string
	remedy   string
}

// combination refuses equipment that cannot exist, and settings of what is not wired:
// whoever writes them believes in something that will not happen.
func (c *checker) combination(raw rawEquipment, r rawRelays, kind Plant) {
	pump := kind == PlantHeatPump
	canCool := r.Cool != nil || pump && r.Reversing != nil
	const isPump = `equipment.kind is "heat_pump"`
	for _, i := range []impossibility{
		{pump && r.Compressor == nil, "relays.compressor", "a heat pump has no compressor relay", "[relays.compressor]",
			`name its pin, or write kind = "conventional"`},
		{pump && r.Heat != nil, "relays.heat", "relays.heat stands beside a heat pump, which heats with its compressor", "[relays.compressor] alone, or [relays.aux] beside it",
			"rename the table to [relays.aux] if it is a burner or heater that helps the pump"},
		{pump && r.Heat2 != nil, "relays.heat2", "relays.heat2 stands beside a heat pump, whose second heat is auxiliary", "[relays.aux]",
			"rename the table to [relays.aux]"},
		{pump && r.Cool != nil, "relays.cool", "relays.cool stands beside a heat pump, which cools with its compressor", "[relays.reversing] with the valve's polarity",
			"remove the table: the compressor and its reversing valve cool"},
		{!pump && r.Compressor != nil, "relays.compressor", "relays.compressor is wired, but equipment.kind is \"conventional\"", isPump,
			`write kind = "heat_pump" under [equipment], or [relays.cool] if it only cools`},
		{!pump && r.Aux != nil, "relays.aux", "auxiliary heat is wired without a heat pump", isPump,
			"rename the table to [relays.heat2] if it is a second stage"},
		{r.Reversing != nil && r.Compressor == nil, "relays.reversing", "a reversing valve is wired without a compressor", "[relays.compressor] beside it",
			"name the compressor's pin, or remove the valve"},
		{!pump && r.Heat2 != nil && r.Heat == nil, "relays.heat2", "a second heating stage is wired without a first", "[relays.heat] beside it",
			"wire the first stage, or rename this table to [relays.heat]"},
		{pump && raw.Heating != nil, "equipment.heating", "equipment.heating is set for a heat pump", "no such key beside " + isPump,
			"remove it, or set cycles_per_hour"},
		{(raw.SecondAfter != nil) && r.Heat2 == nil && r.Aux == nil, "equipment.second_after", "equipment.second_after is set, but there is no second heat", "[relays.heat2] or [relays.aux]",
			"wire it, or remove the key"},
		{(raw.SecondError != nil) && r.Heat2 == nil && r.Aux == nil, "equipment.second_error", "equipment.second_error is set, but there is no second heat", "[relays.heat2] or [relays.aux]",
			"wire it, or remove the key"},
		{raw.AuxLockout != nil && r.Aux == nil, "equipment.aux_lockout", "equipment.aux_lockout is set, but there is no auxiliary heat", "[relays.aux]",
			"wire it, or remove the key"},
		{raw.PumpLockout != nil && r.Aux == nil, "equipment.compressor_lockout", "equipment.compressor_lockout is set, but nothing else could heat then", "[relays.aux]",
			"wire auxiliary heat, or remove the key: most heat pumps protect themselves"},
		{raw.ValveRest != nil && r.Reversing == nil, "equipment.valve_rest", "equipment.valve_rest is set, but there is no reversing valve", "[relays.reversing]",
			"wire it, or remove the key"},
		{raw.FanPreRun != nil && r.Fan == nil, "equipment.fan_pre_run", "equipment.fan_pre_run is set, but there is no fan relay", "[relays.fan]",
			"wire the fan, or remove the key"},
		{raw.FanPostRun != nil && r.Fan == nil, "equipment.fan_post_run", "equipment.fan_post_run is set, but there is no fan relay", "[relays.fan]",
			"wire the fan, or remove the key"},
		{raw.FanCirculate != nil && r.Fan == nil, "equipment.fan_minutes_per_hour", "equipment.fan_minutes_per_hour is set, but there is no fan relay", "[relays.fan]",
			"wire the fan, or remove the key"},
		{raw.FanWithHeat != nil && r.Fan == nil, "equipment.fan_with_heat", "equipment.fan_with_heat is set, but there is no fan relay", "[relays.fan]",
			"wire the fan, or remove the key"},
		{raw.HumidityTarget != nil && !canCool && r.Dehumidifier == nil, "equipment.humidity_target", "equipment.humidity_target is set, but nothing could dry the air", "[relays.cool], [relays.dehumidifier] or a heat pump with [relays.reversing]",
			"wire one of them, or remove the key"},
		{raw.Changeover != nil && !canCool, "equipment.changeover", "equipment.changeover is set, but nothing cools", "[relays.cool] or a heat pump with [relays.reversing]",
			"wire it, or remove the key"},
	} {
		if i.holds {
			c.complain(i.key, i.message, i.expected, i.remedy)
		}
	}
}
