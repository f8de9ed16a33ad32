package drivers

import "quietstat/hvac"

// burst is what the driver reads in one transfer from F7 to FE: pressure (3 bytes),
// temperature (3), humidity (2), big endian (BST-BME280-DS002 §4.1).
type burst [8]byte

func (b burst) pressure() uint32    { return uint32(b[0])<<12 | uint32(b[1])<<4 | uint32(b[2])>>4 }
func (b burst) temperature() uint32 { return uint32(b[3])<<12 | uint32(b[4])<<4 | uint32(b[5])>>4 }
func (b burst) humidity() uint32    { return uint32(b[6])<<8 | uint32(b[7]) }

// Values of the data registers after power-on, also of a channel whose measurement
// is skipped (BST-BME280-DS002 §5.4.7 to §5.4.9).
const (
	resetValue20 = 0x80000
	resetValue16 = 0x8000
)

// stuckAfter is how many bit-identical bursts in a row are one too many. At
// oversampling 1 the last bits carry noise: 3.3 Pa on steps of 2.6 Pa, 0.005 K on
// steps of 0.005 K, 0.07 %RH on steps of about 0.006 %RH (BST-BME280-DS002 §3.5 and
// §3.6). Two bursts of a healthy chip agree in all three by chance about once in 600,
// so eleven agreements in a row never happen. Even if temperature, the coarsest of the
// three, were the only channel left alive, two bursts would agree less than every
// third time and twelve in a row would come once in 3^11 = 177 000. And at one sample
// in ten seconds a frozen chip is found out within two minutes, before a house has
// moved much.
const stuckAfter = 12

// judgement is what a burst looks like by itself.
type judgement uint8

const (
	plausible judgement = iota
	// resetPattern: temperature and pressure both hold the power-on value. The chip
	// lost its supply after the conversion was asked for.
	resetPattern
	// maybeReset: one channel alone holds the power-on value. That happens in a real
	// room (a temperature register of 80000 is an ordinary 26 °C), so the control
	// registers must tell.
	maybeReset
	// deadLines: a channel holds all zeros or all ones, as a converter at its stop
	// or a bus that is held does. The lowest 4 bits are always 0 at oversampling 1.
	deadLines
)

func (b burst) judge() judgement {
	t, p, h := b.temperature(), b.pressure(), b.humidity()
	switch {
	case stopped(t), stopped(p), h == 0, h == 0xFFFF:
		return deadLines
	case t == resetValue20 && p == resetValue20:
		return resetPattern
	case t == resetValue20, p == resetValue20, h == resetValue16:
		return maybeReset
	}
	return plausible
}

func stopped(raw uint32) bool { return raw>>4 == 0 || raw>>4 == 0xFFFF }

// repeats counts bit-identical bursts.
type repeats struct {
	last burst
	n    int // how many bursts in a row equal last, 0 before the first
}

// add takes the next burst and reports whether the sensor counts as stuck.
func (r *repeats) add(b burst) bool {
	if r.n == 0 || b != r.last {
		r.last, r.n = b, 1
		return false
	}
	if r.n < stuckAfter {
		r.n++
	}
	return r.n >= stuckAfter
}

// plausibleRoom checks the compensated values against what the chip can measure at
// all: -40 to 85 °C, 0 to 100 %, 300 to 1100 hPa (BST-BME280-DS002 §1). What a room can
// be is for hvac to judge, which knows the time between samples.
func plausibleRoom(r hvac.Reading) bool {
	return r.Temperature >= -40 && r.Temperature <= 85 &&
		r.Humidity >= 0 && r.Humidity <= 100 &&
		r.Pressure >= 30000 && r.Pressure <= 110000
}
