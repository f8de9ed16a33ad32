package hvac

import "time"

// learn is one step of a Kalman filter over the shares of the modes and the drift
// that heating does not explain: the drift walks at random and so does its slope,
// which fades. mean is the temperature over the last dt seconds.
func (h *Learned) learn(mean, dt float64) {
	hours := dt / 3600
	if h.Informed == 0 {
		h.Fact[level] = mean
	}
	h.drifts(hours)
	var seen [facts]float64
	for i := range h.Recent {
		seen[i] = h.Minute.Recent[i] / h.Minute.Count
	}
	seen[level] = 1

	var pull [facts]float64
	spread, miss := h.Minute.noise(), mean
	for i := range seen {
		for j := range seen {
			pull[i] += float64(h.Doubt[i][j] * seen[j])
		}
		spread += float64(seen[i] * pull[i])
		miss -= float64(seen[i] * h.Fact[i])
	}
	if !(spread > 0) || !finite(miss) {
		h.anew()
		return
	}
	switch square := float64(miss*miss) / spread; {
	case h.wonder(square, dt):
	case square > outOfLine*outOfLine:
		h.unsettle() // a door, a stove: nothing to learn about the house
	default:
		h.correct(&pull, miss, spread)
	}
	h.Informed = grow(h.Informed, time.Duration(dt*float64(time.Second)))
	if !h.sound() {
		h.anew()
	}
}

// anew begins again, after numbers that nobody can calculate with.
func (h *Learned) anew() {
	kept := h.Recent
	for i := range kept {
		kept[i] = clamp(kept[i], 0, 1)
	}
	*h = Learned{Recent: kept}
	h.begin()
}

const (
	// wonderTime is how far Surprise looks back, in seconds: a door or a stove that comes
	// and goes is less than that.
	wonderTime = 3 * 3600.0
	// mostWonder bounds what one minute adds, so that one minute proves nothing.
	mostWonder = 9.0
	// another is the Surprise of a house that is not the one that was learned. In the
	// four houses, in any weather, it is 1.9 at most; moved into a house of another
	// kind it passes this within hours where what was learned does harm.
	another = 2.4
)

// wonder takes in how unexpected a minute was. A house that goes on surprising is not the
// one that was learned: another boiler, a sensor on another wall, a device that moved.
// Then the shares are in doubt as at the start, and the PID drives until they no longer are.
func (h *Learned) wonder(square, dt float64) (doubted bool) {
	h.Surprise += float64((min(square, mostWonder) - h.Surprise) * (dt / (wonderTime + dt)))
	if h.Surprise <= another {
		return false
	}
	h.Surprise = 0
	h.Doubt = [facts][facts]float64{}
	h.doubtAll()
	h.Trust = trust{Rest: trustAfter}
	return true
}

// correct moves the estimate by what was missed, and takes from the doubt what is known
// now.
func (h *Learned) correct(pull *[facts]float64, miss, spread float64) {
	for i := range pull {
		gain := pull[i] / spread
		h.Fact[i] += float64(gain * miss)
		for j := range i + 1 {
			h.Doubt[i][j] -= float64(gain * pull[j])
			h.Doubt[j][i] = h.Doubt[i][j]
		}
	}
}

// drifts lets the doubt grow for so many hours.
func (h *Learned) drifts(hours float64) {
	h.Fact[level] += float64(h.Fact[slope] * hours)
	for i := range h.Doubt {
		h.Doubt[level][i] += float64(h.Doubt[slope][i] * hours)
	}
	for i := range h.Doubt {
		h.Doubt[i][level] += float64(h.Doubt[i][slope] * hours)
	}
	fade := 1 / (1 + hours/slopeFades)
	h.Fact[slope] = float64(h.Fact[slope] * fade)
	for i := range h.Doubt {
		h.Doubt[slope][i] = float64(h.Doubt[slope][i] * fade)
	}
	for i := range h.Doubt {
		h.Doubt[i][slope] = float64(h.Doubt[i][slope] * fade)
	}
	for i := range Modes {
		if h.Doubt[i][i] < float64(firstDoubt[i]*firstDoubt[i]) {
			h.Doubt[i][i] += float64(shareDrift * shareDrift * hours)
		}
	}
	h.Doubt[level][level] += float64(levelDrift * levelDrift * hours)
	h.Doubt[slope][slope] += float64(slopeDrift * slopeDrift * hours)
}

// mostShare bounds a share: nothing that heats a house for ever warms it by more.
const mostShare = 1000

// sound reports whether the numbers can still be calculated with.
func (h *Learned) sound() bool {
	for i, f := range h.Fact {
		if !(f > -mostShare && f < mostShare) || !(h.Doubt[i][i] > 0) {
			return false
		}
		for _, d := range h.Doubt[i] {
			if !finite(d) {
				return false
			}
		}
	}
	for _, r := range h.Recent {
		if !(r >= 0 && r <= 1) {
			return false
		}
	}
	return finite(h.Surprise)
}
