package demo

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"
	"time"
)

// measure follows the house by its own truth: the temperature at the sensor's
// place without a sensor in between, and the heating relay's pin.
type measure struct {
	trace hash.Hash // of every instant's temperature and relay

	setpoint float64
	occupied bool          // people want it warm
	asked    time.Duration // since when
	warm     bool          // the morning's warm-up is over
	away     time.Duration // nothing is counted before: a door or the sensor

	squares float64
	count   int

	relay   dwell
	energy  float64 // kWh
	coldest float64
}

// Rules of the accounting.
const (
	warmBand  = 0.3           // K: first within this of the setpoint ends the warm-up
	warmLimit = 2 * time.Hour // or this long after it was asked for
	aftermath = time.Hour     // what a door or a sensor fault does to the house afterwards
)

func newMeasure() *measure { return &measure{trace: sha256.New(), coldest: math.Inf(1)} }

// want notes a new setpoint; occupied says whether people are up to feel it.
func (m *measure) want(now time.Duration, setpoint float64, occupied bool) {
	m.setpoint, m.occupied, m.asked, m.warm = setpoint, occupied, now, false
}

// excuse leaves out everything from now until so long after until.
func (m *measure) excuse(until time.Duration) { m.away = max(m.away, until+aftermath) }

// instant takes in one second. It reports when the warm-up ends by arriving.
func (m *measure) instant(now time.Duration, temperature float64, heating bool, kilowatts float64) (arrived bool) {
	var b [9]byte
	binary.BigEndian.PutUint64(b[:], math.Float64bits(temperature))
	if heating {
		b[8] = 1
		m.energy += float64(kilowatts*period.Seconds()) / 3600
	}
	m.trace.Write(b[:])
	m.coldest = min(m.coldest, temperature)
	m.relay.see(now, heating)
	if !m.occupied {
		return false
	}
	off := temperature - m.setpoint
	if !m.warm {
		arrived = math.Abs(off) < warmBand
		m.warm = arrived || now-m.asked >= warmLimit
	}
	if m.warm && now >= m.away {
		m.squares += float64(off * off)
		m.count++
	}
	return arrived
}

// rms is the root of the mean squared error, 0 while nothing was counted.
func (m *measure) rms() float64 {
	if m.count == 0 {
		return 0
	}
	return math.Sqrt(m.squares / float64(m.count))
}

// dwell follows one relay. Only runs whose beginning and end were seen count.
type dwell struct {
	known, on bool
	since     time.Duration // of the present run, if its beginning was seen
	whole     bool
	starts    int
	minOn     time.Duration // 0 = no completed run
	minOff    time.Duration
}

// see takes in the relay at one instant.
func (d *dwell) see(now time.Duration, on bool) {
	if !d.known {
		d.known, d.on = true, on
		return
	}
	if on == d.on {
		return
	}
	if d.whole {
		shortest := &d.minOff
		if d.on {
			shortest = &d.minOn
		}
		if run := now - d.since; *shortest == 0 || run < *shortest {
			*shortest = run
		}
	}
	if on {
		d.starts++
	}
	d.on, d.since, d.whole = on, now, true
}

// kept reports whether no completed run was too short.
func (d *dwell) kept(minOn, minOff time.Duration) bool {
	return (d.minOn == 0 || d.minOn >= minOn) && (d.minOff == 0 || d.minOff >= minOff)
}
