package house

import "quietstat/hvac"

// tick is one second of physics (explicit Euler):
//
//	Ci dTi = (Te-Ti)/Rie + (To-Ti)·Gia + (Th-Ti)/Rih + fi·Aw·G + Qint + doors·Gdoor·(To-Ti) [+ (Ts-Ti)/Ris]
//	Ce dTe = (Ti-Te)/Rie + (To-Te)/Rea + (1-fi)·Aw·G
//	Ch dTh = P·u(t-delay) + (Ti-Th)/Rih
//	Cs dTs = (Ti-Ts)/Ris, or a pure lag
func (h *House) tick(u float64, in Inputs) {
	p := &h.plan
	doors := min(max(in.DoorsOpen, 0), hvac.MaxDoors)

	h.second++
	if h.second >= day {
		h.second -= day
	}
	h.since++
	h.outdoor = h.weather.outdoor(h.second, h.since)
	if in.OutdoorSet {
		h.outdoor = float64(in.Outdoor)
	}
	sun := float64(p.window * float64(h.sky.step()*h.weather.clear(h.second)))
	people, moisture := h.life.gains(h.second)

	h.pipe[h.head] = u
	delayed := h.pipe[(h.head+len(h.pipe)-p.delay)%len(h.pipe)]
	h.head = (h.head + 1) % len(h.pipe)

	walls := (h.te - h.ti) / p.rie
	warm := (h.th - h.ti) / p.rih
	leak := float64((h.outdoor - h.ti) * (p.gia + float64(float64(doors)*doorLoss)))
	toAir := walls + leak + warm + float64(airShare*sun) + people
	toWalls := -walls + (h.outdoor-h.te)/p.rea + float64((1-airShare)*sun)
	toEmitter := float64(p.power*delayed) - warm

	const hour = 3600
	if p.cs > 0 {
		toSensor := (h.ti - h.ts) / p.ris
		toAir -= toSensor
		h.ts += toSensor / float64(p.cs*hour)
	} else {
		h.ts += (h.ti - h.ts) / p.lag
	}
	h.ti += toAir / float64(p.ci*hour)
	h.te += toWalls / float64(p.ce*hour)
	h.th += toEmitter / float64(p.ch*hour)
	h.air.step(p, h.outdoor, doors, moisture)
}
