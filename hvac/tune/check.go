package tune

import (
	"math"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

// A trial is what every candidate goes through on the fitted house: held, a step up,
// a colder day, a setback and back.
type trial struct {
	params hvac.Params
	model  house.Model
	span   time.Duration // of each part
	step   float64       // K
}

// A variant is how far the house is off the fit.
type variant struct{ gain, delay float64 }

var (
	asFitted = variant{1, 1}
	hardest  = variant{1.3, 1.3}
	variants = []variant{asFitted, {1.3, 1}, {0.7, 1}, {1, 1.3}, {1, 0.7}}
)

const (
	trialTick  = 20 * time.Second
	trialHold  = 20.0 // °C
	trialDuty  = 0.4  // of the heater, to hold that
	trialOther = -0.1 // the colder day: a tenth of the power more is needed
	seed       = 1
)

// newTrial makes the trial for a fitted house whose relay wave had a period.
func newTrial(p hvac.Params, m house.Model, period time.Duration) trial {
	p.Tick = trialTick
	p.CanHeat, p.CanCool, p.Predict = true, false, false
	p.SetpointMin, p.SetpointMax = 5, 30
	return trial{
		params: p, model: m,
		span: min(max(6*period, 6*time.Hour), 12*time.Hour),
		step: min(2, float64(0.2*m.Gain()), m.Response(3*time.Hour)),
	}
}

// score runs a candidate through the variants.
func (t *trial) score(c proposal, vs ...variant) (Score, error) {
	s := Score{Rule: c.rule, Gains: c.gains, Stable: true}
	for _, v := range vs {
		one, err := t.run(c.gains, v)
		if err != nil {
			return s, err
		}
		s.Error += one.Error / float64(len(vs))
		if v == asFitted {
			s.Step = one.Step
		}
		s.Overshoot, s.Swing, s.Cycles = max(s.Overshoot, one.Overshoot), max(s.Swing, one.Swing), max(s.Cycles, one.Cycles)
		s.Stable = s.Stable && one.Stable
	}
	return s, nil
}

const (
	parts       = 5
	mostSwing   = 0.45 // K, half range at rest: a light house with a strong heater has 0.2 from dwell alone
	mostOff     = 0.3  // K, mean error at rest
	mostOver    = 0.5  // K
	mostPerHour = 8.0
)

// run is one candidate on one variant.
func (t *trial) run(g hvac.Gains, v variant) (Score, error) {
	m := t.model.Scaled(v.gain, v.delay)
	m.Rest = hvac.Celsius(max(-59, trialHold-float64(trialDuty*m.Gain())))
	h, err := house.NewModelled(m, trialTick)
	if err != nil {
		return Score{}, err
	}
	h.SetInitial(trialHold)
	noise := house.NewNoise(seed)
	p := t.params
	p.Gains = g
	in := hvac.Input{Mode: hvac.ModeHeat, Params: &p}
	state := hvac.State{Resumed: true, PID: hvac.PID{Heat: trialDuty}}
	var out hvac.Outputs
	s := Score{Stable: true}
	starts := 0
	for part := range parts {
		in.Setpoint = trialHold
		if part == 1 || part == 2 || part == 4 {
			in.Setpoint += hvac.Celsius(t.step)
		}
		if part == 2 {
			h.SetOther(trialOther)
		}
		low, high, sum, n := math.Inf(1), math.Inf(-1), 0.0, 0.0
		over := part == 2
		for at := time.Duration(0); at < t.span; at += trialTick {
			temp := float64(h.Temperature())
			in.Now = time.Duration(part)*t.span + at
			in.Reading = hvac.Reading{At: in.Now, Valid: true, Temperature: hvac.Celsius(math.Round(float64((temp+noise.Sample(trialTick.Seconds()))*100)) / 100)}
			was := out.Call
			state, out, _ = hvac.Step(state, in)
			h.Step(out.Call == hvac.CallHeat)
			if part == 0 {
				continue
			}
			e := temp - float64(in.Setpoint)
			over = over || e <= 0
			if part != 3 || over { // cooling down cannot be steered
				s.Error += float64(math.Abs(e) * trialTick.Hours())
			}
			if part == 1 {
				s.Step += float64(math.Abs(e) * trialTick.Hours())
			}
			if over && part != 3 {
				s.Overshoot = max(s.Overshoot, e)
			}
			if was == hvac.CallNone && out.Call == hvac.CallHeat {
				starts++
			}
			if at >= t.span*2/3 {
				low, high, sum, n = min(low, e), max(high, e), sum+e, n+1
			}
		}
		if part > 0 && part != 3 {
			s.Swing = max(s.Swing, (high-low)/2)
			s.Stable = s.Stable && math.Abs(sum/n) <= mostOff
		}
	}
	s.Cycles = float64(starts) / (float64(parts-1) * t.span.Hours())
	s.Stable = s.Stable && s.Swing <= mostSwing && s.Cycles <= mostPerHour
	return s, nil
}
