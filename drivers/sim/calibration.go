package sim

// Calibration is what Bosch burns into each chip (BST-BME280-DS002 §4.2.2), with signs.
type Calibration struct {
	T1         uint16
	T2, T3     int16
	P1         uint16
	P2, P3, P4 int16
	P5, P6, P7 int16
	P8, P9     int16
	H1         uint8
	H2         int16
	H3         uint8
	H4, H5     int16 // 12 bit: -2048 to 2047
	H6         int8
}

// DatasheetCalibration has the temperature and pressure example of BST-BMP280-DS001
// §3.12 (the BME280 has the same part) and humidity values of an ordinary BME280. With
// it the power-on registers look like 26.46 °C, 82.0 kPa and 59.7 %RH.
var DatasheetCalibration = Calibration{
	T1: 27504, T2: 26435, T3: -1000,
	P1: 36477, P2: -10685, P3: 3024, P4: 2855, P5: 140, P6: -7, P7: 15500, P8: -14600, P9: 6000,
	H1: 75, H2: 355, H3: 0, H4: 340, H5: 50, H6: 30,
}

// store writes the constants where the chip keeps them: 88 to A1 and E1 to E7.
func (c Calibration) store(reg *[256]byte) {
	words := [12]uint16{c.T1, uint16(c.T2), uint16(c.T3), c.P1, uint16(c.P2), uint16(c.P3),
		uint16(c.P4), uint16(c.P5), uint16(c.P6), uint16(c.P7), uint16(c.P8), uint16(c.P9)}
	for i, w := range words {
		reg[0x88+2*i], reg[0x89+2*i] = byte(w), byte(w>>8)
	}
	reg[0xA0], reg[0xA1] = 0, c.H1
	reg[0xE1], reg[0xE2] = byte(c.H2), byte(uint16(c.H2)>>8)
	reg[0xE3] = c.H3
	reg[0xE4] = byte(c.H4 >> 4)
	reg[0xE5] = byte(c.H4&0x0F) | byte(c.H5&0x0F)<<4
	reg[0xE6] = byte(c.H5 >> 4)
	reg[0xE7] = byte(c.H6)
}

// fine is t_fine of Bosch's double precision formula; 5120 of it are one °C.
func (c Calibration) fine(raw float64) float64 {
	a := (raw/16384 - float64(c.T1)/1024) * float64(c.T2)
	b := raw/131072 - float64(c.T1)/8192
	return a + b*b*float64(c.T3)
}

// celsius, pascal and percent are the compensated values; percent is not clamped to
// 0..100 so that it can be inverted.
func (c Calibration) celsius(raw float64) float64 { return c.fine(raw) / 5120 }

func (c Calibration) pascal(raw, fine float64) float64 {
	a := fine/2 - 64000
	b := a * a * float64(c.P6) / 32768
	b += a * float64(c.P5) * 2
	b = b/4 + float64(c.P4)*65536
	a = (float64(c.P3)*a*a/524288 + float64(c.P2)*a) / 524288
	a = (1 + a/32768) * float64(c.P1)
	p := (1048576 - raw - b/4096) * 6250 / a
	return p + (float64(c.P9)*p*p/2147483648+p*float64(c.P8)/32768+float64(c.P7))/16
}

func (c Calibration) percent(raw, fine float64) float64 {
	h := fine - 76800
	h = (raw - (float64(c.H4)*64 + float64(c.H5)/16384*h)) *
		(float64(c.H2) / 65536 * (1 + float64(c.H6)/67108864*h*(1+float64(c.H3)/67108864*h)))
	return h * (1 - float64(c.H1)*h/524288)
}

// invert finds the raw value from 0 to limit for which f is nearest to want, in whole
// multiples of step. f must be monotone there, rising or falling; a want outside its
// range gives the nearer end, as a converter at its stop does.
func invert(f func(float64) float64, want float64, limit, step uint32) uint32 {
	rising := f(float64(limit)) > f(0)
	lo, hi := uint32(0), limit/step
	for lo < hi {
		mid := lo + (hi-lo)/2
		if (f(float64(mid*step)) < want) == rising {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo > 0 {
		below, above := f(float64((lo-1)*step)), f(float64(lo*step))
		if (want-below)*(want-below) < (want-above)*(want-above) {
			lo--
		}
	}
	return lo * step
}
