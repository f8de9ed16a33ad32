package main

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"quietstat/agent/internal/local"
)

func TestMetricText(t *testing.T) {
	for _, c := range []struct {
		name string
		m    metric
		want string
	}{
		{"without samples there is no family", metric{name: "a", kind: "gauge", help: "A."}, ""},
		{"plain", one("a", "counter", "A.", 1.5), "# HELP a A.\n# TYPE a counter\na 1.5\n"},
		{"not known", one("a", "gauge", "A.", math.NaN()), "# HELP a A.\n# TYPE a gauge\na NaN\n"},
		{"labels", metric{"a", "gauge", "A.", []point{{[]string{"x", "1", "y", "2"}, 3}, {[]string{"x", "4"}, 5}}},
			"# HELP a A.\n# TYPE a gauge\na{x=\"1\",y=\"2\"} 3\na{x=\"4\"} 5\n"},
		{"what a label must not hold", metric{"a", "gauge", "A.", []point{{[]string{"x", "\"\\\n"}, 0}}},
			"# HELP a A.\n# TYPE a gauge\na{x=\"\\\"\\\\\\n\"} 0\n"},
	} {
		if got := c.m.text(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Two houses that differ in everything a person could notice have the same numbers,
// unless somebody asked for the house.
func TestMetricsDoNotTellTheHouse(t *testing.T) {
	text := func(metrics []metric) string {
		var b bytes.Buffer
		for _, m := range metrics {
			b.WriteString(m.text())
		}
		return b.String()
	}
	one := local.Status{Sampled: true, Sensor: "ok", TemperatureC: 17.3719, HumidityPct: 43, SetpointC: 21, Mode: "heat", Preset: "home", Heat: true, Demand: 0.4,
		Doors: []local.Door{{ID: "XDOORX", Known: true, Open: true}}, Wear: []local.Wear{{Relay: "heat", On: true, Starts: 7, OnS: 1234}}}
	two := local.Status{Sampled: true, Sensor: "ok", TemperatureC: 24, HumidityPct: 60, SetpointC: 12, Mode: "off"}
	if a, b := text(controlMetrics(one)), text(controlMetrics(two)); a != b {
		t.Errorf("they differ:\n%s\n%s", a, b)
	}
	open := local.KeeperStatus{Sharing: "session", Indicator: "session", Windows: []local.Window{{Recipient: "home"}}, Refusals: map[string]uint64{"flood": 3}, Epoch: 9, Waiting: []string{"x"}}
	open.Ledger.Entries = 99
	if a, b := text(keeperMetrics(open)), text(keeperMetrics(local.KeeperStatus{})); a != b {
		t.Errorf("they differ:\n%s\n%s", a, b)
	}
	asked := text(houseMetrics(one)) + refusalMetric(open).text()
	for _, want := range []string{
		"quietstat_temperature_celsius 17.3719\n", "quietstat_setpoint_celsius 21\n", `quietstat_relay_on{relay="heat"} 1`,
		`quietstat_relay_starts_total{relay="heat"} 7`, `quietstat_door_open{door="XDOORX"} 1`, `quietstat_refusals_total{reason="flood"} 3`,
	} {
		if !strings.Contains(asked, want) {
			t.Errorf("who asked for the house is not told %s:\n%s", want, asked)
		}
	}
	if never := text(houseMetrics(local.Status{})); strings.Contains(never, "quietstat_temperature") {
		t.Errorf("a temperature nobody has measured:\n%s", never)
	}
}
