package house

import "quietstat/hvac"

// Linear is how a house answers to heating, on top of whatever else happens to it:
// for the deviations x of air, envelope, emitter and sensor temperature (K) from what
// they would be without heating, every second
//
//	x += A·x + B·u(t-Delay)
//
// with u the share of the heater that is on, 0 to 1. It is the arithmetic of Step
// without the weather, for those who compute what a perfect controller could do.
type Linear struct {
	A     [4][4]float64 // 1/s
	B     [4]float64    // K/s
	Delay int           // s
}

// The states of Linear.
const (
	AirState = iota
	EnvelopeState
	EmitterState
	SensorState
)

// Linear is that of this house with so many outer doors open.
func (h *House) Linear(doors int) Linear {
	const hour = 3600
	p := &h.plan
	doors = min(max(doors, 0), hvac.MaxDoors)
	ci, ce, ch := p.ci*hour, p.ce*hour, p.ch*hour
	l := Linear{Delay: p.delay}
	couple := func(of, to int, conductance, capacity float64) {
		l.A[of][to] += conductance / capacity
		l.A[of][of] -= conductance / capacity
	}
	couple(AirState, EnvelopeState, 1/p.rie, ci)
	couple(AirState, EmitterState, 1/p.rih, ci)
	couple(EnvelopeState, AirState, 1/p.rie, ce)
	couple(EmitterState, AirState, 1/p.rih, ch)
	l.A[AirState][AirState] -= (p.gia + float64(float64(doors)*doorLoss)) / ci
	l.A[EnvelopeState][EnvelopeState] -= 1 / p.rea / ce
	if p.cs > 0 {
		couple(AirState, SensorState, 1/p.ris, ci)
		couple(SensorState, AirState, 1/p.ris, p.cs*hour)
	} else {
		couple(SensorState, AirState, 1, p.lag)
	}
	l.B[EmitterState] = p.power / ch
	return l
}

// Next is x one second later with the share u at the emitter, dead time already past.
func (l *Linear) Next(x [4]float64, u float64) [4]float64 {
	y := x
	for i := range y {
		for j := range x {
			y[i] += float64(l.A[i][j] * x[j])
		}
		y[i] += float64(l.B[i] * u)
	}
	return y
}
