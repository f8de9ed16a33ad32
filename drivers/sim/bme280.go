package sim

import (
	"math/rand/v2"
	"time"
)

// Registers and values of the BME280 (BST-BME280-DS002 §5.3).
const (
	regChipID   = 0xD0
	regReset    = 0xE0
	regCtrlHum  = 0xF2
	regStatus   = 0xF3
	regCtrlMeas = 0xF4
	regConfig   = 0xF5
	regData     = 0xF7

	chipBME280 = 0x60
	chipBMP280 = 0x58
	resetWord  = 0xB6
	measuring  = 1 << 3
)

var resetData = [8]byte{0x80, 0x00, 0x00, 0x80, 0x00, 0x00, 0x80, 0x00}

// Noise by oversampling 1, 2, 4, 8, 16 with the filter off (BST-BME280-DS002 §3.6), one
// standard deviation.
var (
	noiseK  = [6]float64{0, 0.005, 0.004, 0.003, 0.003, 0.002}
	noisePa = [6]float64{0, 3.3, 2.6, 2.1, 1.6, 1.3}
	noiseRH = [6]float64{0, 0.07, 0.05, 0.04, 0.03, 0.02}
)

// climate is what surrounds the sensor: °C, %RH, Pa.
type climate struct{ celsius, percent, pascal float64 }

// bme280 is the chip. It is not safe for concurrent use; the board locks.
type bme280 struct {
	reg      [256]byte
	calib    Calibration
	noise    *rand.Rand
	humLatch byte // ctrl_hum as it was when ctrl_meas was last written

	converting bool
	begun      time.Duration
	until      time.Duration

	frozen   bool // data registers keep what they hold
	latched  bool // no conversion until initialised anew
	heldDown bool // no conversion at all
	noHum    bool // it is a BMP280
}

func newBME280(seed uint64, c Calibration) *bme280 {
	s := &bme280{calib: c, noise: rand.New(rand.NewPCG(seed, 0xB0E280))}
	s.powerUp()
	return s
}

// powerUp is the state after the supply came or after a soft reset.
func (s *bme280) powerUp() {
	s.reg = [256]byte{}
	s.calib.store(&s.reg)
	s.humLatch, s.converting = 0, false
	copy(s.reg[regData:], resetData[:])
	s.reg[regChipID] = chipBME280
	if s.noHum {
		s.reg[regChipID] = chipBMP280
		clear(s.reg[0xE1:0xE8])
		clear(s.reg[0xFD:0xFF])
	}
}

// write takes (register, value) pairs (§6.2.1).
func (s *bme280) write(w []byte, now time.Duration) {
	for i := 0; i+1 < len(w); i += 2 {
		switch v := w[i+1]; w[i] {
		case regReset:
			if v == resetWord {
				s.powerUp()
			}
		case regCtrlHum:
			if !s.noHum {
				s.reg[regCtrlHum] = v & 0b111
				s.latched = false
			}
		case regConfig:
			s.reg[regConfig] = v
		case regCtrlMeas:
			s.reg[regCtrlMeas] = v
			s.humLatch = s.reg[regCtrlHum]
			if mode := v & 0b11; mode == 0b01 || mode == 0b10 {
				s.converting, s.begun, s.until = true, now, now+s.conversionTime()
			}
		}
	}
}

// read fills r from reg on, counting up.
func (s *bme280) read(reg byte, r []byte, now time.Duration, air climate) {
	if s.converting && reg != regChipID {
		// A clock that stands still while the driver has slept and now asks means a
		// virtual clock: the waiting was done outside it.
		if now >= s.until || (reg == regStatus && now == s.begun) {
			s.finish(air)
		}
	}
	for i := range r {
		r[i] = s.reg[reg+byte(i)]
		if reg+byte(i) == regStatus && s.converting {
			r[i] |= measuring
		}
	}
}

// conversionTime is the maximum of §9.1.
func (s *bme280) conversionTime() time.Duration {
	t, p, h := s.oversampling()
	us := 1250 + 2300*times(t)
	if p > 0 {
		us += 2300*times(p) + 575
	}
	if h > 0 {
		us += 2300*times(h) + 575
	}
	return time.Duration(us) * time.Microsecond
}

// oversampling returns the codes 0 (skipped) to 5 (16 times); 6 and 7 mean 16 too.
func (s *bme280) oversampling() (t, p, h byte) {
	m := s.reg[regCtrlMeas]
	return min(m>>5, 5), min(m>>2&0b111, 5), min(s.humLatch&0b111, 5)
}

func times(code byte) int {
	if code == 0 {
		return 0
	}
	return 1 << (code - 1)
}

// finish puts the result of a conversion into the data registers and the chip to sleep.
func (s *bme280) finish(air climate) {
	s.converting = false
	s.reg[regCtrlMeas] &^= 0b11
	// The noise is drawn even when it is not stored, so that a fault does not shift
	// everything that comes after it.
	dt, dp, dh := s.noise.NormFloat64(), s.noise.NormFloat64(), s.noise.NormFloat64()
	if s.frozen || s.latched || s.heldDown {
		return
	}
	t, p, h := s.oversampling()
	rawT := uint32(0x80000)
	if t > 0 {
		rawT = invert(s.calib.celsius, air.celsius+dt*noiseK[t], 0xFFFFF, 1<<(5-t))
	}
	fine := s.calib.fine(float64(rawT))
	rawP := uint32(0x80000)
	if p > 0 {
		rawP = invert(func(raw float64) float64 { return s.calib.pascal(raw, fine) }, air.pascal+dp*noisePa[p], 0xFFFFF, 1<<(5-p))
	}
	rawH := uint32(0x8000)
	if h > 0 {
		rawH = invert(func(raw float64) float64 { return s.calib.percent(raw, fine) }, air.percent+dh*noiseRH[h], 0xFFFF, 1)
	}
	d := s.reg[regData:]
	d[0], d[1], d[2] = byte(rawP>>12), byte(rawP>>4), byte(rawP<<4)
	d[3], d[4], d[5] = byte(rawT>>12), byte(rawT>>4), byte(rawT<<4)
	if !s.noHum {
		d[6], d[7] = byte(rawH>>8), byte(rawH)
	}
}
