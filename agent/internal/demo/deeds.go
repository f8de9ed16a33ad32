package demo

import (
	"fmt"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
	"quietstat/drivers/sim"
)

// The deeds of the script. Each is done between two instants, by the means people
// have: quietstat's verbs, a finger on the button, a hand on the door.

// The two kinds of window the script has.
const (
	voiceSession = "voice session"
	optIn        = "opt-in"
)

func (s *show) night() error {
	s.measure.want(s.moment.since(), nightTemperature, false)
	if err := s.caller.mode("heat"); err != nil {
		return err
	}
	return s.caller.set(nightTemperature)
}

func (s *show) morning() error { return s.want(dayTemperature, true) }
func (s *show) evening() error { return s.want(nightTemperature, false) }

func (s *show) want(celsius float64, occupied bool) error {
	s.measure.want(s.moment.since(), celsius, occupied)
	return s.caller.set(celsius)
}

func (s *show) enrol() error {
	p, err := s.caller.enrol(recipient{
		ID: recipientID, DisplayName: "Kitchen assistant", Reach: consent.ReachThisDevice.String(),
		Endpoint: "mqtt://" + s.broker.Addr().String(), TopicPrefix: "quietstat/" + recipientID, Profile: consent.ProfileJSON,
	})
	if err != nil {
		return err
	}
	return s.prove(p, func(local.Pending) error { return s.crew.uplinks.Rescan() })
}

func (s *show) allow() error {
	p, err := s.caller.policy(recipientID, sessionShares)
	if err != nil {
		return err
	}
	return s.prove(p, nil)
}

// talk begins a window with the press.
func (s *show) talk() error {
	s.open(voiceSession, sessionFields)
	return s.press()
}

func (s *show) hangUp() error {
	if err := s.caller.endSession(); err != nil {
		return err
	}
	return s.close(voiceSession)
}

// optIn begins a window with the wish, which is before the press that proves it.
func (s *show) optIn() error {
	s.open(optIn, grantFields)
	p, err := s.caller.grant(recipientID, grantPurpose, grantShares)
	if err != nil {
		return err
	}
	return s.prove(p, func(done local.Pending) error {
		s.grant = done.ID
		return nil
	})
}

func (s *show) optOut() error {
	if s.grant != "" {
		id := s.grant
		s.grant = ""
		if err := s.caller.revoke(id); err != nil {
			return err
		}
	}
	return s.close(optIn)
}

// prove presses the talk button for an owner's action that waits for it, and then
// asks what became of it.
func (s *show) prove(p local.Pending, then func(local.Pending) error) error {
	if then == nil {
		then = func(local.Pending) error { return nil }
	}
	if p.Action == 0 {
		return then(p)
	}
	s.later(2*time.Second, s.press)
	s.later(8*time.Second, func() error {
		done, err := s.caller.waited(p.Action)
		if err != nil {
			return err
		}
		return then(done)
	})
	return nil
}

// pressTime is how long the finger stays: longer than two looks of control.
const pressTime = 2 * period

func (s *show) press() error {
	pin := string(s.home.config.Board.Talk)
	s.later(pressTime, func() error { return s.world.Board.Press(pin, false) })
	return s.world.Board.Press(pin, true)
}

func (s *show) openDoor() error {
	s.disturbed.door = true
	return s.world.MoveDoor("front", true)
}

func (s *show) shutDoor() error {
	s.disturbed.door = false
	return s.world.MoveDoor("front", false)
}

func (s *show) pullSensor() error {
	s.disturbed.sensor = true
	s.world.Board.SetFault(sim.SensorDead)
	return nil
}

func (s *show) plugSensor() error {
	s.disturbed.sensor = false
	s.world.Board.ClearFault(sim.SensorDead)
	return nil
}

// open begins a window: from now on the script has agreed to these fields.
func (s *show) open(name string, fields []string) {
	s.windows = append(s.windows, &window{Name: name, From: s.broker.mark(), Fields: fields})
}

// close ends a window: the role has said that nothing can leave any more. What
// was on its way has arrived when settle returns.
func (s *show) close(name string) error {
	err := s.broker.settle()
	for _, w := range s.windows {
		if w.Name == name && w.To == 0 {
			w.To = s.broker.mark()
			s.tellLeft(w)
		}
	}
	if err != nil {
		return fmt.Errorf("after the %s: %w", name, err)
	}
	return nil
}

// closeAll ends what the end of the demo finds open.
func (s *show) closeAll() error {
	for _, w := range s.windows {
		if w.To != 0 {
			continue
		}
		end := s.hangUp
		if w.Name == optIn {
			end = s.optOut
		}
		if err := end(); err != nil {
			return err
		}
	}
	return nil
}
