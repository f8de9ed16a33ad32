package store

import (
	"math"
	"time"
)

// Stretch is several minutes of history as one: a quarter of an hour, a day. What
// was not known in any of its minutes is NaN.
type Stretch struct {
	Start    time.Time // where it begins
	Minutes  int       // how many minutes of it are recorded
	Mean     float64   // °C, of the minutes with a good sample
	Min, Max float64   // °C, of single samples
	Setpoint float64   // °C, mean of the minutes that had one
	Humidity float64   // % RH, mean
	Heat     float64   // share of the recorded time the relay was on, 0 to 1
	Cool     float64   // the same of cooling
	DoorOpen float64   // seconds in which at least one door was open
}

// Fold gathers minutes into stretches. begin says where the stretch of a minute
// begins, so that days can be days of the house's own zone; minutes of one stretch
// come one after the other, and each stretch is given to yield once. Call Flush
// after the last minute.
type Fold struct {
	begin func(time.Time) time.Time
	yield func(Stretch)

	sum                       Stretch
	warm, wanted, wet         int
	meanSum, setSum, humidSum float64
	heatMinutes, coolMinutes  float64
}

// NewFold makes a Fold that has seen nothing.
func NewFold(begin func(time.Time) time.Time, yield func(Stretch)) *Fold {
	return &Fold{begin: begin, yield: yield}
}

// Add takes in the next minute.
func (f *Fold) Add(m Minute) {
	start := f.begin(m.Start)
	if f.sum.Minutes > 0 && !f.sum.Start.Equal(start) {
		f.Flush()
	}
	if f.sum.Minutes == 0 {
		*f = Fold{begin: f.begin, yield: f.yield, sum: Stretch{Start: start, Min: math.Inf(1), Max: math.Inf(-1)}}
	}
	f.sum.Minutes++
	if !math.IsNaN(m.Mean) {
		f.warm++
		f.meanSum += m.Mean
		f.sum.Min, f.sum.Max = min(f.sum.Min, m.Min), max(f.sum.Max, m.Max)
	}
	if !math.IsNaN(m.Setpoint) {
		f.wanted++
		f.setSum += m.Setpoint
	}
	if !math.IsNaN(m.Humidity) {
		f.wet++
		f.humidSum += m.Humidity
	}
	f.heatMinutes += m.Heat
	f.coolMinutes += m.Cool
	f.sum.DoorOpen += float64(m.DoorOpen)
}

// Flush gives the stretch that is running to yield, if there is one.
func (f *Fold) Flush() {
	if f.sum.Minutes == 0 {
		return
	}
	s := f.sum
	s.Mean, s.Setpoint, s.Humidity = mean(f.meanSum, f.warm), mean(f.setSum, f.wanted), mean(f.humidSum, f.wet)
	if f.warm == 0 {
		s.Min, s.Max = math.NaN(), math.NaN()
	}
	s.Heat, s.Cool = f.heatMinutes/float64(s.Minutes), f.coolMinutes/float64(s.Minutes)
	f.sum = Stretch{}
	f.yield(s)
}

func mean(sum float64, n int) float64 {
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}
