package config

import (
	"fmt"
	"testing"
	"time"
)

func TestSecondSensor(t *testing.T) {
	for _, tt := range []struct {
		text    string
		want    SecondSensor
		problem string // key, "" for none
	}{
		{"", SecondSensor{}, ""},
		{"[sensor.second]", SecondSensor{0x77, UseFallback}, ""},
		{"[board]\naddress = 0x77\n[sensor.second]", SecondSensor{0x76, UseFallback}, ""},
		{"[sensor.second]\naddress = 0x77\nuse = \"outdoor\"", SecondSensor{0x77, UseOutdoor}, ""},
		{"[sensor.second]\naddress = 0x76", SecondSensor{}, "sensor.second.address"},
		{"[board]\naddress = 0x77\n[sensor.second]\naddress = 0x77", SecondSensor{}, "sensor.second.address"},
		{"[sensor.second]\naddress = 0x75", SecondSensor{}, "sensor.second.address"},
		{"[sensor.second]\naddress = 0x78", SecondSensor{}, "sensor.second.address"},
		{"[board]\naddress = 0x75\n[sensor.second]\naddress = 0x77", SecondSensor{}, "board.address"},
		{"[sensor.second]\nuse = \"indoor\"", SecondSensor{}, "sensor.second.use"},
		{"[sensor.second]\nuse = true", SecondSensor{}, "sensor.second.use"},
		{"[sensor.second]\nadress = 0x77", SecondSensor{}, "sensor.second.adress"},
	} {
		c, ok := oneProblem(t, smallest+tt.text+"\n", tt.problem)
		if ok && (c.Sensor.Second != tt.want || c.DriversOptions().Second != tt.want.Address) {
			t.Errorf("%q: %+v, want %+v", tt.text, c.Sensor.Second, tt.want)
		}
	}
}

// Nothing of the envelope can be configured away: each key has its edges, and what
// passes here passes in hvac.
func TestEnvelopeRanges(t *testing.T) {
	for _, tt := range []struct{ table, key, below, least, most, above string }{
		{"sensor", "offset", "-5.1", "-5", "5", "5.1"},
		{"sensor", "frozen_after", `"29m59s"`, `"30m"`, `"24h"`, `"24h1s"`},
		{"pause", "fall_maximum", `"-1s"`, `"0s"`, `"1h"`, `"1h1s"`},
		{"pause", "fall_rate", "0.09", "0.1", "2", "2.1"},
		{"safety", "max_run", `"59m"`, `"1h"`, `"48h"`, `"48h1s"`},
		{"safety", "no_rise_after", `"179m"`, `"3h"`, `"24h"`, `"24h1s"`},
		{"safety", "stuck_rise", "2.9", "3", "10", "10.1"},
		{"safety", "hold_for", `"-1s"`, `"0s"`, `"6h"`, `"6h1s"`},
	} {
		parse := func(v string) (*Config, error) {
			return Parse("q.toml", fmt.Appendf(nil, "%s[%s]\n%s = %s\n", smallest, tt.table, tt.key, v))
		}
		for _, v := range []string{tt.least, tt.most} {
			c, err := parse(v)
			if err != nil {
				t.Errorf("%s.%s = %s is refused: %v", tt.table, tt.key, v, err)
				continue
			}
			p := c.HVACParams()
			if err := p.Validate(); err != nil {
				t.Errorf("%s.%s = %s passes here and not in hvac: %v", tt.table, tt.key, v, err)
			}
		}
		for _, v := range []string{tt.below, tt.above, "nan"} {
			_, err := parse(v)
			firstProblem(t, v, err, tt.table+"."+tt.key)
		}
	}
}

// Every key reaches the parameter it is named after.
func TestEnvelopeReachesTheController(t *testing.T) {
	c, err := Parse("q.toml", []byte(smallest+`
[sensor]
offset = -0.75
frozen_after = "61m"
[pause]
fall_maximum = "62m"
`))
	if err == nil {
		t.Fatal("62 minutes of pause are accepted")
	}
	c, err = Parse("q.toml", []byte(smallest+`
[sensor]
offset = -0.75
frozen_after = "61m"
[pause]
fall_maximum = "12m"
fall_rate = 0.3
[safety]
max_run = "63m"
no_rise_after = "4h"
stuck_rise = 6
hold_for = "64m"
`))
	if err != nil {
		t.Fatal(err)
	}
	got, want := c.HVACParams(), shipped
	want.SensorOffset, want.FrozenAfter = -0.75, 61*time.Minute
	want.FallPause, want.FallRate = 12*time.Minute, 0.3
	want.MaxRun, want.NoRiseAfter, want.StuckRise, want.HoldFor = 63*time.Minute, 4*time.Hour, 6, 64*time.Minute
	if got.SensorOffset != want.SensorOffset || got.FrozenAfter != want.FrozenAfter || got.FallPause != want.FallPause ||
		got.FallRate != want.FallRate || got.MaxRun != want.MaxRun || got.NoRiseAfter != want.NoRiseAfter ||
		got.StuckRise != want.StuckRise || got.HoldFor != want.HoldFor {
		t.Errorf("parameters\n%+v, want\n%+v", got, want)
	}
}
