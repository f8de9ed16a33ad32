package house

import "quietstat/hvac/exact"

// air is the part of the house that is not heat: moisture and pressure.
type air struct {
	moisture float64 // g/m³ indoors
	pressure float64 // Pa, without the doors' part
	puff     float64 // Pa, what the last door movement left
	doors    int
	rng      random
}

const (
	seaLevel     = 101325.0
	puffSize     = 6.0    // Pa, a door leaf moving
	puffTime     = 4.0    // s
	weatherDrift = 0.03   // Pa per second, deviation of the random walk
	weatherPull  = 8.6e-5 // 1/s, back to sea level within some hours
	outdoorRH    = 85.0   // %
	doorFlow     = 0.3    // m³/s through an open door
	wallBuffer   = 4.0    // furniture and plaster hold several times the air's moisture
)

// saturation is the water vapour in saturated air, g/m³, at t °C (Magnus formula
// over water, WMO-No. 8: 6.112 hPa, 17.62, 243.12 °C; gas constant of vapour).
func saturation(t float64) float64 {
	t = min(max(t, -60), 90)
	hPa := 6.112 * exact.Exp(float64(17.62*t)/(243.12+t))
	return float64(216.7*hPa) / (273.15 + t)
}

// step advances one second. source is the moisture people give, g/s.
func (a *air) step(p *plan, outdoor float64, doors int, source float64) {
	outside := float64(saturation(outdoor) * (outdoorRH / 100))
	flow := float64(p.airChange*p.volume)/3600 + float64(float64(doors)*doorFlow)
	a.moisture += (source + float64(flow*(outside-a.moisture))) / float64(p.volume*wallBuffer)
	a.pressure += float64(weatherDrift*a.rng.normal()) + float64(weatherPull*(seaLevel-a.pressure))
	if doors != a.doors {
		if doors > a.doors {
			a.puff -= puffSize
		} else {
			a.puff += puffSize
		}
		a.doors = doors
	}
	a.puff -= float64(a.puff / puffTime) // a division by four is a product to the compiler
}

// humidity is relative, in %, at t °C.
func (a *air) humidity(t float64) float64 {
	return min(max(float64(100*a.moisture)/saturation(t), 1), 100)
}
