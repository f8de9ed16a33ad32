package drivers

import (
	"errors"
	"fmt"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"

	"quietstat/hvac"
)

// Registers of the BME280 (BST-BME280-DS002 §5.3).
const (
	regCalibTP  = 0x88
	regChipID   = 0xD0
	regCalibH   = 0xE1
	regCtrlHum  = 0xF2
	regStatus   = 0xF3
	regCtrlMeas = 0xF4
	regData     = 0xF7

	chipBME280 = 0x60
	chipBMP280 = 0x58
	chipBMP180 = 0x55

	statusMeasuring = 1 << 3
	statusNVM       = 1 << 0

	modeMask   = 0b11
	modeForced = 0b01
)

// Limits of one round with the sensor. They are far above what a working chip needs
// (a round takes about 15 ms at 100 kHz), because a busy machine may hold us up and a
// slow answer is no fault: only one that does not come is.
const (
	roundLimit = 2 * time.Second        // after this no further transfer is begun
	pollLimit  = time.Second            // for one conversion; the datasheet's maximum is 9.3 ms (§9.1)
	maxPolls   = 100                    // status reads for one conversion
	pollPause  = 500 * time.Microsecond // after a busy answer; the driver itself never pauses
)

// SensorError is why a sample was refused. Err, where there is one, is the error of
// the bus itself, so errors.Is and errors.As see through.
type SensorError struct {
	Fault hvac.SensorFault
	What  string
	Err   error
}

func (e *SensorError) Error() string {
	if e.Err == nil {
		return "drivers: climate sensor: " + e.What
	}
	return "drivers: climate sensor: " + e.What + ": " + e.Err.Error()
}

// Unwrap returns the bus error, nil when the transfer itself worked.
func (e *SensorError) Unwrap() error { return e.Err }

var errSilent = errors.New("the status stays busy")

// guard stands between the unmodified bmxx80 driver and the bus. It lets a transfer
// through, looks at the answer, and after the first thing it does not believe refuses
// everything until the next begin. It keeps the first failure, because the driver
// turns errors into text and the original would be lost.
//
// It is used by one goroutine at a time.
type guard struct {
	bus  i2c.Bus
	addr uint16

	deadline time.Time // of this round
	asked    time.Time // when the running conversion was asked for
	polls    int       // busy answers since then
	failed   *SensorError

	repeats repeats
	calib   humidityCalibration
}

// begin opens a round.
func (g *guard) begin() {
	g.failed = nil
	g.polls = 0
	g.asked = time.Now()
	g.deadline = g.asked.Add(roundLimit)
}

func (g *guard) String() string                    { return g.bus.String() }
func (g *guard) SetSpeed(f physic.Frequency) error { return g.bus.SetSpeed(f) }

// Tx implements i2c.Bus.
func (g *guard) Tx(addr uint16, w, r []byte) error {
	if err := g.transfer(addr, w, r); err != nil {
		return err
	}
	if len(w) == 0 {
		return nil
	}
	if len(r) == 0 {
		g.watchWrites(w)
		return nil
	}
	switch {
	case w[0] == regChipID:
		return g.checkChip(r[0])
	case w[0] == regCalibTP && len(r) == 26:
		return g.checkCalibration(r)
	case w[0] == regCalibH && len(r) == 7:
		g.calib.readH2to6([7]byte(r))
	case w[0] == regStatus:
		return g.checkStatus(r[0])
	case w[0] == regData && len(r) == len(burst{}):
		return g.checkBurst(burst(r))
	}
	return nil
}

// transfer passes one transfer on within the limits of the round. A transfer that
// came back too late is refused too: what it read belongs to no sample any more.
func (g *guard) transfer(addr uint16, w, r []byte) error {
	if g.failed != nil {
		return g.failed
	}
	if time.Now().After(g.deadline) {
		return g.refuse(hvac.FaultTimeout, "too slow, transfer not begun", nil)
	}
	if err := g.bus.Tx(addr, w, r); err != nil {
		return g.refuse(hvac.FaultBus, "no answer (check wiring, supply and address)", err)
	}
	if time.Now().After(g.deadline) {
		return g.refuse(hvac.FaultTimeout, "too slow, answer ignored", nil)
	}
	return nil
}

func (g *guard) refuse(f hvac.SensorFault, what string, err error) error {
	if g.failed == nil {
		g.failed = &SensorError{Fault: f, What: what, Err: err}
	}
	return g.failed
}

// watchWrites notices a conversion being asked for: writes are (register, value) pairs.
func (g *guard) watchWrites(w []byte) {
	for i := 0; i+1 < len(w); i += 2 {
		if w[i] == regCtrlMeas && w[i+1]&modeMask == modeForced {
			g.polls, g.asked = 0, time.Now()
		}
	}
}

func (g *guard) checkChip(id byte) error {
	switch id {
	case chipBME280:
		return nil
	case chipBMP280:
		return g.refuse(hvac.FaultChip, fmt.Sprintf("a BMP280 answers at %#x, which measures no humidity: fit a BME280", g.addr), nil)
	case chipBMP180:
		return g.refuse(hvac.FaultChip, fmt.Sprintf("a BMP180 answers at %#x, which measures no humidity: fit a BME280", g.addr), nil)
	case 0x00, 0xFF:
		return g.refuse(hvac.FaultBus, "the bus reads all the same (a line is held or nothing is connected)", nil)
	}
	return g.refuse(hvac.FaultChip, fmt.Sprintf("chip id %#02x at %#x is no BME280: fit one or set the other address", id, g.addr), nil)
}

// checkCalibration refuses a memory that was not copied yet or a bus that is held:
// dig_T1 and dig_P1 are never 0 or all ones in a trimmed chip, and a division by
// dig_P1 would follow.
func (g *guard) checkCalibration(r []byte) error {
	for _, at := range []int{0, 6} {
		if v := uint16(r[at]) | uint16(r[at+1])<<8; v == 0 || v == 0xFFFF {
			return g.refuse(hvac.FaultBus, "the calibration reads blank (supply too low or a line is held)", nil)
		}
	}
	g.calib.h1 = r[25]
	return nil
}

// checkStatus bounds the driver's wait for the end of a conversion, which has neither
// pause nor limit of its own.
func (g *guard) checkStatus(status byte) error {
	if status&statusMeasuring == 0 {
		return nil
	}
	g.polls++
	if g.polls > maxPolls || time.Since(g.asked) > pollLimit {
		return g.refuse(hvac.FaultTimeout, "the conversion does not end", errSilent)
	}
	time.Sleep(pollPause)
	return nil
}

func (g *guard) checkBurst(b burst) error {
	stuck := g.repeats.add(b)
	switch b.judge() {
	case deadLines:
		return g.refuse(hvac.FaultBus, "the data registers read all zeros or all ones", nil)
	case resetPattern:
		return g.refuse(hvac.FaultResetValue, "the data registers hold their power-on value (the chip was reset)", nil)
	case maybeReset:
		if err := g.verify(); err != nil {
			return err
		}
	}
	if stuck {
		return g.refuse(hvac.FaultStuck, fmt.Sprintf("%d identical samples in a row: the noise is gone", stuckAfter), nil)
	}
	return nil
}

// verify reads the control registers back: they hold what the driver wrote unless the
// chip was reset since. The mode bits are left out, a forced conversion clears them.
func (g *guard) verify() error {
	var r [4]byte // ctrl_hum, status, ctrl_meas, config
	if err := g.transfer(g.addr, []byte{regCtrlHum}, r[:]); err != nil {
		return err
	}
	const osrsHum, osrsMeas, filter = 0b111, 0b111_111_00, 0b000_111_00
	if r[0]&osrsHum != byte(sensing.Humidity) ||
		r[2]&osrsMeas != byte(sensing.Temperature)<<5|byte(sensing.Pressure)<<2 ||
		r[3]&filter != byte(sensing.Filter)<<2 {
		return g.refuse(hvac.FaultResetValue, "the control registers lost their setting (the chip was reset)", nil)
	}
	return nil
}

var _ i2c.Bus = (*guard)(nil)
