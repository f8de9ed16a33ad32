package house

import (
	"math"

	"quietstat/hvac/exact"
)

// random is splitmix64 (Steele, Lea, Flood 2014): small, fast, and the same on
// every machine. One stream per purpose, so that a door does not change the sun.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// uniform is in [0, 1).
func (r *random) uniform() float64 { return float64(float64(r.next()>>11) / (1 << 53)) }

// normal has mean 0 and deviation 1: the sum of twelve uniforms, which needs no
// logarithm and cannot stray beyond 6.
func (r *random) normal() float64 {
	sum := -6.0
	for range 12 {
		sum += r.uniform()
	}
	return sum
}

// stream derives an independent generator.
func stream(seed uint64, purpose uint64) random {
	r := random(seed ^ purpose*0xd1342543de82ef95)
	r.next()
	return r
}

// Noise is what the sensor adds to the truth: a first-order wander of 0.02 K with
// a time constant of 60 s, and white noise of 0.005 K. The zero Noise is not
// usable; a Noise serves one sensor.
type Noise struct {
	rng    random
	wander float64
}

const (
	wanderDev  = 0.02  // K
	wanderTime = 60.0  // s
	whiteDev   = 0.005 // K
)

// NewNoise starts in the steady distribution.
func NewNoise(seed uint64) *Noise {
	n := &Noise{rng: stream(seed, 7)}
	n.wander = float64(wanderDev * n.rng.normal())
	return n
}

// Sample is the error in kelvin of a sample taken dt seconds after the one
// before. Add it to Climate.Sensor and quantise as the sensor does.
func (n *Noise) Sample(dt float64) float64 {
	keep := exact.Exp(-max(0, dt) / wanderTime)
	fresh := float64(wanderDev * math.Sqrt(1-float64(keep*keep)))
	n.wander = float64(keep*n.wander) + float64(fresh*n.rng.normal())
	return n.wander + float64(whiteDev*n.rng.normal())
}
