package hvac

// drift follows the part of the temperature that heating does not explain, quickly
// enough to meet a cloud or a stove: an alpha-beta filter. The learner has an
// estimate of its own, which is slow so that it takes nothing of it for the house.
type drift struct {
	Seen  bool
	Level float64 // °C
	Slope float64 // K/s
	Since float64 // s since the last sample
	Time  float64 // s, memory of the level; that of the slope is slopeMemory times as long
}

const (
	driftTime   = 60.0 // s, shortest memory of the level: some samples
	slopeMemory = 6.0
	sparse      = 1.0 // samples, shortest memory where they are far apart
	driftJump   = 3.0 // K that no drift makes: something else has happened
)

// pass lets dt seconds pass.
func (d *drift) pass(dt float64) {
	d.Since += dt
	d.Level += float64(d.Slope * dt)
}

// see corrects the estimate by one sample.
func (d *drift) see(x float64) {
	miss := x - d.Level
	if !d.Seen || !(miss > -driftJump && miss < driftJump) {
		*d = drift{Seen: true, Level: x, Time: d.Time}
		return
	}
	memory := max(d.Time, driftTime, float64(sparse*d.Since))
	gain := d.Since / (memory + d.Since)
	d.Level += float64(gain * miss)
	d.Slope += float64(gain*miss) / float64(slopeMemory*memory)
	d.Since = 0
}
