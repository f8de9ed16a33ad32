package control

import (
	"slices"
	"strings"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
)

// reload reads the configuration again and takes over what can change while the
// house is being kept: limits, gains, delays, labels of doors. The controller
// makes the change bumpless. What is wired stays as it is until a restart, and a
// file that rewires is refused whole.
func (r *role) reload() error {
	if r.reread == nil {
		return local.Refuse("this thermostat was started without a configuration file", "restart it with one")
	}
	r.reloading.Lock()
	defer r.reloading.Unlock()
	next, err := r.reread()
	if err != nil {
		return local.Refuse("the configuration was not changed: "+err.Error(), "check it with: quietstat config check")
	}
	if keys := rewired(r.config, next); len(keys) > 0 {
		return local.Refuse("the configuration was not changed: "+strings.Join(keys, ", ")+" can only change at a start",
			"restart quietstat-control")
	}
	zone, err := next.Household.Location()
	if err != nil {
		return local.Refuse("the configuration was not changed: "+err.Error(), "see quietstat config example")
	}
	r.config = next
	r.desk.tune(r.params(next.HVACParams()))
	r.desk.move(zone)
	r.note(func(f *facts) { f.doors = doorsOf(next) })
	return nil
}

// rewired names the keys that differ and cannot be changed under a running loop.
// Keys of the other roles are theirs to judge.
func rewired(a, b *config.Config) []string {
	wires := func(d config.Door) config.Door { d.Label = ""; return d }
	var keys []string
	for _, k := range []struct {
		name    string
		differs bool
	}{
		{"state", a.State != b.State},
		{"board", a.Board != b.Board},
		{"sensor.period", a.Sensor.Period != b.Sensor.Period},
		{"sensor.second", a.Sensor.Second != b.Sensor.Second},
		{"relays", a.Relays != b.Relays},
		{"doors", !slices.EqualFunc(a.Doors, b.Doors, func(x, y config.Door) bool { return wires(x) == wires(y) })},
		{"control.period", a.Control.Period != b.Control.Period},
		{"control.shadow", a.Control.Shadow != b.Control.Shadow},
		{"control.realtime", a.Control.Realtime != b.Control.Realtime},
	} {
		if k.differs {
			keys = append(keys, k.name)
		}
	}
	return keys
}

// doorsOf are ids and labels in the order of the board.
func doorsOf(c *config.Config) []local.Door {
	doors := make([]local.Door, len(c.Doors))
	for i, d := range c.Doors {
		doors[i] = local.Door{ID: d.ID, Label: d.Label}
	}
	return doors
}
