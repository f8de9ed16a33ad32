package calibrate

import (
	"fmt"
	"math"
	"time"
)

// Sample is one reading of the sensor, before any correction.
type Sample struct {
	At      time.Duration // on any clock that only goes forward
	Celsius float64
}

// What a settled reading is.
const (
	Span    = 15 * time.Minute // so long it must have rested
	SpreadK = 0.3              // between the lowest and the highest sample in it, in kelvin

	every = 30 * time.Second // samples closer than this tell nothing new
	gap   = 3 * time.Minute  // a longer hole breaks the trail
	kept  = int(Span/every) + 2
)

// Trail is the last samples of a sensor, of fixed size. The zero Trail is empty.
type Trail struct {
	list [kept]Sample // oldest first
	n    int
}

// Note takes a sample. One that is not finite, not later than the last by half a minute,
// or before it, is left out; after a hole of more than 3 min the trail begins anew.
func (t *Trail) Note(s Sample) {
	if math.IsNaN(s.Celsius) || math.IsInf(s.Celsius, 0) {
		return
	}
	if t.n > 0 {
		switch since := s.At - t.list[t.n-1].At; {
		case since < 0 || since > gap:
			t.n = 0
		case since < every:
			return
		}
	}
	if t.n == kept {
		copy(t.list[:], t.list[1:])
		t.n--
	}
	t.list[t.n] = s
	t.n++
}

// Covered is the time between the first and the last sample, at most a little more than
// Span.
func (t *Trail) Covered() time.Duration {
	if t.n == 0 {
		return 0
	}
	return t.list[t.n-1].At - t.list[0].At
}

// Settled is nil if the sensor has rested for Span up to now, and says what is missing
// otherwise. The error names spans and kelvins and no reading.
func (t *Trail) Settled(now time.Duration) error {
	if t.n == 0 || now-t.list[t.n-1].At > gap {
		return fmt.Errorf("the sensor has given no sample lately; a comparison needs %v without a hole", Span)
	}
	if covered := t.Covered(); covered < Span {
		return fmt.Errorf("the sensor is watched for %v only; a comparison needs %v", covered.Round(time.Second), Span)
	}
	low, high := t.list[0].Celsius, t.list[0].Celsius
	for _, s := range t.list[:t.n] {
		low, high = min(low, s.Celsius), max(high, s.Celsius)
	}
	if high-low > SpreadK {
		return fmt.Errorf("the reading has moved by %.1f K within %v; at most %.1f K is settled", high-low, Span, SpreadK)
	}
	return nil
}
