package doctor

import (
	"fmt"
	"time"

	"quietstat/agent/internal/config"
	"quietstat/drivers"
	"quietstat/hvac"
)

// Board is what the guided tests need of an opened drivers.Board.
type Board interface {
	SetRelays(out hvac.Outputs) error
	Poll(now time.Duration) error
	Doors() ([hvac.MaxDoors]hvac.Contact, int)
}

// Guide is how the guided tests speak with the owner.
type Guide struct {
	Ask func(question string) (yes bool, err error) // an error ends the test
	// Wait lets time pass between two looks at a door; it is the board's clock.
	Wait func(time.Duration) (now time.Duration, err error)
}

// click is one step of the relay test: one decision, as control could make it.
type click struct {
	name string
	out  hvac.Outputs
}

// clicks are the steps for a wiring. Each is a decision of hvac, so the interlock of the
// drivers judges it like any other: heating and cooling never together, the valve only
// under a compressor that rests.
func clicks(o *drivers.Options) []click {
	work := func(w hvac.Work) hvac.Outputs { return hvac.Outputs{Call: w.Side(), Lines: hvac.Lines{Work: w}} }
	pumped := work(hvac.WorkHeat)
	pumped.Lines.Valve = hvac.ValveHeat
	energised := hvac.Lines{Valve: hvac.ValveCool}
	if o.ReversingB {
		energised.Valve = hvac.ValveHeat
	}
	all := []struct {
		pin string
		click
	}{
		{o.Heat.Pin, click{"heat", work(hvac.WorkHeat)}},
		{o.Heat2.Pin, click{"heat2 (with heat)", work(hvac.WorkHeat2)}},
		{o.Cool.Pin, click{"cool", work(hvac.WorkCool)}},
		{o.Reversing.Pin, click{"reversing", hvac.Outputs{Lines: energised}}},
		{o.Compressor.Pin, click{"compressor", pumped}},
		{o.Aux.Pin, click{"aux", work(hvac.WorkAux)}},
		{o.Dehumidifier.Pin, click{"dehumidifier", work(hvac.WorkDry)}},
		{o.Fan.Pin, click{"fan", hvac.Outputs{Fan: true}}},
	}
	var list []click
	for _, c := range all {
		if c.pin != "" {
			list = append(list, c.click)
		}
	}
	return list
}

// Relays switches each relay on once, alone, and asks the owner what became of it. The
// board's relays are off before the first question and after every answer. What hangs on
// the relays must be without current: a compressor that is started for a second suffers.
func Relays(c *config.Config, b Board, g Guide) ([]Finding, error) {
	const check = "relay "
	o := c.DriversOptions()
	if c.Control.Shadow {
		return []Finding{warn("relays", "set control.shadow = false first", "an old thermostat drives the house: no relay of ours is wired")}, nil
	}
	yes, err := g.Ask("Is everything that hangs on the relays switched off at its breaker, and every relay released (its lamp dark)?")
	if err != nil {
		return nil, err
	}
	if !yes {
		return []Finding{fail("relays", "switch it off at the breaker. If a lamp is lit although nothing is switched on, that relay closes at the other level: change its active_low", "not tried")}, nil
	}
	var findings []Finding
	for _, k := range clicks(&o) {
		yes, err := g.Ask(fmt.Sprintf("%s: shall it click now?", k.name))
		if err != nil {
			return findings, err
		}
		if !yes {
			findings = append(findings, warn(check+k.name, "run quietstat doctor --relays again", "not tried"))
			continue
		}
		if err := b.SetRelays(k.out); err != nil {
			findings = append(findings, fail(check+k.name, "check the pin in the configuration, and who holds it", "it cannot be switched: %v", err))
			continue
		}
		on, askErr := g.Ask(fmt.Sprintf("%s: did that relay, and no other, close (a click, its lamp lit)?", k.name))
		if err := b.SetRelays(hvac.Outputs{}); err != nil {
			return append(findings, fail(check+k.name, "switch the supply off", "it cannot be switched off again: %v", err)), nil
		}
		if askErr != nil {
			return findings, askErr
		}
		off, err := g.Ask(fmt.Sprintf("%s: is it released again, and its lamp dark?", k.name))
		if err != nil {
			return findings, err
		}
		switch {
		case on && off:
			findings = append(findings, ok(check+k.name, "closes when it shall, and lets go"))
		case !on && !off:
			findings = append(findings, fail(check+k.name, "change active_low of this relay, and run the test again", "it closes when it shall let go: the polarity is the wrong way round"))
		case !on:
			findings = append(findings, fail(check+k.name, "check the wire from the pin to IN, the 5 V of the relay board, and whether the pins of two relays are swapped", "it does not close"))
		default:
			findings = append(findings, fail(check+k.name, "switch the supply off: the contact may be welded, or another program drives the pin", "it does not let go"))
		}
	}
	return findings, nil
}

// doorPatience is how long a door may take to be seen; doorLook how often it is looked at.
const (
	doorPatience = 3 * time.Second
	doorLook     = 60 * time.Millisecond
)

// Doors has the owner open and close each door and watches its contact. read tells the
// contacts in the order of the configuration.
func Doors(c *config.Config, read func(now time.Duration) ([]hvac.Contact, error), g Guide) ([]Finding, error) {
	if len(c.Doors) == 0 {
		return []Finding{ok("doors", "none is configured")}, nil
	}
	var findings []Finding
	for i, d := range c.Doors {
		check := "door " + d.ID
		var saw [2]bool
		tried := true
		for step, want := range []bool{true, false} {
			yes, err := g.Ask(fmt.Sprintf("%s: %s it now. Is it %s?", d.ID, []string{"open", "close"}[step], []string{"open", "closed"}[step]))
			if err != nil {
				return findings, err
			}
			if tried = tried && yes; !tried {
				break
			}
			if saw[step], err = becomes(i, want, read, g); err != nil {
				return append(findings, fail(check, "see the checks of gpio and pins", "it cannot be read: %v", err)), nil
			}
		}
		switch {
		case !tried:
			findings = append(findings, warn(check, "run quietstat doctor --doors again", "not tried"))
		case saw[0] && saw[1]:
			findings = append(findings, ok(check, "opens and closes"))
		case saw[0]:
			findings = append(findings, fail(check, "check the wire to the reed and to ground, and the distance of the magnet: a cut cable reads as open", "it reads open all the time"))
		case saw[1]:
			findings = append(findings, fail(check, "check for a short between the pin and ground, and for a magnet that holds the reed", "it reads closed all the time"))
		default:
			findings = append(findings, fail(check, "use a reed that is closed while the magnet is near (normally open), or check that the pins of two doors are not swapped", "it reads the wrong way round"))
		}
	}
	return findings, nil
}

// Contacts reads the doors of a board of our own.
func Contacts(b Board) func(now time.Duration) ([]hvac.Contact, error) {
	return func(now time.Duration) ([]hvac.Contact, error) {
		if err := b.Poll(now); err != nil {
			return nil, err
		}
		contacts, n := b.Doors()
		return contacts[:n], nil
	}
}

// becomes reports whether a contact shows open or closed before patience is over.
func becomes(i int, open bool, read func(time.Duration) ([]hvac.Contact, error), g Guide) (bool, error) {
	for waited := time.Duration(0); waited <= doorPatience; waited += doorLook {
		now, err := g.Wait(doorLook)
		if err != nil {
			return false, err
		}
		contacts, err := read(now)
		if err != nil {
			return false, err
		}
		if i < len(contacts) && contacts[i].Known && contacts[i].Open == open {
			return true, nil
		}
	}
	return false, nil
}
