package supervise

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/config"
	"quietstat/drivers/sim"
	"quietstat/hvac"
	"quietstat/hvac/house"
)

// World is a simulated house with its board. It lives in the parent, so that a
// killed control is a dead control before a living house. Its methods may be
// called from any goroutine.
type World struct {
	Board *sim.Board // for faults; its registers and pins

	wiring config.Relays
	doors  []config.Door
	second config.SecondUse

	mu    sync.Mutex
	house *house.House
	noise *house.Noise
	open  [hvac.MaxDoors]bool
	old   *oldThermostat // nil: our relays drive the house
}

// coolingPower is what the simulated house has when a cooling relay is wired, kW.
const coolingPower = 5

// NewWorld builds the house a configuration is wired to, with all doors closed and
// no button pressed. start is the local time of day.
func NewWorld(c *config.Config, kind house.Kind, seed uint64, start time.Duration) (*World, error) {
	w := &World{Board: sim.New(seed), doors: c.Doors, house: house.New(kind, seed, start), noise: house.NewNoise(seed)}
	w.wiring = c.Relays
	if c.Relays.Cool.Wired() || c.Relays.Reversing.Wired() {
		w.house.SetCooling(coolingPower)
	}
	w.Board.SetAddress(c.Board.Address)
	w.second = c.Sensor.Second.Use
	w.Board.FitSecond(c.Sensor.Second.Address, seed)
	var errs []error
	for _, d := range c.Doors {
		errs = append(errs, w.Board.SetDoor(string(d.Pin), false))
	}
	for _, button := range []config.Pin{c.Board.Talk, c.Board.Quiet} {
		if button != "" {
			errs = append(errs, w.Board.Press(string(button), false))
		}
	}
	if c.Control.Shadow {
		w.old = &oldThermostat{call: c.Board.CallForHeat}
	}
	w.show(0)
	return w, errors.Join(errs...)
}

// Advance lets time pass in the house with the relays as the board drives them
// now, and shows the result to the sensor.
func (w *World) Advance(dt time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	in := house.Inputs{Heat: w.Heating(), Cool: w.Cooling()}
	for _, open := range w.open {
		if open {
			in.DoorsOpen++
		}
	}
	if w.old != nil {
		_ = w.old.step(float64(w.house.Climate().Sensor), w.Board) // a contact without a wire moves nothing
		in.Heat, in.Cool = w.old.on, false
	}
	w.house.Step(dt.Seconds(), in)
	w.show(dt)
}

// show puts the climate before the sensor. The caller holds mu, or is alone.
func (w *World) show(dt time.Duration) {
	c := w.house.Climate()
	w.Board.SetClimate(float64(c.Sensor)+w.noise.Sample(dt.Seconds()), float64(c.Humidity), float64(c.Pressure))
	w.showSecond(c)
}

// Climate is the truth: what the house is like, without a sensor in between.
func (w *World) Climate() house.Climate {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.house.Climate()
}

// Power is the heating power in kW.
func (w *World) Power() float64 { return w.house.Power() }

// Heating reads the relays' pins, not what anybody believes about them. However many
// of them heat, the house gets the power it has.
func (w *World) Heating() bool {
	r := &w.wiring
	return w.driven(r.Heat) || w.driven(r.Heat2) || w.driven(r.Aux) || w.driven(r.Compressor) && !w.reversed()
}

// Cooling is Heating for what cools.
func (w *World) Cooling() bool {
	return w.driven(w.wiring.Cool) || w.driven(w.wiring.Compressor) && w.reversed()
}

// reversed reports whether a compressor would cool, by where its valve stands.
func (w *World) reversed() bool {
	v := w.wiring.Reversing
	return v.Wired() && w.driven(v.Line) != v.B
}

func (w *World) driven(l config.Line) bool {
	if !l.Wired() {
		return false
	}
	level, driven := w.Board.Driven(string(l.Pin))
	return driven && bool(level) != l.ActiveLow
}

// MoveDoor opens or closes a door of the house and its contact with it.
func (w *World) MoveDoor(id string, open bool) error {
	for i, d := range w.doors {
		if d.ID == id {
			w.mu.Lock()
			w.open[i] = open
			w.mu.Unlock()
			return w.Board.SetDoor(string(d.Pin), open)
		}
	}
	return fmt.Errorf("the house has no door %q", id)
}

// Link makes a connection to the board for one process. Serving it ends with the
// context or with the process, and its outputs then stay as they are driven.
func (w *World) Link(ctx context.Context) (File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return File{}, fmt.Errorf("connect the simulated board: %w", err)
	}
	theirs, ours := os.NewFile(uintptr(fds[1]), "board"), os.NewFile(uintptr(fds[0]), "board")
	conn, err := net.FileConn(ours)
	if err := errors.Join(err, ours.Close()); err != nil {
		return File{}, errors.Join(err, theirs.Close())
	}
	go func() {
		defer conn.Close()
		_ = sim.Serve(ctx, conn, w.Board) // ends when the process does; the group sees that
	}()
	return File{BoardVariable, theirs}, nil
}
