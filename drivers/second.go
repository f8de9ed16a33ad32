package drivers

import (
	"errors"
	"time"

	"quietstat/hvac"
)

// Second is the second climate sensor, nil if Options.Second is 0. It hangs on the
// same bus: a chip of its own guards against a chip that fails, not against a bus
// that is held.
func (b *Board) Second() *Climate { return b.second }

// Sense takes one sample of each climate sensor, one after the other, because they
// share the bus; see Climate.Sense for time and errors. The second is asked whatever
// becomes of the first.
func (b *Board) Sense(now time.Duration) error {
	err := b.climate.Sense(now)
	if b.second == nil {
		return err
	}
	return errors.Join(err, b.second.Sense(now))
}

// LatestSecond is Climate.Latest of the second sensor. Without one it is the zero
// Reading and no fault, which is how hvac.Input says "not fitted".
func (b *Board) LatestSecond() (hvac.Reading, hvac.SensorFault) {
	if b.second == nil {
		return hvac.Reading{}, hvac.FaultNone
	}
	return b.second.Latest()
}

func (b *Board) closeSecond() error {
	if b.second == nil {
		return nil
	}
	return b.second.close()
}
