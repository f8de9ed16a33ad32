package config

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"quietstat/drivers"
	"quietstat/hvac"
)

// Tables to combine.
const (
	heatTable       = "[relays.heat]\npin = \"GPIO17\"\ntype = \"heating\"\n"
	heat2Table      = "[relays.heat2]\npin = \"GPIO5\"\ntype = \"second stage\"\n"
	coolTable       = "[relays.cool]\npin = \"GPIO27\"\ntype = \"cooling\"\n"
	fanTable        = "[relays.fan]\npin = \"GPIO26\"\ntype = \"fan\"\n"
	compressorTable = "[relays.compressor]\npin = \"GPIO17\"\ntype = \"compressor\"\n"
	reversingTable  = "[relays.reversing]\npin = \"GPIO22\"\ntype = \"reversing valve\"\npolarity = \"B\"\n"
	auxTable        = "[relays.aux]\npin = \"GPIO6\"\ntype = \"auxiliary heat\"\n"
	dryTable        = "[relays.dehumidifier]\npin = \"GPIO16\"\ntype = \"dehumidifier\"\n"
	pumpKind        = "[equipment]\nkind = \"heat_pump\"\n"
)

// TestImpossibleEquipment holds every refusal against its whole line.
func TestImpossibleEquipment(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"no such kind", heatTable + "[equipment]\nkind = \"stove\"\n",
			`q.toml:5:8: equipment.kind is "stove"; expected "conventional" or "heat_pump", default "conventional"; write "heat_pump" if one compressor heats and cools`},
		{"no such heating", heatTable + "[equipment]\nheating = \"peat\"\n",
			`q.toml:5:11: equipment.heating is "peat"; expected one of "gas", "oil", "electric", "hydronic", "steam", default "gas"; choose the nearest, or write cycles_per_hour as the maker of the boiler says`},
		{"pump without compressor", pumpKind + auxTable,
			`q.toml:3:2: a heat pump has no compressor relay; expected [relays.compressor]; name its pin, or write kind = "conventional"`},
		{"pump with a heat relay", pumpKind + compressorTable + "[relays.heat]\npin = \"GPIO5\"\ntype = \"heating\"\n",
			`q.toml:6:9: relays.heat stands beside a heat pump, which heats with its compressor; expected [relays.compressor] alone, or [relays.aux] beside it; rename the table to [relays.aux] if it is a burner or heater that helps the pump`},
		{"pump with a second stage", pumpKind + compressorTable + heat2Table,
			`q.toml:6:9: relays.heat2 stands beside a heat pump, whose second heat is auxiliary; expected [relays.aux]; rename the table to [relays.aux]`},
		{"pump with a cool relay", pumpKind + compressorTable + coolTable,
			`q.toml:6:9: relays.cool stands beside a heat pump, which cools with its compressor; expected [relays.reversing] with the valve's polarity; remove the table: the compressor and its reversing valve cool`},
		{"compressor of no pump", coolTable + compressorTable,
			`q.toml:4:9: relays.compressor is wired, but equipment.kind is "conventional"; expected equipment.kind is "heat_pump"; write kind = "heat_pump" under [equipment], or [relays.cool] if it only cools`},
		{"aux without heat pump", heatTable + auxTable,
			`q.toml:4:9: auxiliary heat is wired without a heat pump; expected equipment.kind is "heat_pump"; rename the table to [relays.heat2] if it is a second stage`},
		{"valve without compressor", heatTable + reversingTable,
			`q.toml:4:9: a reversing valve is wired without a compressor; expected [relays.compressor] beside it; name the compressor's pin, or remove the valve`},
		{"valve without polarity", pumpKind + compressorTable + strings.Replace(reversingTable, "polarity = \"B\"\n", "", 1),
			`q.toml:6:9: relays.reversing.polarity is missing; expected polarity = "O" or "B"; the outdoor unit's wiring diagram says which terminal drives its valve; a wrong one cools in winter`},
		{"valve of no polarity", pumpKind + compressorTable + strings.Replace(reversingTable, "\"B\"", "\"0\"", 1),
			`q.toml:9:12: relays.reversing.polarity is "0"; expected "O" (energised for cooling) or "B" (energised for heating); see the outdoor unit's wiring diagram`},
		{"second stage alone", heat2Table,
			`q.toml:1:9: a second heating stage is wired without a first; expected [relays.heat] beside it; wire the first stage, or rename this table to [relays.heat]`},
		{"heating of a pump", pumpKind + "heating = \"gas\"\n" + compressorTable,
			`q.toml:3:11: equipment.heating is set for a heat pump; expected no such key beside equipment.kind is "heat_pump"; remove it, or set cycles_per_hour`},
		{"staging of one stage", heatTable + "[equipment]\nsecond_after = \"10m\"\n",
			`q.toml:5:16: equipment.second_after is set, but there is no second heat; expected [relays.heat2] or [relays.aux]; wire it, or remove the key`},
		{"staging error of one stage", heatTable + "[equipment]\nsecond_error = 2\n",
			`q.toml:5:16: equipment.second_error is set, but there is no second heat; expected [relays.heat2] or [relays.aux]; wire it, or remove the key`},
		{"lock-out of no aux", pumpKind + "aux_lockout = 5\n" + compressorTable,
			`q.toml:3:15: equipment.aux_lockout is set, but there is no auxiliary heat; expected [relays.aux]; wire it, or remove the key`},
		{"lock-out that leaves no heat", pumpKind + "compressor_lockout = -10\n" + compressorTable,
			`q.toml:3:22: equipment.compressor_lockout is set, but nothing else could heat then; expected [relays.aux]; wire auxiliary heat, or remove the key: most heat pumps protect themselves`},
		{"lock-outs that overlap", pumpKind + "aux_lockout = 0\ncompressor_lockout = -1.9\n" + compressorTable + auxTable,
			`q.toml:4:22: equipment.compressor_lockout is -1.9 °C; expected at least 2 K below equipment.aux_lockout, -2 °C; between the two nothing could heat: lower this one or raise the other`},
		{"rest of no valve", pumpKind + "valve_rest = \"1m\"\n" + compressorTable,
			`q.toml:3:14: equipment.valve_rest is set, but there is no reversing valve; expected [relays.reversing]; wire it, or remove the key`},
		{"drying with nothing", heatTable + "[equipment]\nhumidity_target = 50\n",
			`q.toml:5:19: equipment.humidity_target is set, but nothing could dry the air; expected [relays.cool], [relays.dehumidifier] or a heat pump with [relays.reversing]; wire one of them, or remove the key`},
		{"changeover of one side", heatTable + "[equipment]\nchangeover = \"5m\"\n",
			`q.toml:5:14: equipment.changeover is set, but nothing cools; expected [relays.cool] or a heat pump with [relays.reversing]; wire it, or remove the key`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(problemsOf(t, tt.file), "\n"); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
	for key, value := range map[string]string{"fan_pre_run": `"10s"`, "fan_post_run": `"10s"`, "fan_minutes_per_hour": `"10m"`, "fan_with_heat": "true"} {
		got := problemsOf(t, heatTable+"[equipment]\n"+key+" = "+value+"\n")
		want := "equipment." + key + " is set, but there is no fan relay; expected [relays.fan]; wire the fan, or remove the key"
		if len(got) != 1 || !strings.HasPrefix(got[0], "q.toml:5:") || !strings.HasSuffix(got[0], want) {
			t.Errorf("%s: %v", key, got)
		}
	}
}

// TestPossibleEquipment: everything a house can have passes here, in hvac and in the
// driver.
func TestPossibleEquipment(t *testing.T) {
	for name, file := range map[string]string{
		"two stages and a dehumidifier": heatTable + heat2Table + dryTable + "[equipment]\nsecond_after = \"1m\"\nhumidity_target = 30\n",
		"everything conventional":       heatTable + heat2Table + coolTable + fanTable + dryTable + "[equipment]\nfan_minutes_per_hour = \"1h\"\nfan_pre_run = \"3m\"\nchangeover = \"1m\"\n",
		"a pump that only heats":        pumpKind + compressorTable,
		"a pump with everything":        pumpKind + "aux_lockout = 0\ncompressor_lockout = -2\nvalve_rest = \"10s\"\nhumidity_target = 80\n" + compressorTable + reversingTable + auxTable + fanTable + dryTable,
		"cooling alone":                 coolTable + "[equipment]\nhumidity_target = 50\n",
	} {
		c, err := Parse("q.toml", []byte(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p := c.HVACParams()
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCycleRates(t *testing.T) {
	for line, want := range map[string]float64{
		"": 6, "heating = \"gas\"": 6, "heating = \"oil\"": 5, "heating = \"electric\"": 9, "heating = \"hydronic\"": 3,
		"heating = \"steam\"": 1, "heating = \"steam\"\ncycles_per_hour = 12": 12, "cycles_per_hour = 1": 1,
	} {
		c, err := Parse("q.toml", []byte(heatTable+"[equipment]\n"+line+"\n"))
		if err != nil {
			t.Errorf("%q: %v", line, err)
			continue
		}
		p := c.HVACParams()
		if p.MostCycles != want {
			t.Errorf("%q: %v cycles per hour, want %v", line, p.MostCycles, want)
		}
		if quick := want == shipped.MostCycles; (p.QuickCycles > p.MostCycles) != quick {
			t.Errorf("%q: a quick house makes %v cycles per hour", line, p.QuickCycles)
		}
	}
	c, err := Parse("q.toml", []byte(pumpKind+compressorTable))
	if err != nil || c.HVACParams().MostCycles != 3 {
		t.Errorf("heat pump: %v", err)
	}
	for _, v := range []string{"0.9", "12.1"} {
		if got := problemsOf(t, heatTable+"[equipment]\ncycles_per_hour = "+v+"\n"); !strings.Contains(got[0], "1 to 12 per hour") {
			t.Errorf("%s: %v", v, got)
		}
	}
}

// TestEquipmentReachesTheController changes every key, so that a forgotten line shows.
func TestEquipmentReachesTheController(t *testing.T) {
	c, err := Parse("q.toml", []byte(pumpKind+`cycles_per_hour = 2
changeover = "61s"
second_after = "62s"
second_error = 0.75
aux_lockout = 4
compressor_lockout = -12
valve_rest = "63s"
fan_pre_run = "64s"
fan_post_run = "65s"
fan_minutes_per_hour = "11m"
fan_with_heat = true
humidity_target = 44
[control]
min_on = "1m"
cool_min_off = "7m"
`+compressorTable+reversingTable+auxTable+fanTable+dryTable))
	if err != nil {
		t.Fatal(err)
	}
	got := c.HVACParams()
	want := shipped
	want.CanHeat, want.CanCool, want.MostCycles, want.QuickCycles = true, true, 2, 2
	want.MinOn, want.MinOff, want.CoolDwell = 7*time.Minute, 7*time.Minute, 7*time.Minute // the compressor's for both sides
	want.Changeover, want.FanRunOn, want.FanWithHeat = 61*time.Second, 65*time.Second, true
	want.Equipment = hvac.Equipment{
		Pump: true, Reversing: true, PolarityB: true, Aux: true, Dry: true,
		SecondAfter: 62 * time.Second, SecondError: 0.75, AuxAbove: 4, CompressorBelow: -12, ValveRest: 63 * time.Second,
		FanPreRun: 64 * time.Second, FanCirculate: 11 * time.Minute, Humidity: 44,
	}
	if got != want {
		t.Errorf("parameters\n%+v, want\n%+v", got, want)
	}
	o := c.DriversOptions()
	pins := fmt.Sprint(o.Compressor, o.Reversing, o.ReversingB, o.Aux, o.Fan, o.Dehumidifier)
	if want := "{GPIO17 false} {GPIO22 false} true {GPIO6 false} {GPIO26 false} {GPIO16 false}"; pins != want {
		t.Errorf("wiring %s, want %s", pins, want)
	}
	if o.Heat != (drivers.RelayOptions{}) || o.Cool != o.Heat || o.Heat2 != o.Heat {
		t.Errorf("a heat pump has relays of a furnace: %+v", o)
	}
}

func TestExamplesAreGood(t *testing.T) {
	for _, name := range exampleNames {
		b, err := ExampleFor(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(name+".toml", b)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if p := c.HVACParams(); p.Validate() != nil || !p.CanHeat {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if _, err := ExampleFor("stove"); err == nil || !strings.Contains(err.Error(), "furnace, heatpump, boiler, voice") {
		t.Errorf("err = %v, want one that lists the names", err)
	}
}
