package config

import (
	"fmt"
	"time"

	"quietstat/hvac"
)

// SecondUse is what a second sensor is there for. The zero SecondUse is "no second
// sensor".
type SecondUse string

const (
	UseFallback SecondUse = "fallback" // in the same rooms: stands in for the first
	UseOutdoor  SecondUse = "outdoor"  // outside: tells the controller the weather
)

// SecondSensor is another BME280 on the bus of the first.
type SecondSensor struct {
	Address uint16 // the one of 0x76 and 0x77 that the first does not have; 0 is "not fitted"
	Use     SecondUse
}

// trust fills in what decides how far the sensors are believed.
func (c *checker) trust(s *Sensor, raw rawSensor, board rawBoard) {
	s.Offset = c.number("sensor.offset", raw.Offset, shipped.SensorOffset, -5, 5, "K")
	s.FrozenAfter = c.duration("sensor.frozen_after", raw.FrozenAfter, shipped.FrozenAfter, 30*time.Minute, 24*time.Hour)
	if raw.Second != nil {
		s.Second = c.second(raw.Second, or(board.Address, 0x76))
	}
}

func (c *checker) second(raw *rawSecond, first int64) SecondSensor {
	other := 0x76 + 0x77 - first
	address := or(raw.Address, other)
	if address != other && (first == 0x76 || first == 0x77) {
		c.complain("sensor.second.address", fmt.Sprintf("sensor.second.address is %#x", address),
			fmt.Sprintf("%#x, as board.address is %#x", other, first), "wire the SDO of the two sensors differently, or remove [sensor.second]")
		address = other
	}
	use := SecondUse(or(raw.Use, string(UseFallback)))
	if use != UseFallback && use != UseOutdoor {
		c.complain("sensor.second.use", "sensor.second.use is "+quote(string(use)), `"fallback" or "outdoor", default "fallback"`,
			`write "fallback" for a sensor in the same rooms, "outdoor" for one outside`)
		use = UseFallback
	}
	return SecondSensor{uint16(address), use}
}

// envelope fills in the bounds of the watch over the equipment.
func (c *checker) envelope(s *Safety, raw rawSafety) {
	s.MaxRun = c.duration("safety.max_run", raw.MaxRun, shipped.MaxRun, time.Hour, 48*time.Hour)
	s.NoRiseAfter = c.duration("safety.no_rise_after", raw.NoRiseAfter, shipped.NoRiseAfter, 3*time.Hour, 24*time.Hour)
	s.StuckRise = c.number("safety.stuck_rise", raw.StuckRise, shipped.StuckRise, 3, 10, "K")
	s.HoldFor = c.duration("safety.hold_for", raw.HoldFor, shipped.HoldFor, 0, 6*time.Hour)
}

type rawSecond struct {
	Address *int64  `toml:"address"`
	Use     *string `toml:"use"`
}

// guard puts what this file configures into the parameters of the controller.
func (c *Config) guard(p *hvac.Params) {
	p.SensorOffset, p.FrozenAfter = c.Sensor.Offset, c.Sensor.FrozenAfter
	p.FallPause, p.FallRate = c.Pause.FallMaximum, c.Pause.FallRate
	p.MaxRun, p.NoRiseAfter = c.Safety.MaxRun, c.Safety.NoRiseAfter
	p.StuckRise, p.HoldFor = c.Safety.StuckRise, c.Safety.HoldFor
}
