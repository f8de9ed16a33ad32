package drivers

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"

	"quietstat/hvac"
)

// Board is one opened thermostat: climate sensor, doors, buttons, relays, indicator.
// All methods are safe for concurrent use.
type Board struct {
	name    string
	climate *Climate
	second  *Climate // nil: not fitted
	relays  *relays
	inputs  []*input // doors first, then talk, quiet and call
	doors   int
	talk    *input // nil: not fitted
	quiet   *input // nil: not fitted
	call    *input // nil: not fitted

	poll   sync.Mutex // guards levels
	levels [hvac.MaxDoors + 3]gpio.Level
	batch  func([]gpio.Level) error // nil: read one by one
}

// Buttons counts what the household pressed since the board was opened. Counters
// wrap; a reader compares with what it saw before, so a lost snapshot loses nothing.
type Buttons struct {
	TalkPresses, QuietPresses, QuietHolds uint32
}

// Open drives every relay to its safe level before it touches anything else, then
// opens the inputs. A wrong pin is fatal; a missing sensor is not, because the house
// must be kept from freezing without one: Climate reports hvac.FaultBus and tries
// again at every Sense. On error whatever was opened is off again.
func Open(hw Hardware, o Options) (*Board, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	g, err := openRelays(hw, &o)
	if err != nil {
		if again := g.close(); again != nil && again.Error() != err.Error() {
			err = errors.Join(err, again)
		}
		return nil, err
	}
	b := &Board{name: hw.String(), relays: g, doors: len(o.Doors)}
	if err := b.openInputs(hw, &o); err != nil {
		return nil, errors.Join(err, g.close())
	}
	b.climate = newClimate(hw, o.Bus, o.Address)
	if o.Second != 0 {
		b.second = newClimate(hw, o.Bus, o.Second)
	}
	return b, nil
}

func (b *Board) openInputs(hw Hardware, o *Options) error {
	add := func(pin, what string) (*input, error) {
		in, err := openInput(hw, o.Chip, pin, what, o.Debounce)
		if err == nil {
			b.inputs = append(b.inputs, in)
		}
		return in, err
	}
	for i, d := range o.Doors {
		if _, err := add(d.Pin, fmt.Sprintf("door number %d", i+1)); err != nil {
			return err
		}
	}
	var err error
	if o.TalkPin != "" {
		if b.talk, err = add(o.TalkPin, "the talk button"); err != nil {
			return err
		}
	}
	if o.QuietPin != "" {
		if b.quiet, err = add(o.QuietPin, "the quiet button"); err != nil {
			return err
		}
	}
	if o.CallPin != "" {
		if b.call, err = add(o.CallPin, "the call for heat"); err != nil {
			return err
		}
	}
	batcher, ok := hw.(InputBatcher)
	if !ok || len(b.inputs) == 0 {
		return nil
	}
	pins := make([]gpio.PinIO, len(b.inputs))
	for i, in := range b.inputs {
		pins[i] = in.pin
	}
	if b.batch, err = batcher.BatchInputs(pins); err != nil {
		return fmt.Errorf("drivers: cannot read the inputs together: %w", err)
	}
	return nil
}

// String names the hardware the board sits on.
func (b *Board) String() string { return b.name }

// Climate is the climate sensor; it is never nil.
func (b *Board) Climate() *Climate { return b.climate }

// Poll samples every door and button once, at the time now (CLOCK_BOOTTIME). It is
// all there is under a virtual clock, where a press or a door must therefore last
// over two polls that are at least the debounce time apart; on the real clock it is
// the backstop of Tasks. It allocates nothing. An error means that no input could be
// read; contacts and counters then stay as they were.
func (b *Board) Poll(now time.Duration) error {
	if b.batch == nil {
		for _, in := range b.inputs {
			in.read.Lock()
			in.feed(now, in.pin.Read(), false)
			in.read.Unlock()
		}
		return nil
	}
	b.poll.Lock()
	defer b.poll.Unlock()
	levels := b.levels[:len(b.inputs)]
	if err := b.batch(levels); err != nil {
		return fmt.Errorf("drivers: cannot read the inputs: %w", err)
	}
	for i, in := range b.inputs {
		in.feed(now, levels[i], false)
	}
	return nil
}

// Doors returns the debounced doors in the order of Options.Doors, and how many
// there are. A door is unknown until it has rested for the debounce time.
func (b *Board) Doors() ([hvac.MaxDoors]hvac.Contact, int) {
	var d [hvac.MaxDoors]hvac.Contact
	for i := range b.doors {
		d[i] = b.inputs[i].contact()
	}
	return d, b.doors
}

// Buttons returns the press and hold counters.
func (b *Board) Buttons() Buttons {
	var c Buttons
	if b.talk != nil {
		c.TalkPresses, _ = b.talk.counts()
	}
	if b.quiet != nil {
		c.QuietPresses, c.QuietHolds = b.quiet.counts()
	}
	return c
}

// SetRelays makes the relays follow one decision, break before make. On any error, also
// for work that has no relay and for what the interlock refuses (an *InterlockError),
// everything is driven off as far as it obeys. A fan that is not fitted is no error.
// It allocates nothing when it succeeds.
func (b *Board) SetRelays(out hvac.Outputs) error { return b.relays.apply(out) }

// SetIndicator switches the light. Nil means that the line was told so; a light is
// never read back. Without a light it returns ErrNotFitted, so that nobody takes
// silence for confirmation.
func (b *Board) SetIndicator(on bool) error { return b.relays.setIndicator(on) }

// Tasks returns one Task per input for use on the real clock; clock is
// CLOCK_BOOTTIME. They end when their context does, within 100 ms.
func (b *Board) Tasks(clock func() time.Duration) []Task {
	tasks := make([]Task, len(b.inputs))
	for i, in := range b.inputs {
		tasks[i] = &watch{in: in, clock: clock, ready: make(chan struct{})}
	}
	return tasks
}

// Close drives all relays off, then lets go of the sensor. The input lines stay
// requested until the process ends: closing one under a waiting Task is a race in
// gpioioctl. Close may be called again and does nothing then.
func (b *Board) Close() error {
	return errors.Join(b.relays.close(), b.climate.close(), b.closeSecond())
}
