package trial

import (
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// Name is one of the scenarios of the package comment.
type Name string

// The scenarios, in the order of the tables. The first three make up J, the loads
// the control accuracy.
const (
	Step        Name = "step"
	Setback     Name = "setback"
	Disturbance Name = "disturbance"
	Load25      Name = "load 25 %"
	Load50      Name = "load 50 %"
	Load75      Name = "load 75 %"
)

// Names are all scenarios.
var Names = [...]Name{Step, Setback, Disturbance, Load25, Load50, Load75}

// Comfort is the setpoint of every occupied hour.
const Comfort hvac.Celsius = 21

// A Scenario is what happens to one house. Times are since the start unless they say
// otherwise.
type Scenario struct {
	Name    Name
	Kind    house.Kind
	Start   time.Duration // local time of day
	Settle  time.Duration // passes before anything counts
	Length  time.Duration // of everything
	Held    hvac.Celsius  // the house starts in the steady state of this temperature
	Weather house.Weather
	Life    house.Life
	Doors   bool    // an outer door stands open from 10:00 to 10:10
	Load    float64 // share of the heater a steady house takes, 0 where it varies
	plan    plan
}

// A plan is the setpoint of a scenario.
type plan struct {
	low  hvac.Celsius
	kind planKind
	from time.Duration // of the step
}

type planKind uint8

const (
	planConstant planKind = iota
	planStep              // low, then Comfort from `from` on
	planSetback           // low from 22 to 06
)

const (
	day     = 24 * time.Hour
	morning = 6 * time.Hour  // local: night setback ends
	evening = 22 * time.Hour // local: night setback begins
)

// Scenarios are all of one house, in the order of Names.
func Scenarios(k house.Kind) []Scenario {
	low, night, after, days := hvac.Celsius(15), hvac.Celsius(17), 30*time.Hour, time.Duration(3)
	settle, count := 20*time.Hour, 10*time.Hour
	if k == house.KindU {
		low, night, after, days = 19, 19, 60*time.Hour, 4
		settle, count = 72*time.Hour, 24*time.Hour
	}
	all := []Scenario{
		{
			Name: Step, Kind: k, Settle: 6 * time.Hour, Length: 6*time.Hour + after, Held: low,
			plan: plan{kind: planStep, low: low, from: 6 * time.Hour},
		},
		{
			Name: Setback, Kind: k, Settle: (days - 2) * day, Length: days * day, Held: night,
			Weather: house.Weather{Mean: 2, Amplitude: 4}, plan: plan{kind: planSetback, low: night},
		},
		{
			Name: Disturbance, Kind: k, Start: 12 * time.Hour, Settle: 12 * time.Hour, Length: 60 * time.Hour, Held: Comfort,
			Weather: house.Weather{Mean: 3, Amplitude: 5, Sun: 450, Front: -5, FrontAt: 36 * time.Hour},
			Life:    house.Life{People: true, Cooking: true}, Doors: true,
		},
	}
	for i, load := range []float64{.25, .5, .75} {
		h := house.New(k, 0, 0)
		cold := Comfort - hvac.Celsius(load*h.Power()/h.Loss())
		all = append(all, Scenario{
			Name: Names[3+i], Kind: k, Settle: settle, Length: settle + count, Held: Comfort,
			Weather: house.Weather{Mean: cold}, Load: load,
		})
	}
	return all
}

// Winter is what quietstat learns from before it is judged: so many days of the
// house lived in, with night setback, in house.Winter.
func Winter(k house.Kind, days int) Scenario {
	night := hvac.Celsius(17)
	if k == house.KindU {
		night = 19
	}
	return Scenario{
		Name: "winter", Kind: k, Length: time.Duration(days) * day, Held: night, Weather: house.Winter(),
		Life: house.Life{People: true, Cooking: true}, plan: plan{kind: planSetback, low: night},
	}
}

// Tuning is a calm day on which somebody asks for the autotune: held at 21 °C, nobody
// in, no sun, 0 °C outside.
func Tuning(k house.Kind) Scenario {
	return Scenario{Name: "tuning", Kind: k, Length: 25 * time.Hour, Held: Comfort}
}

// local is the time of day.
func (s *Scenario) local(at time.Duration) time.Duration { return (s.Start + at) % day }

// Setpoint is the one in force at an instant.
func (s *Scenario) Setpoint(at time.Duration) hvac.Celsius {
	switch s.plan.kind {
	case planStep:
		if at < s.plan.from {
			return s.plan.low
		}
	case planSetback:
		if of := s.local(at); of < morning || of >= evening {
			return s.plan.low
		}
	}
	return Comfort
}

// Ahead is the next change of setpoint, as far as anybody could know it.
func (s *Scenario) Ahead(at time.Duration) hvac.Transition {
	if s.plan.kind != planSetback {
		return hvac.Transition{}
	}
	of := s.local(at)
	switch {
	case of < morning:
		return hvac.Transition{Known: true, In: morning - of, Setpoint: Comfort}
	case of < evening:
		return hvac.Transition{Known: true, In: evening - of, Setpoint: s.plan.low}
	}
	return hvac.Transition{Known: true, In: day + morning - of, Setpoint: Comfort}
}

// Counts tells whether an instant belongs to what is judged by its error: after
// settling, and with somebody there to mind.
func (s *Scenario) Counts(at time.Duration) bool {
	return at >= s.Settle && (s.plan.kind != planSetback || s.Setpoint(at) == Comfort)
}

// DoorsOpen is how many outer doors stand open.
func (s *Scenario) DoorsOpen(at time.Duration) int {
	const from = 10 * time.Hour
	if of := s.local(at); s.Doors && at >= s.Settle && of >= from && of < from+10*time.Minute {
		return 1
	}
	return 0
}

// House builds the house as it is when the scenario begins.
func (s *Scenario) House(seed uint64) *house.House {
	h := house.New(s.Kind, seed, s.Start)
	h.SetWeather(s.Weather)
	h.SetLife(s.Life)
	h.SetInitial(s.Held)
	return h
}
