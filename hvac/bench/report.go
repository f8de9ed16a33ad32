package main

import (
	"encoding/json"
	"io"
	"math"

	"quietstat/hvac/bench/trial"
)

// A report is everything that was measured, for table and document alike.
type report struct {
	order   order
	sheet   sheet
	tunings []tuning
	checks  []check
	step    cost
	barePID cost
}

// A summary is one row in one line. Figures that were not measured are null.
type summary struct {
	Row       string             `json:"row"`
	Title     string             `json:"title"`
	J         *float64           `json:"j"`
	Houses    map[string]float64 `json:"j_by_house"`
	MeanCA    *float64           `json:"ca_mean_k"`
	WorstCA   *float64           `json:"ca_worst_k"`
	Overshoot *float64           `json:"overshoot_k"`   // worst on the step
	Cycles    *float64           `json:"cycles_per_h"`  // worst of all
	Extra     *float64           `json:"extra_kwh_day"` // setback, beside the same row without the schedule, mean of the houses
	Short     int                `json:"dwell_violations"`
}

// summarise makes the line of a row.
func (r *report) summarise(one row) summary {
	mine := r.sheet.of(one.key, 0)
	mean, worst := mine.accuracy()
	s := summary{
		Row: one.key, Title: one.title, J: there(mine.overall()), Houses: map[string]float64{}, MeanCA: there(mean), WorstCA: there(worst),
		Overshoot: there(mine.overshoot()), Cycles: there(mine.cycles()), Short: mine.short(), Extra: there(r.extra(one.key)),
	}
	for _, k := range r.order.kinds {
		if j := r.sheet.of(one.key, k).overall(); !math.IsNaN(j) {
			s.Houses[k.String()] = j
		}
	}
	return s
}

// without is the row that knows the same except for the schedule.
var without = map[string]string{"ahead": "both", "relay-preview": "relay", "continuous-preview": "continuous"}

// extra is what knowing the schedule costs, in kWh a day; NaN where there is nothing to
// compare with.
func (r *report) extra(key string) float64 {
	sum, n := 0.0, 0
	for _, k := range r.order.kinds {
		a, ok := r.sheet.find(key, k, trial.Setback)
		b, has := r.sheet.find(without[key], k, trial.Setback)
		if ok && has {
			sum += a.mean(energy) - b.mean(energy)
			n++
		}
	}
	return sum / float64(n)
}

// there is nil for a figure that does not exist: JSON has no NaN.
func there(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// A measured is one row in one scenario with one seed.
type measured struct {
	Row      string     `json:"row"`
	House    string     `json:"house"`
	Scenario trial.Name `json:"scenario"`
	Seed     uint64     `json:"seed"` // 0: precomputed
	J        *float64   `json:"j"`    // null for loads
	CA       float64    `json:"ca_k"`
	trial.Result
}

// document writes all of it as JSON. Times are hours, errors kelvin, powers kilowatts;
// the units are in the names.
func (r *report) document(w io.Writer) error {
	out := struct {
		Seeds   []uint64   `json:"seeds"`
		Rows    []summary  `json:"rows"`
		Checks  []check    `json:"checks"`
		Tuning  []tuning   `json:"autotune"`
		Step    cost       `json:"step"`
		BarePID cost       `json:"bare_pid"`
		Results []measured `json:"results"`
	}{Seeds: r.order.seeds, Checks: r.checks, Tuning: r.tunings, Step: r.step, BarePID: r.barePID}
	for _, one := range r.order.rows {
		out.Rows = append(out.Rows, r.summarise(one))
	}
	for i := range r.sheet {
		c := &r.sheet[i]
		for n, result := range c.results {
			m := measured{Row: c.row.key, House: c.scenario.Kind.String(), Scenario: c.scenario.Name, CA: result.CA(), Result: result}
			if c.row.bound == "" {
				m.Seed = c.seeds[n]
			}
			if d, ok := c.scenario.Denominator(); ok {
				m.J = there(result.IAE / d)
			}
			out.Results = append(out.Results, m)
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(out)
}
