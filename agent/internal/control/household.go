package control

import (
	"errors"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/local"
	"quietstat/hvac"
	"quietstat/hvac/household"
)

// settings are everything people have asked for, in one.
func (o *orders) settings() household.Settings {
	s := o.home
	s.Mode, s.Base.Setpoint = o.mode, o.setpoint
	s.Limits = household.Limits{Min: o.params.SetpointMin, Max: o.params.SetpointMax}
	return s
}

// adopt takes new settings, in everything but mode and limits.
func (o *orders) adopt(s household.Settings) {
	o.home = s
	o.setpoint = within(s.Temperature(s.Base), o.params)
}

// target is how warm it shall be at an instant. last is the level of the target before.
// It allocates nothing.
func (o *orders) target(at household.Instant, last household.Level) household.Target {
	if o.plan == nil {
		return household.Target{Mode: o.mode, Setpoint: o.setpoint, Since: household.Unknown, Until: household.Forever}
	}
	return o.plan.Resolve(at, last)
}

// moment is an instant of the clock as package household takes it.
func moment(t clock.Instant) household.Instant {
	return household.Instant{Now: t.Boot, Wall: t.Wall, Trusted: t.Trusted}
}

// now is the present instant, one that tells nothing without a clock.
func (d *desk) now() household.Instant {
	if d.clock == nil {
		return household.Instant{}
	}
	return moment(d.clock())
}

// last is what the week asked for at the last tick, or before the start.
func (d *desk) last() household.Level {
	if d.level != nil {
		if l := d.level(); l.Known {
			return l
		}
	}
	return d.load().home.Last
}

// publish lays the week out anew and hands the orders to the loop. Whoever calls it
// holds changing.
func (d *desk) publish(o *orders) {
	if d.clock != nil {
		o.plan = household.NewPlan(o.settings(), d.zone, d.now())
	}
	d.present.Store(o)
}

// replan lays out the week around the present.
func (d *desk) replan() {
	d.changing.Lock()
	defer d.changing.Unlock()
	o := *d.load()
	d.publish(&o)
}

// move takes the time zone of a configuration.
func (d *desk) move(zone *time.Location) {
	d.changing.Lock()
	defer d.changing.Unlock()
	d.zone = zone
	o := *d.load()
	d.publish(&o)
}

// arrive moves everything that was counted from CLOCK_BOOTTIME 0, before the first
// instant of a virtual clock was known, to where it really is.
func (d *desk) arrive(boot time.Duration) {
	d.changing.Lock()
	defer d.changing.Unlock()
	o := *d.load()
	o.home = o.home.Shift(boot)
	d.publish(&o)
}

// A wish makes new settings of the present ones, which resolve to t at an instant.
type wish func(s household.Settings, at household.Instant, t household.Target) (household.Settings, error)

// wish grants a person's wish, or says why not.
func (d *desk) wish(w wish) error {
	d.changing.Lock()
	defer d.changing.Unlock()
	o := *d.load()
	at := d.now()
	s, err := w(o.settings(), at, o.target(at, d.last()))
	if err != nil {
		return refusal(err)
	}
	o.adopt(s)
	o.change++
	d.publish(&o)
	return nil
}

// setpoint asks for a temperature: until the next transition where there is one, for
// good where there is no schedule.
func (d *desk) setpoint(c hvac.Celsius) error {
	return d.wish(func(s household.Settings, at household.Instant, t household.Target) (household.Settings, error) {
		return s.Wish(household.Aim{Setpoint: c}, at, t)
	})
}

// refusal is what was wrong with a wish as it crosses the socket.
func refusal(err error) error {
	var f *household.Fault
	switch {
	case !errors.As(err, &f):
		return err
	case f.Refused:
		return local.Refuse(f.Message(), f.Remedy)
	}
	return local.Usage(f.Message(), f.Remedy)
}
