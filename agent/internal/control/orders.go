package control

import (
	"sync"
	"sync/atomic"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/local"
	"quietstat/hvac"
	"quietstat/hvac/household"
)

// orders are what people have asked for, and the limits it must keep to. A value
// is never changed once it is published: the loop reads it at every tick without
// a lock, and whoever changes something publishes a new one.
type orders struct {
	setpoint hvac.Celsius
	mode     hvac.Mode
	params   *hvac.Params // read only
	change   uint64       // how many changes people have made since the start
	forgets  uint64       // how often somebody has asked for the house to be forgotten
	bypassed bypasses

	home household.Settings // what else; its mode, base setpoint and limits are those above
	plan *household.Plan    // all of it laid out in instants; nil: setpoint and mode hold
}

// desk is where orders are kept.
type desk struct {
	changing sync.Mutex // held by writers, never by the loop
	present  atomic.Pointer[orders]

	clock func() clock.Instant // nil: no clock, so nothing is planned
	zone  *time.Location       // guarded by changing
	level func() household.Level
}

func (d *desk) load() *orders { return d.present.Load() }

// mode stores a new mode if the equipment for it is wired.
func (d *desk) mode(word string) error {
	mode, err := hvac.ParseMode(word)
	if err != nil {
		return local.Usage(err.Error(), "for example: quietstat mode heat")
	}
	d.changing.Lock()
	defer d.changing.Unlock()
	o := *d.load()
	heat, cool := o.params.CanHeat, o.params.CanCool
	switch {
	case mode == hvac.ModeHeat && !heat:
		return local.Refuse("no heating relay is wired", "add [relays.heat] to quietstat.toml, or choose another mode")
	case mode == hvac.ModeCool && !cool:
		return local.Refuse("no cooling relay is wired", "add [relays.cool] to quietstat.toml, or choose another mode")
	case mode == hvac.ModeAuto && !heat && !cool:
		return local.Refuse("neither a heating nor a cooling relay is wired", "add [relays.heat] or [relays.cool] to quietstat.toml")
	case mode == hvac.ModeDry && !cool && !o.params.Equipment.Dry:
		return local.Refuse("nothing is wired that could dry the air", "add [relays.cool] or [relays.dehumidifier] to quietstat.toml, or choose another mode")
	}
	if err := o.home.Open(); err != nil {
		return refusal(err)
	}
	o.mode = mode
	o.change++
	d.publish(&o)
	return nil
}

// tune replaces the parameters. A setpoint that the new range excludes moves to
// its nearest end.
func (d *desk) tune(p hvac.Params) {
	d.changing.Lock()
	defer d.changing.Unlock()
	o := *d.load()
	o.params = &p
	o.setpoint = within(o.setpoint, &p)
	d.publish(&o)
}

// within is the setpoint of the configured range nearest to c; the lowest for
// what is not a number.
func within(c hvac.Celsius, p *hvac.Params) hvac.Celsius {
	if !(c >= p.SetpointMin) {
		return p.SetpointMin
	}
	return min(c, p.SetpointMax)
}
