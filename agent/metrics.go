package main

import (
	"flag"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"quietstat/agent/internal/local"
)

func metricsCommand() *command {
	return leaf("metrics", "", "Numbers about the program itself, as Prometheus reads them; nothing about the house unless asked.", func(f *flag.FlagSet) action {
		readings := f.Bool("readings", false, "also what the house is like: whoever collects these numbers then knows it")
		return func(s *surroundings, _ []string) error { return printMetrics(s, *readings) }
	})
}

// metric is one family of the text exposition format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
type metric struct {
	name, kind, help string
	samples          []point
}

// point is one line of a metric. Labels come in pairs of name and value.
type point struct {
	labels []string
	value  float64
}

// one is a metric without labels.
func one(name, kind, help string, value float64) metric {
	return metric{name, kind, help, []point{{value: value}}}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// printMetrics asks both roles. One that does not answer is a number too: monitoring
// wants to know it more than anything else.
func printMetrics(s *surroundings, readings bool) error {
	var house local.Status
	var sharing local.KeeperStatus
	controlErr := s.control("status", nil, &house)
	keeperErr := s.keeper("status", nil, &sharing)
	if controlErr != nil && keeperErr != nil {
		return controlErr
	}
	out := []metric{{"quietstat_up", "gauge", "Whether the role answers.", []point{
		{[]string{"role", "control"}, truth(controlErr == nil)}, {[]string{"role", "keeper"}, truth(keeperErr == nil)},
	}}}
	if controlErr == nil {
		out = append(out, controlMetrics(house)...)
		if readings {
			out = append(out, houseMetrics(house)...)
		}
	}
	if keeperErr == nil {
		out = append(out, keeperMetrics(sharing)...)
		if readings {
			out = append(out, refusalMetric(sharing))
		}
	}
	for _, m := range out {
		s.printf("%s", m.text())
	}
	return nil
}

func controlMetrics(h local.Status) []metric {
	return []metric{
		one("quietstat_uptime_seconds", "gauge", "Since control started.", h.UptimeS),
		one("quietstat_ticks_total", "counter", "Steps of the control loop.", float64(h.Ticks)),
		one("quietstat_ticks_late_total", "counter", "Steps later than a tenth of the period.", float64(h.TicksLate)),
		one("quietstat_ticks_missed_total", "counter", "Steps that were skipped.", float64(h.TicksMissed)),
		one("quietstat_tick_lateness_max_seconds", "gauge", "The latest step since start.", h.LatenessMaxS),
		one("quietstat_realtime", "gauge", "Whether the loop runs under SCHED_FIFO.", truth(h.Realtime == "fifo")),
		one("quietstat_sensor_ok", "gauge", "Whether the climate sensor answers and is believed.", truth(h.Sensor == "ok")),
		one("quietstat_relay_fault", "gauge", "Whether the last write to a relay line failed.", truth(h.RelayFault)),
		one("quietstat_simulated", "gauge", "Whether the board is not real.", truth(h.Simulated)),
	}
}

// houseMetrics tell what the house is like and what is done in it.
func houseMetrics(h local.Status) []metric {
	out := []metric{
		one("quietstat_setpoint_celsius", "gauge", "The temperature that is wanted.", h.SetpointC),
		one("quietstat_demand", "gauge", "From -1, cooling, to 1, heating.", h.Demand),
	}
	if h.Sampled {
		out = append(out,
			one("quietstat_temperature_celsius", "gauge", "The last good sample.", h.TemperatureC),
			one("quietstat_humidity_percent", "gauge", "Relative humidity of the last good sample.", h.HumidityPct),
			one("quietstat_sample_age_seconds", "gauge", "Of the last good sample.", h.SampleAgeS))
	}
	on := metric{name: "quietstat_relay_on", kind: "gauge", help: "Relays as commanded."}
	starts := metric{name: "quietstat_relay_starts_total", kind: "counter", help: "Starts in the relay's life."}
	ran := metric{name: "quietstat_relay_on_seconds_total", kind: "counter", help: "Time on in the relay's life."}
	for _, w := range h.Wear {
		labels := []string{"relay", w.Relay}
		on.samples = append(on.samples, point{labels, truth(w.On)})
		starts.samples = append(starts.samples, point{labels, float64(w.Starts)})
		ran.samples = append(ran.samples, point{labels, float64(w.OnS)})
	}
	doors := metric{name: "quietstat_door_open", kind: "gauge", help: "Doors whose state is known."}
	for _, d := range h.Doors {
		if d.Known {
			doors.samples = append(doors.samples, point{[]string{"door", d.ID}, truth(d.Open)})
		}
	}
	return append(out, on, starts, ran, doors)
}

// keeperMetrics do not tell whether anything is shared right now: that somebody talks is
// itself knowledge about the house.
func keeperMetrics(k local.KeeperStatus) []metric {
	return []metric{
		one("quietstat_ledger_ok", "gauge", "Whether the record is whole and can be written.", truth(k.Ledger.OK)),
		one("quietstat_clock_trusted", "gauge", "Whether the wall clock is believed.", truth(k.Clock.Trusted)),
		one("quietstat_control_heard", "gauge", "Whether control's snapshots arrive at the keeper.", truth(k.Control)),
	}
}

// refusalMetric counts what was asked in sessions and opt-ins, and so tells of them.
func refusalMetric(k local.KeeperStatus) metric {
	m := metric{name: "quietstat_refusals_total", kind: "counter", help: "Messages that were not let out, by reason."}
	for _, reason := range slices.Sorted(maps.Keys(k.Refusals)) {
		m.samples = append(m.samples, point{[]string{"reason", reason}, float64(k.Refusals[reason])})
	}
	return m
}

// text is the metric's family; nothing if it has no samples.
func (m metric) text() string {
	if len(m.samples) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("# HELP " + m.name + " " + m.help + "\n# TYPE " + m.name + " " + m.kind + "\n")
	for _, s := range m.samples {
		b.WriteString(m.name)
		for i := 0; i+1 < len(s.labels); i += 2 {
			b.WriteString(map[bool]string{true: "{", false: ","}[i == 0] + s.labels[i] + `="` + labelEscape.Replace(s.labels[i+1]) + `"`)
		}
		if len(s.labels) > 0 {
			b.WriteString("}")
		}
		b.WriteString(" " + number(s.value) + "\n")
	}
	return b.String()
}

var labelEscape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func number(v float64) string {
	if math.IsNaN(v) {
		return "NaN"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
