package exact

import "math"

// Exp is e^x for |x| < 700; beyond, it goes to 0 or +Inf like math.Exp.
func Exp(x float64) float64 {
	k := math.Floor(float64(x/math.Ln2) + 0.5)
	if !(math.Abs(k) < 1100) {
		return math.Exp(x) // 0, +Inf or NaN on every machine
	}
	r := x - float64(k*math.Ln2)
	sum, term := 1.0, 1.0
	for i := 1.0; i <= 14; i++ {
		term = float64(float64(term*r) / i)
		sum += term
	}
	return math.Ldexp(sum, int(k))
}

// SinTurn is sin(2π·x) for any finite x.
func SinTurn(x float64) float64 {
	x -= math.Floor(x + 0.5) // -0.5 to 0.5
	switch {
	case x > 0.25:
		x = 0.5 - x
	case x < -0.25:
		x = -0.5 - x
	}
	a := float64(x * (2 * math.Pi))
	sq := float64(a * a)
	sum, term := a, a
	for i := 2.0; i <= 16; i += 2 {
		term = -float64(term*sq) / float64(i*(i+1))
		sum += term
	}
	return sum
}
