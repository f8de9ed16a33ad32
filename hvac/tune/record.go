package tune

import (
	"time"

	"quietstat/hvac"
)

// Cell is what happened in 30 s of an experiment.
type Cell struct {
	On      float32 // share of the time heating was on, 0 to 1
	Mean    float32 // °C, of the valid samples
	Offset  float32 // s after the beginning of the cell, mean of the samples' times
	Count   uint16  // valid samples; 0: Mean and Offset mean nothing
	Stretch uint8   // counts up after each disturbance: the fit begins anew
	Skip    bool    // disturbed: heating counts, the temperature does not
}

// Record is what an experiment has seen.
type Record struct {
	Cells    []Cell       // one per 30 s, at most 24 h
	Noise    float64      // K, standard deviation of the samples about their course
	Band     float64      // K, of the experiment
	Centre   hvac.Celsius // of the experiment
	Setpoint hvac.Celsius
	Strokes  int           // undisturbed ways up or down through the band
	Period   time.Duration // one way down and up, of the last strokes
	Swing    float64       // K, half height of the last strokes
	Every    time.Duration // mean time between valid samples
}

// Record is what the experiment has seen so far. It shares memory with the
// experiment: take it when the experiment has ended.
func (e *Experiment) Record() Record {
	r := Record{Cells: e.cells, Noise: e.status.Noise, Band: e.status.Band, Centre: e.status.Centre, Setpoint: e.options.Setpoint, Strokes: e.status.Strokes}
	if e.status.Strokes >= 2 {
		r.Period = e.strokes[0].length + e.strokes[1].length
		r.Swing = max(e.strokes[0].swing, e.strokes[1].swing) / 2
	}
	if e.samples > 1 {
		r.Every = e.sampled / time.Duration(e.samples-1)
	}
	return r
}

// fold adds a tick to the record: the relay was on (or not) from the last tick to
// now, and a new sample may have come.
func (e *Experiment) fold(now time.Duration, fresh bool, temperature float64, on, skip bool) {
	for t := e.last - e.begun; t < now-e.begun; {
		i := int(t / cellTime)
		if i >= cap(e.cells) {
			return
		}
		e.reach(i, skip)
		end := min(now-e.begun, time.Duration(i+1)*cellTime)
		if on {
			e.cells[i].On += float32((end - t).Seconds() / cellTime.Seconds())
		}
		t = end
	}
	i := int((now - e.begun) / cellTime)
	if i >= cap(e.cells) {
		return
	}
	e.reach(i, skip)
	c := &e.cells[i]
	c.Skip = c.Skip || skip
	if fresh && c.Count < 1000 {
		n := float32(c.Count)
		c.Mean = (c.Mean*n + float32(temperature)) / (n + 1)
		c.Offset = (c.Offset*n + float32((now - e.begun - time.Duration(i)*cellTime).Seconds())) / (n + 1)
		c.Count++
	}
}

// reach makes cells up to i exist.
func (e *Experiment) reach(i int, skip bool) {
	for len(e.cells) <= i {
		e.cells = append(e.cells, Cell{Stretch: e.stretch, Skip: skip})
	}
}
