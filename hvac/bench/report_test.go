package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// made is a report of figures that were made up: J is 2 on the step and 8 on the
// setback of shipped, so 4 in all.
func made() *report {
	scs := trial.Scenarios(house.KindA)
	shipped, both, ahead := rows[0], rows[3], rows[4]
	cellOf := func(r row, i int, results ...trial.Result) cell {
		return cell{row: r, scenario: scs[i], seeds: []uint64{1, 2}, results: results}
	}
	r := &report{
		order: order{rows: []row{shipped, both, ahead}, kinds: []house.Kind{house.KindA}, seeds: []uint64{1, 2}},
		sheet: sheet{
			cellOf(shipped, 0, trial.Result{IAE: 6.88, Overshoot: .1, Settled: 2, Cycles: 4}, trial.Result{IAE: 3 * 6.88, Overshoot: .3, Settled: -1, Cycles: 9, Short: 2}),
			cellOf(shipped, 1, trial.Result{IAE: 8 * 6.11, Overshoot: 2}, trial.Result{IAE: 8 * 6.11}),
			cellOf(shipped, 3, trial.Result{CSD: .1, CV: .2}, trial.Result{CSD: .1, CV: .4}),
			cellOf(both, 1, trial.Result{IAE: 6.11, Energy: 76}, trial.Result{IAE: 6.11, Energy: 77}),
			cellOf(ahead, 1, trial.Result{IAE: 3.055, Energy: 77}, trial.Result{IAE: 3.055, Energy: 77.5}),
		},
		tunings: []tuning{
			{House: "A", Seed: 1, Hours: 1.2, Done: true, Failure: "none", Improved: true, Rule: "simc"},
			{House: "A", Seed: 2, Hours: 1.6, Done: true, Failure: "not_identifiable", Rule: "old"},
		},
		step: cost{Nanoseconds: 900}, barePID: cost{Nanoseconds: 15},
	}
	r.checks = checks(r.sheet, r.order, r.tunings)
	return r
}

func TestSummaries(t *testing.T) {
	r := made()
	s := r.summarise(rows[0])
	for name, pair := range map[string][2]float64{
		"J": {*s.J, 4}, "J of the house": {s.Houses["A"], 4}, "mean CA": {*s.MeanCA, .4}, "worst CA": {*s.WorstCA, .5},
		"overshoot on the step": {*s.Overshoot, .3}, "cycles": {*s.Cycles, 9}, "violations": {float64(s.Short), 2},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-9 {
			t.Errorf("%s %v, want %v", name, pair[0], pair[1])
		}
	}
	if s.Extra != nil {
		t.Errorf("shipped costs %v more than nothing", *s.Extra)
	}
	if a := r.summarise(rows[4]); a.Extra == nil || math.Abs(*a.Extra-.75) > 1e-9 || a.MeanCA != nil || a.Overshoot != nil {
		t.Errorf("ahead: %+v", a)
	}
	if none := r.summarise(rows[5]); none.J != nil || none.Cycles != nil || len(none.Houses) != 0 {
		t.Errorf("a row that was not run: %+v", none)
	}
	first := r.sheet[0]
	if first.settled() != -1 || r.sheet[1].settled() != 0 || first.short() != 2 {
		t.Errorf("settled %v, short %d", first.settled(), first.short())
	}
}

func TestChecksAgainstLimits(t *testing.T) {
	want := map[string]bool{
		"shipped J": false, "shipped step: houses that never settle": false, "shipped house A: cycles, worst": false,
		"shipped runs and pauses below 180 s": false, "both J": true, "both house A setback: IAE": true,
		"both runs and pauses below 180 s": true, "ahead J": true, "ahead runs and pauses below 180 s": true,
		"autotune house A: hours, longest": false, "autotune house A: attempts that failed": false,
		"both house A: cycles, worst": true, "ahead house A: cycles, worst": true,
	}
	got := made().checks
	for _, c := range got {
		ok, expected := want[c.Row+" "+c.What]
		if !expected || ok != c.OK {
			t.Errorf("%+v", c)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d checks, want %d", len(got), len(want))
	}
	var j judge
	j.most("", .2, .2, "")
	j.most("", .2006, .2, "")
	j.most("", math.NaN(), .2, "")
	if len(j.all) != 2 || !j.all[0].OK || j.all[1].OK {
		t.Errorf("at the limit: %+v", j.all)
	}
}

func TestTableIsForPeople(t *testing.T) {
	var b bytes.Buffer
	if err := made().table(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	words := func(i int) string { return strings.Join(strings.Fields(lines[i]), " ") }
	if got, want := words(2), "controller J A CA mean K CA worst K overshoot K cycles/h dwell violations extra kWh/day"; got != want {
		t.Errorf("head %q", got)
	}
	if got, want := words(3), "quietstat as shipped 4.00 4.00 0.40 0.50 0.30 9.0 2"; got != want {
		t.Errorf("first row %q", got)
	}
	for _, want := range []string{"A 2 1.60 not_identifiable old", "A 1 1.20 better gains simc", "shipped J 4.00 2.00 SHORT", "both J 1.00 1.10 ok",
		"6 of 13 missed", "hvac.Step takes 900 ns and 0 allocations, a bare PID update 15 ns and 0.",
		"quietstat as shipped step 13.76 2.00 0.30 never 0.000", "load 25 % 0.00 0.00 0.000 0.40"} {
		if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestDocumentIsForMachines(t *testing.T) {
	var b bytes.Buffer
	if err := made().document(&b); err != nil {
		t.Fatal(err)
	}
	var back struct {
		Seeds    []uint64         `json:"seeds"`
		Rows     []map[string]any `json:"rows"`
		Checks   []map[string]any `json:"checks"`
		Autotune []map[string]any `json:"autotune"`
		Step     map[string]any   `json:"step"`
		BarePID  map[string]any   `json:"bare_pid"`
		Results  []map[string]any `json:"results"`
	}
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	if err := d.Decode(&back); err != nil {
		t.Fatal(err)
	}
	if len(back.Seeds) != 2 || len(back.Rows) != 3 || len(back.Results) != 10 || len(back.Autotune) != 2 || back.Step["ns"] != 900.0 || back.BarePID["allocations"] != 0.0 {
		t.Errorf("%+v", back)
	}
	for _, key := range []string{"row", "house", "scenario", "seed", "j", "ca_k", "iae_kh", "overshoot_k", "lowest_k", "settled_h", "rms_k", "csd_k", "cv_k",
		"energy_kwh_day", "cycles_per_h", "dwell_violations", "hours_that_count"} {
		if _, ok := back.Results[0][key]; !ok {
			t.Errorf("a result has no %s", key)
		}
	}
	if back.Results[4]["j"] != nil || back.Results[4]["scenario"] != "load 25 %" {
		t.Errorf("a load has a J: %v", back.Results[4])
	}
	for _, key := range []string{"row", "title", "j", "j_by_house", "ca_mean_k", "ca_worst_k", "overshoot_k", "cycles_per_h", "extra_kwh_day", "dwell_violations"} {
		if _, ok := back.Rows[0][key]; !ok {
			t.Errorf("a row has no %s", key)
		}
	}
}

func TestCommandLine(t *testing.T) {
	for args, want := range map[string]string{
		"-seeds one":         `seed "one" is no number from 0 to 4294967295: write them like 1,2,3`,
		"-houses A,X":        `house "X" is not known: use one of A, E, R, U`,
		"-rows shipped,best": `row "best" is not known: use some of shipped,`,
		"later":              `argument "later" is not expected: see -help`,
	} {
		if err := bench(strings.Fields(args), io.Discard); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
	o, err := parseOrder("3, 1,3", "u,A,U", " both,relay", true)
	if err != nil || len(o.seeds) != 1 || o.seeds[0] != 3 || len(o.kinds) != 2 || o.kinds[0] != house.KindU || len(o.rows) != 2 || o.rows[0].key != "both" {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestBoundCoversEverything(t *testing.T) {
	all, err := readBound(boundJSON)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.bound == "" {
			continue
		}
		for _, k := range house.Kinds {
			for _, sc := range trial.Scenarios(k) {
				results := lookUp(all, r.bound, k, sc.Name)
				for _, x := range results {
					if x.Short != 0 {
						t.Errorf("%s, house %v, %s breaks the dwell times", r.key, k, sc.Name)
					}
				}
				if len(results) == 0 {
					t.Errorf("%s knows nothing of house %v, %s", r.key, k, sc.Name)
				}
			}
		}
	}
	if lookUp(all, "relay", house.KindA, "winter") != nil {
		t.Error("a scenario nobody planned has a bound")
	}
	for _, damaged := range []string{"", "{}", `[{"row":"relay","house":"A","scenario":"step","results":[]}]`} {
		if _, err := readBound([]byte(damaged)); err == nil || !strings.Contains(err.Error(), "make it again") {
			t.Errorf("%q: %v", damaged, err)
		}
	}
}

func TestPlotsAreDrawn(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "plots")
	some, err := chosen("generic,esphome,relay")
	if err != nil {
		t.Fatal(err)
	}
	o := order{rows: some, kinds: []house.Kind{house.KindA}, seeds: []uint64{1}, names: []trial.Name{trial.Setback, trial.Load25}}
	if err := o.plot(folder, &library{}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"house-A-setback.svg": {"House A (forced air, light): a day with night setback", "06:00", "HA generic_thermostat", "ESPHome thermostat", "setpoint", "relay", "17.0 °C"},
		"house-A-load-25.svg": {"steady at 25 % load"},
	} {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
		if strings.Contains(text, "NaN") || strings.Count(text, "<polyline") != 3 || strings.Count(text, "<rect") < 10 {
			t.Errorf("%s: %d lines, %d bars", name, strings.Count(text, "<polyline"), strings.Count(text, "<rect"))
		}
		d := xml.NewDecoder(bytes.NewReader(b))
		for err = nil; err == nil; {
			_, err = d.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s is no XML: %v", name, err)
		}
	}
	if err := o.plot(filepath.Join(folder, "house-A-load-25.svg"), &library{}); err == nil {
		t.Error("plotting into a file succeeds")
	}
}

func TestRunsOfARelayAreJoined(t *testing.T) {
	var c curve
	for s := range 100 {
		c.see(trial.Moment{At: time.Duration(s) * time.Second, Sensor: 20, Heat: s >= 10 && s < 20 || s >= 99})
	}
	want := []run{{10 * time.Second, 20 * time.Second}, {99 * time.Second, 100 * time.Second}}
	if len(c.runs) != 2 || c.runs[0] != want[0] || c.runs[1] != want[1] || len(c.temp.v) != 2 {
		t.Errorf("%v, %d points", c.runs, len(c.temp.v))
	}
}
