package trial

import "quietstat/hvac/house"

// denominators are the IAE in K·h that J divides by: a linear programme with exact
// knowledge of plant and weather but no setpoint preview, its duty replayed through a
// 10 min window with runs of 180 s at least. They were published with these scenarios;
// hvac/bench/bound computes its own.
var denominators = map[house.Kind]map[Name]float64{
	house.KindA: {Step: 6.88, Setback: 6.11, Disturbance: 4.96},
	house.KindE: {Step: 9.95, Setback: 8.80, Disturbance: 1.92},
	house.KindR: {Step: 5.05, Setback: 6.22, Disturbance: 2.80},
	house.KindU: {Step: 9.41, Setback: 5.80, Disturbance: 0.78},
}

// Denominator is what the IAE of a scenario is divided by, in K·h; false for the loads,
// which have none.
func (s *Scenario) Denominator() (float64, bool) {
	d, ok := denominators[s.Kind][s.Name]
	return d, ok
}
