package keeper

import (
	"math"
	"time"

	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// Bounds of what the keeper waits for, on CLOCK_BOOTTIME.
const (
	controlSilence = 5 * time.Second // no snapshot for this long: control is lost
	lightPatience  = 5 * time.Second // not confirmed for this long: the light is broken
)

// see takes in a snapshot.
func (c *core) see(s consent.Snapshot) {
	now := c.now()
	if !c.control {
		c.control = true
		c.button.forget()
		c.apply(consent.ControlBack{})
	}
	c.snap, c.snapBoot = s, now.Boot
	c.remember(s)
	pressed := c.button.observe(&s)
	switch {
	case pressed.Hold:
		c.quiet(consent.QuietHold{})
	case pressed.Quiet:
		c.quiet(consent.Quiet{})
	case pressed.Talk:
		clear(c.lapsed)
		if c.apply(consent.TalkPress{}) != nil {
			c.pressesRefused++
			c.changed()
		}
	}
	c.judgeLight(now.Boot)
}

// quiet is the button's way: the core itself shuts the lines first.
func (c *core) quiet(event consent.Event) {
	closing, err := c.fence.shutWhere(anyLine)
	if err != nil {
		c.log.Error("an uplink had to be killed and did not confirm", "problem", err)
	}
	c.apply(event)
	c.fence.took(closing)
}

// judgeLight compares what the light was asked with what control reports.
func (c *core) judgeLight(now time.Duration) {
	s := &c.snap
	if c.light.Epoch == 0 || !c.o.Indicator { // nothing to judge
		return
	}
	if s.IndicatorOK && s.IndicatorEpoch == c.light.Epoch && s.Indicator == c.light.Indicator {
		c.apply(consent.IndicatorUp{})
		return
	}
	if now-c.lightAt < lightPatience {
		return
	}
	c.apply(consent.IndicatorDown{})
	c.lightAt = now
	c.panel.ask(c.light) // so that a light that works again is noticed
}

// advance does everything else that is due at this instant.
func (c *core) advance() {
	now := c.now()
	c.apply(consent.Tick{})
	if c.control && now.Boot-c.snapBoot >= controlSilence {
		c.controlLost()
	}
	c.expirePending(now.Boot)
	c.dropStuck(answerLimit)
	c.connectWindows()
	c.settleWish()
	c.release()
	c.settleOnces(now.Boot)
	c.settleErasures(now.Boot)
	c.chores(now.Boot)
}

func (c *core) controlLost() {
	if !c.control {
		return
	}
	c.control = false
	c.button.forget()
	c.apply(consent.ControlLost{})
}

// remember puts a snapshot into the history of the house, which stays in it.
func (c *core) remember(s consent.Snapshot) {
	if c.history == nil {
		return
	}
	sample := store.Sample{At: c.source.Now(), Temperature: math.NaN(), Humidity: math.NaN(), Setpoint: s.Setpoint, Heat: s.Heat, Cool: s.Cool}
	if s.Sensor == consent.HealthOK {
		sample.Temperature, sample.Humidity = s.Temperature, s.Humidity
	}
	for _, d := range s.Doors[:s.DoorCount] {
		sample.DoorOpen = sample.DoorOpen || d.Known && d.Open
	}
	c.history.Add(sample)
}
