package config

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
	"pgregory.net/rapid"
)

// TestRanges tries each bounded key just below, at and above each end.
func TestRanges(t *testing.T) {
	type edge struct{ below, least, most, above string }
	tests := []struct {
		table, key string
		edge       edge
		beside     string // lines that keep other rules satisfied
	}{
		{"sensor", "period", edge{`"999ms"`, `"1s"`, `"60s"`, `"60001ms"`}, ""},
		{"sensor", "stale_after", edge{`"29s"`, `"30s"`, `"15m"`, `"15m1s"`}, ""},
		{"control", "period", edge{`"99ms"`, `"100ms"`, `"2s"`, `"2001ms"`}, ""},
		{"control", "min_on", edge{`"59s"`, `"60s"`, `"30m"`, `"30m1s"`}, ""},
		{"control", "min_off", edge{`"59s"`, `"60s"`, `"30m"`, `"30m1s"`}, ""},
		{"control", "cool_min_off", edge{`"59s"`, `"60s"`, `"30m"`, `"30m1s"`}, ""},
		{"comfort", "setpoint_min", edge{"4.9", "5", "25", "25.1"}, ""},
		{"comfort", "setpoint_max", edge{"14.9", "15", "35.0", "35.1"}, "[safety]\noverheat = 45\n"},
		{"comfort", "deadband", edge{"-0.1", "0", "1", "1.1"}, ""},
		{"comfort", "heat_cool_difference", edge{"1.4", "1.5", "10", "10.1"}, ""},
		{"pause", "open_delay", edge{`"-1s"`, `"0s"`, `"10m"`, `"10m1s"`}, ""},
		{"pause", "close_delay", edge{`"-1s"`, `"0s"`, `"30m"`, `"30m1s"`}, ""},
		{"pause", "maximum", edge{`"299s"`, `"5m"`, `"24h"`, `"24h1s"`}, ""},
		{"safety", "frost_floor", edge{"3.9", "4", "12", "12.1"}, ""},
		{"safety", "overheat", edge{"27.9", "28", "45", "45.1"}, "[comfort]\nsetpoint_max = 26\n"},
		{"tuning", "kp", edge{"0.009", "0.01", "20", "20.1"}, ""},
		{"tuning", "ti", edge{`"59s"`, `"60s"`, `"48h"`, `"48h1s"`}, ""},
		{"tuning", "td", edge{`"-1s"`, `"0s"`, `"2h"`, `"2h1s"`}, ""},
		{"tuning", "filter", edge{`"999ms"`, `"1s"`, `"10m"`, `"10m1s"`}, ""},
		{"session", "button_window", edge{`"4s"`, `"5s"`, `"120s"`, `"121s"`}, ""},
		{"consent", "keep_values", edge{`"23h"`, `"24h"`, `"8760h"`, `"8761h"`}, ""},
		{"consent", "page_port", edge{"1023", "1024", "65535", "65536"}, ""},
		{"mdns", "port", edge{"0", "1", "65535", "65536"}, ""},
		{"board", "address", edge{"0x75", "0x76", "0x77", "0x78"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.table+"."+tt.key, func(t *testing.T) {
			file := func(v string) []byte {
				return []byte(smallest + tt.beside + "[" + tt.table + "]\n" + tt.key + " = " + v + "\n")
			}
			for _, v := range []string{tt.edge.least, tt.edge.most} {
				c, err := Parse("q.toml", file(v))
				if err != nil {
					t.Errorf("%s is refused: %v", v, err)
					continue
				}
				p := c.HVACParams()
				if err := p.Validate(); err != nil {
					t.Errorf("%s passes here and not in hvac: %v", v, err)
				}
			}
			for _, v := range []string{tt.edge.below, tt.edge.above} {
				_, err := Parse("q.toml", file(v))
				firstProblem(t, v, err, tt.table+"."+tt.key)
			}
		})
	}
}

// TestRulesBetweenKeys tries each rule between two keys on both sides of its edge.
func TestRulesBetweenKeys(t *testing.T) {
	tests := []struct{ name, good, bad string }{
		{"stale after two periods", "[sensor]\nperiod = \"40s\"\nstale_after = \"80s\"", "[sensor]\nperiod = \"40s\"\nstale_after = \"79999ms\""},
		{"setpoints one kelvin apart", "[comfort]\nsetpoint_min = 19\nsetpoint_max = 20", "[comfort]\nsetpoint_min = 19\nsetpoint_max = 19.99"},
		{"cut-out above the highest wish", "[comfort]\nsetpoint_max = 33", "[comfort]\nsetpoint_max = 33.01"},
		{"bus 0 leaves GPIO2 free", "[relays.fan]\npin = \"GPIO2\"\ntype = \"fan\"\n[board]\nbus = \"0\"", "[relays.fan]\npin = \"GPIO2\"\ntype = \"fan\"\n[board]\nbus = \"01\""},
		{"quiet before talk", "[board]\nquiet = \"GPIO5\"\ntalk = \"GPIO6\"", "[board]\ntalk = \"GPIO6\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Parse("q.toml", []byte(smallest+tt.good+"\n")); err != nil {
				t.Errorf("refused: %v", err)
			}
			if _, err := Parse("q.toml", []byte(smallest+tt.bad+"\n")); err == nil {
				t.Errorf("not refused")
			}
		})
	}
}

func TestPinNumber(t *testing.T) {
	for s, want := range map[string]int{"GPIO0": 0, "GPIO2": 2, "GPIO27": 27, "GPIO28": 28, "GPIO99": 99} {
		if n, ok := pinNumber(s); !ok || n != want {
			t.Errorf("pinNumber(%q) = %d, %v", s, n, ok)
		}
	}
	for _, s := range []string{"", "GPIO", "gpio17", "17", "GPIO017", "GPIO07", "GPIO 7", "GPIO-1", "GPIO+1", "GPIO100", "P1_11", "GPIO1x"} {
		if n, ok := pinNumber(s); ok {
			t.Errorf("pinNumber(%q) = %d, want a refusal", s, n)
		}
	}
}

func TestNearest(t *testing.T) {
	for name, want := range map[string]string{"senser": "sensor", "SENSOR": "sensor", "door": "doors", "relay": "relays",
		"x": "", "temperature": "", strings.Repeat("sensor", 20): ""} {
		if got := fileShape.nearest(name); got != want {
			t.Errorf("nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestWhatPassesHereRunsInHVAC draws whole files inside all ranges and holds the
// outcome against the controller's own judgement.
func TestWhatPassesHereRunsInHVAC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := func(name string, least, most time.Duration) string {
			return fmt.Sprintf("%q", time.Duration(rapid.Int64Range(int64(least), int64(most)).Draw(t, name)))
		}
		number := func(name string, least, most float64) float64 { return rapid.Float64Range(least, most).Draw(t, name) }
		lowest := number("setpoint_min", 5, 25)
		highest := number("setpoint_max", max(15, lowest+1.01), 35)
		file := smallest + fmt.Sprintf("[sensor]\nperiod = %s\nstale_after = %s\n", span("period", time.Second, time.Minute), span("stale", 2*time.Minute, 15*time.Minute)) +
			fmt.Sprintf("[control]\nperiod = %s\nmin_on = %s\nmin_off = %s\ncool_min_off = %s\n", span("tick", 100*time.Millisecond, MaxPeriod),
				span("on", time.Minute, 30*time.Minute), span("off", time.Minute, 30*time.Minute), span("cool", time.Minute, 30*time.Minute)) +
			fmt.Sprintf("[comfort]\nsetpoint_min = %f\nsetpoint_max = %f\n[safety]\nfrost_floor = %f\noverheat = %f\n",
				lowest, highest, number("frost", 4, 12), number("overheat", max(28, highest+2.01), 45)) +
			fmt.Sprintf("[tuning]\nkp = %f\nti = %s\n", number("kp", 0.01, 20), span("ti", time.Minute, 48*time.Hour))
		c, err := Parse("q.toml", []byte(file))
		if err != nil {
			t.Fatalf("%v in\n%s", err, file)
		}
		p := c.HVACParams()
		if err := p.Validate(); err != nil {
			t.Fatalf("%v for\n%s", err, file)
		}
	})
}

// TestKindNames has a word for every kind a value can have.
func TestKindNames(t *testing.T) {
	seen := map[string]bool{}
	for k := unstable.Array; k <= unstable.DateTime; k++ {
		seen[kindName(k)] = true
	}
	if len(seen) != 7 {
		t.Errorf("kinds are called %v, want seven names, the four dates sharing one", seen)
	}
}
