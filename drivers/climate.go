package drivers

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/devices/v3/bmxx80"

	"quietstat/hvac"
)

// sensing is Bosch's profile for weather monitoring (BST-BME280-DS002 §3.5.1): forced
// mode, every channel once, filter off. The slowest mode warms the chip least; the
// noise left (3.3 Pa, 0.07 %RH, 0.005 K) is for hvac to filter, which knows the period.
// Filter and Standby must stay zero: with both set the driver keeps the chip running
// and returns whatever the registers hold.
var sensing = bmxx80.Opts{Temperature: bmxx80.O1x, Pressure: bmxx80.O1x, Humidity: bmxx80.O1x}

// senseLimit is when Sense stops waiting for a transfer that hangs in the kernel. It
// is longer than roundLimit, so a slow but living bus ends by itself first.
const senseLimit = 3 * time.Second

// ErrBusy is returned by Sense while an earlier one is still under way.
var ErrBusy = errors.New("drivers: climate sensor: an earlier sample is still under way")

// Climate is the BME280. Sense takes a sample; Latest tells the last good one and
// the present complaint, and never waits for a conversion.
type Climate struct {
	hw      Hardware
	busName string
	addr    uint16

	mu      sync.Mutex // guards the four below, held for a few instructions only
	reading hvac.Reading
	fault   hvac.SensorFault
	busy    bool
	closed  bool

	// Owned by the one goroutine that holds busy.
	bus   i2c.BusCloser
	dev   *bmxx80.Dev // nil: to be initialised
	guard guard
}

// newClimate opens nothing yet. Until the first Sense the complaint is FaultBus:
// unknown is not healthy.
func newClimate(hw Hardware, bus string, addr uint16) *Climate {
	return &Climate{hw: hw, busName: bus, addr: addr, fault: hvac.FaultBus}
}

// Latest returns the last good reading (Valid is false if there was none) and what is
// wrong with the sensor now. It is safe for concurrent use and allocates nothing.
func (c *Climate) Latest() (hvac.Reading, hvac.SensorFault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reading, c.fault
}

// Sense takes one sample: one forced conversion, about 10 ms; now (CLOCK_BOOTTIME)
// becomes the reading's time. It must be called from a goroutine of its own, not from
// the control loop. One call at a time: a second one returns ErrBusy at once. It
// returns within 3 s even if the bus never answers; such a transfer stays behind in
// the kernel and later calls return ErrBusy until it is over.
//
// The error is a *SensorError, ErrBusy or ErrClosed. After any of the first the chip is
// initialised anew by the next Sense, and after a bus error the bus is reopened too.
func (c *Climate) Sense(now time.Duration) error {
	c.mu.Lock()
	switch {
	case c.closed:
		c.mu.Unlock()
		return ErrClosed
	case c.busy:
		c.mu.Unlock()
		return ErrBusy
	}
	c.busy = true
	c.mu.Unlock()

	done := make(chan error, 1)
	go func() { done <- c.finish(now, c.round) }()
	limit := time.NewTimer(senseLimit)
	defer limit.Stop()
	select {
	case err := <-done:
		return err
	case <-limit.C:
		err := &SensorError{Fault: hvac.FaultBus, What: "a transfer hangs (switch the supply off and on)"}
		c.mu.Lock()
		c.fault = err.Fault
		c.mu.Unlock()
		return err
	}
}

// finish runs one round, publishes its result and gives busy back.
func (c *Climate) finish(now time.Duration, round func() (hvac.Reading, error)) error {
	r, err := sheltered(round)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy = false
	if c.closed {
		return errors.Join(ErrClosed, c.release())
	}
	if err != nil {
		c.dev = nil
		var se *SensorError
		if !errors.As(err, &se) {
			se = &SensorError{Fault: hvac.FaultBus, What: "cannot be opened", Err: err}
		}
		c.fault = se.Fault
		if se.Fault == hvac.FaultBus && c.bus != nil {
			_ = c.release() // a handle that failed is of no use; the failure itself is reported
		}
		return se
	}
	r.At, r.Valid = now, true
	c.reading, c.fault = r, hvac.FaultNone
	return nil
}

// sheltered turns a panic of the driver or of the bus into a refusal. It runs in a
// goroutine of its own, where a panic would end the program with the relays as they
// are; and what a chip answers can make it panic again at every start.
func sheltered(round func() (hvac.Reading, error)) (r hvac.Reading, err error) {
	defer func() {
		if v := recover(); v != nil { // v is not told: it may hold what was read
			r, err = hvac.Reading{}, &SensorError{Fault: hvac.FaultBus, What: fmt.Sprintf("the driver gave up (panic of type %T)", v)}
		}
	}()
	return round()
}

// round initialises the chip if need be and takes one sample.
func (c *Climate) round() (hvac.Reading, error) {
	c.guard.begin()
	if c.dev == nil {
		if err := c.initialise(); err != nil {
			return hvac.Reading{}, err
		}
	}
	var e physic.Env
	if err := c.dev.Sense(&e); err != nil {
		return hvac.Reading{}, c.cause(err)
	}
	r := hvac.Reading{
		Temperature: hvac.Celsius(e.Temperature.Celsius()),
		Humidity:    hvac.Percent(float64(e.Humidity) / float64(physic.PercentRH)),
		Pressure:    hvac.Pascal(float64(e.Pressure) / float64(physic.Pascal)),
	}
	if c.guard.calib.signed() {
		r.Humidity = c.guard.calib.percent(c.guard.repeats.last.humidity(), r.Temperature)
	}
	if !plausibleRoom(r) {
		return hvac.Reading{}, &SensorError{Fault: hvac.FaultRange, What: "a value outside what the chip can measure (calibration or supply)"}
	}
	return r, nil
}

// initialise opens the bus if it is closed, waits for the chip to have copied its
// calibration, lets the driver read and configure it, and reads the setting back.
func (c *Climate) initialise() error {
	if c.bus == nil {
		b, err := c.hw.OpenBus(c.busName)
		if err != nil {
			return err
		}
		c.bus = b
		c.guard.bus, c.guard.addr = b, c.addr
	}
	if err := c.awaitCalibration(); err != nil {
		return err
	}
	dev, err := bmxx80.NewI2C(&c.guard, c.addr, &sensing)
	if err != nil {
		return c.cause(err)
	}
	if err := c.guard.verify(); err != nil {
		return err
	}
	c.dev = dev
	return nil
}

// awaitCalibration waits for status bit 0 to clear: while it is set the chip copies
// its calibration into the registers, 2 ms after power-on at most (BST-BME280-DS002 §1,
// start-up time). The driver does not look at it and would read half a copy.
func (c *Climate) awaitCalibration() error {
	var status [1]byte
	for range maxPolls {
		if err := c.guard.transfer(c.addr, []byte{regStatus}, status[:]); err != nil {
			return err
		}
		if status[0]&statusNVM == 0 || status[0] == 0xFF { // a held bus is named by the chip id
			return nil
		}
		time.Sleep(pollPause)
	}
	return c.guard.refuse(hvac.FaultTimeout, "the calibration is never ready", errSilent)
}

// cause prefers the guard's own record, because the driver reduces errors to text.
func (c *Climate) cause(err error) error {
	if c.guard.failed != nil {
		return c.guard.failed
	}
	return &SensorError{Fault: hvac.FaultBus, What: "refused by the driver", Err: err}
}

// close lets go of the bus, or leaves that to the round under way. It never waits.
func (c *Climate) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	c.fault = hvac.FaultBus
	if c.busy {
		return nil
	}
	return c.release()
}

// release closes the bus. The caller holds mu and no round is under way.
func (c *Climate) release() error {
	if c.bus == nil {
		return nil
	}
	err := c.bus.Close()
	c.bus, c.dev = nil, nil
	if err != nil {
		return fmt.Errorf("drivers: cannot close I²C bus %s: %w", c.busName, err)
	}
	return nil
}
