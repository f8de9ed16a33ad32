package drivers

import "quietstat/hvac"

// humidityCalibration is dig_H1 to dig_H6 with their signs (BST-BME280-DS002 §4.2.2).
//
// The bmxx80 driver does not extend the sign of dig_H4 and dig_H5, 12-bit two's
// complement numbers. A chip with a negative one then reports 0 or 100 % for an
// ordinary room. The calibration passes through the guard anyway, so for such a chip
// (and only for such a chip) the humidity is computed here; temperature and pressure
// are always the driver's.
type humidityCalibration struct {
	h1, h3 uint8
	h2     int16
	h4, h5 int16
	h6     int8
}

// readH2to6 takes the seven bytes from E1 on.
func (c *humidityCalibration) readH2to6(r [7]byte) {
	c.h2 = int16(uint16(r[0]) | uint16(r[1])<<8)
	c.h3 = r[2]
	c.h4 = int16(int8(r[3]))<<4 | int16(r[4]&0x0F)
	c.h5 = int16(int8(r[5]))<<4 | int16(r[4]>>4)
	c.h6 = int8(r[6])
}

// signed reports whether the driver would misread this chip.
func (c *humidityCalibration) signed() bool { return c.h4 < 0 || c.h5 < 0 }

// percent is Bosch's double precision formula (BST-BME280-DS002 appendix 8.1). celsius
// is the compensated temperature, from which t_fine follows as 5120 times it.
func (c *humidityCalibration) percent(raw uint32, celsius hvac.Celsius) hvac.Percent {
	h := 5120*float64(celsius) - 76800
	h = (float64(raw) - (float64(c.h4)*64 + float64(c.h5)/16384*h)) *
		(float64(c.h2) / 65536 * (1 + float64(c.h6)/67108864*h*(1+float64(c.h3)/67108864*h)))
	h *= 1 - float64(c.h1)*h/524288
	return hvac.Percent(min(max(h, 0), 100))
}
