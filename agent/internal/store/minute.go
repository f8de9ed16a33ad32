package store

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"quietstat/agent/internal/clock"
)

// Minute is one row of the history: what one minute was like.
type Minute struct {
	// Start is the beginning of the minute, UTC; in untrusted time it is
	// CLOCK_BOOTTIME counted from 1970 and Trusted is false.
	Start   time.Time
	Trusted bool

	Mean, Min, Max float64 // °C, in steps of 0.01; NaN = no good sample
	Setpoint       float64 // °C, in steps of 0.01; the last one; NaN = none
	Humidity       float64 // % RH, in steps of 0.01; mean; NaN = no good sample
	Heat, Cool     float64 // share of the minute the relay was on, 0 to 1, in steps of 0.001
	DoorOpen       int     // seconds in which at least one door was open, 0 to 60
}

// Sample is the house at one moment, given to History.Add at every snapshot.
type Sample struct {
	At          clock.Instant
	Temperature float64 // °C; NaN = no good sample
	Humidity    float64 // % RH; NaN = no good sample
	Setpoint    float64 // °C; NaN = none
	Heat, Cool  bool
	DoorOpen    bool // any door
}

// row is the size of an encoded Minute.
const row = 20

// absent stands for NaN in an encoded value.
const absent = math.MinInt16

// appendRow writes a Minute, big endian: uint32 minute since 1970 (or since boot);
// int16 mean, min, max, setpoint in 0.01 °C and humidity in 0.01 %, -32768 = none;
// uint16 heat and cool in 1/1000; uint8 door seconds; uint8 0.
func (m Minute) appendRow(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(m.Start.Unix()/60))
	for _, v := range [...]float64{m.Mean, m.Min, m.Max, m.Setpoint, m.Humidity} {
		dst = binary.BigEndian.AppendUint16(dst, uint16(centi(v)))
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(math.Round(m.Heat*1000)))
	dst = binary.BigEndian.AppendUint16(dst, uint16(math.Round(m.Cool*1000)))
	return append(dst, byte(m.DoorOpen), 0)
}

// parseRow reads what appendRow wrote. Values out of range are an error.
func parseRow(b []byte, trusted bool) (Minute, error) {
	if len(b) != row || b[19] != 0 || b[18] > 60 {
		return Minute{}, errors.New("a row of history is malformed")
	}
	value := func(at int) float64 {
		v := int16(binary.BigEndian.Uint16(b[at:]))
		if v == absent {
			return math.NaN()
		}
		return float64(v) / 100
	}
	heat, cool := binary.BigEndian.Uint16(b[14:]), binary.BigEndian.Uint16(b[16:])
	if heat > 1000 || cool > 1000 {
		return Minute{}, errors.New("a row of history has a relay on for longer than a minute")
	}
	return Minute{
		Start:   time.Unix(60*int64(binary.BigEndian.Uint32(b)), 0).UTC(),
		Trusted: trusted,
		Mean:    value(4), Min: value(6), Max: value(8), Setpoint: value(10), Humidity: value(12),
		Heat: float64(heat) / 1000, Cool: float64(cool) / 1000,
		DoorOpen: int(b[18]),
	}, nil
}

// centi rounds to hundredths; what does not fit an int16 is absent.
func centi(v float64) int16 {
	c := math.Round(v * 100)
	if math.IsNaN(c) || c <= absent || c > math.MaxInt16 {
		return absent
	}
	return int16(c)
}

// aggregate gathers the samples of one minute. Each sample stands for the time
// until the next, at most a minute.
type aggregate struct {
	used     bool
	start    time.Time
	trusted  bool
	samples  int
	sum      float64
	min, max float64
	wet      int
	wetSum   float64
	last     Sample
	elapsed  time.Duration
	heat     time.Duration
	cool     time.Duration
	door     time.Duration
}

func (a *aggregate) begin(s Sample, start time.Time) {
	*a = aggregate{used: true, start: start, trusted: s.At.Trusted, min: math.Inf(1), max: math.Inf(-1)}
}

func (a *aggregate) add(s Sample) {
	if !math.IsNaN(s.Temperature) {
		a.samples++
		a.sum += s.Temperature
		a.min, a.max = min(a.min, s.Temperature), max(a.max, s.Temperature)
	}
	if !math.IsNaN(s.Humidity) {
		a.wet++
		a.wetSum += s.Humidity
	}
	a.last = s
}

// pass accounts for a stretch of time in which the last sample held.
func (a *aggregate) pass(last Sample, d time.Duration) {
	d = min(d, time.Minute-a.elapsed)
	if d <= 0 {
		return
	}
	a.elapsed += d
	if last.Heat {
		a.heat += d
	}
	if last.Cool {
		a.cool += d
	}
	if last.DoorOpen {
		a.door += d
	}
}

func (a *aggregate) minute() Minute {
	m := Minute{
		Start: a.start, Trusted: a.trusted, Setpoint: a.last.Setpoint,
		Mean: math.NaN(), Min: math.NaN(), Max: math.NaN(), Humidity: math.NaN(),
		Heat: a.heat.Minutes(), Cool: a.cool.Minutes(), DoorOpen: int(a.door.Round(time.Second) / time.Second),
	}
	if a.samples > 0 {
		m.Mean, m.Min, m.Max = a.sum/float64(a.samples), a.min, a.max
	}
	if a.wet > 0 {
		m.Humidity = a.wetSum / float64(a.wet)
	}
	return m
}
