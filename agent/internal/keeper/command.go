package keeper

import (
	"context"
	"math"
	"path/filepath"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// A recipient's command takes the way a person's takes: to control.sock, where it is
// judged again. The keeper judges before whether this recipient may wish at all
// (consent.Gate.Obey), and writes down that it did before anything is done. What
// became of it is told by nothing but the next message that is due.

// commanded takes in what a recipient said through its window.
func (c *core) commanded(w consent.OpenWindow, m wire.Command) {
	if m.Epoch != w.Epoch {
		return
	}
	switch q := m.Question(); {
	case q.Kind == consent.CommandBirth:
		if !m.Retained { // what was kept says nothing of now, and a window begins with an introduction
			c.deny(c.gate.Introduce(c.now(), w.Recipient))
		}
	case q.Kind.Asks() && m.Retained:
		c.deny(&consent.Refusal{Check: consent.CheckFresh, Reason: consent.ReasonRetained, Recipient: w.Recipient})
	case q.Kind.Asks():
		c.deny(c.gate.Ask(c.now(), &c.state, w.Recipient, q))
	default:
		c.obey(w.Recipient, m)
	}
}

// deny counts a refusal of something that came from outside.
func (c *core) deny(err error) {
	if err != nil {
		c.gate.Count(err)
		c.refused(err)
	}
}

// obey has a command carried out that may be.
func (c *core) obey(recipient string, m wire.Command) {
	q := m.Question()
	received, err := c.gate.Obey(c.now(), &c.state, recipient, m.Epoch, q, m.Retained)
	if err != nil {
		c.deny(err)
		if !m.Retained { // which nobody asks now, so that nobody waits for an answer
			c.answer(recipient, q, consent.ResultRefused)
		}
		return
	}
	if _, err := c.Append(received); err != nil {
		c.ledgerFailed(err)
		return
	}
	verb, arguments, ok := c.wished(q, recipient)
	if !ok {
		c.obeyed(received, q, consent.ResultRefused)
		return
	}
	c.busy++
	go func() { // beside the core: control may be slow, or gone
		ctx, cancel := context.WithTimeout(c.running, controlPatience)
		defer cancel()
		how := consent.ResultApplied
		if c.tellControl(ctx, verb, arguments) != nil {
			how = consent.ResultRefused
		}
		c.hand(func() {
			c.busy--
			c.obeyed(received, q, how)
		})
	}()
}

// change is a setpoint so many kelvin from what control wants now, instead of
// local.SetArguments.
type change struct {
	byK     float64
	nearest bool
}

// tellControl gives a command to control. What a change starts from is asked of control:
// the newest snapshot may be older than the last command.
func (c *core) tellControl(ctx context.Context, verb string, arguments any) error {
	path := filepath.Join(c.o.Runtime, local.ControlSocket)
	if by, ok := arguments.(change); ok {
		var now local.Status
		if err := local.Call(ctx, path, "status", nil, &now); err != nil {
			return err
		}
		arguments = local.SetArguments{SetpointC: math.Round((now.SetpointC+by.byK)*100) / 100, Nearest: by.nearest}
	}
	return local.Call(ctx, path, verb, arguments, nil)
}

// obeyed writes down what became of a command.
func (c *core) obeyed(received consent.Entry, q consent.Question, how consent.CommandResult) {
	if _, err := c.Append(consent.Obeyed(c.now(), received, how)); err != nil {
		c.ledgerFailed(err)
		return
	}
	c.answer(received.Recipient, q, how)
}

// answer has what became of a command told to a recipient whose profile answers; others
// see it when the next message is due.
func (c *core) answer(recipient string, q consent.Question, how consent.CommandResult) {
	r, _ := c.state.Recipient(recipient)
	if !r.Answered() || !q.Valid() {
		return
	}
	q.Result = how
	c.deny(c.gate.Ask(c.now(), &c.state, recipient, q))
}

// wished is a command as a person would put it to control.sock. Temperatures out of
// control's range are moved to its ends: the range itself is not told to anybody. Only a
// setpoint of a recipient that is answered is refused, as the answer repeats it.
func (c *core) wished(q consent.Question, recipient string) (verb string, arguments any, ok bool) {
	r, _ := c.state.Recipient(recipient)
	switch q.Kind {
	case consent.CommandSetpoint:
		return "set", local.SetArguments{SetpointC: q.Number, Nearest: !r.Answered()}, true
	case consent.CommandAdjust:
		return "set", change{byK: q.Number, nearest: true}, c.control
	case consent.CommandMode:
		m := consent.Mode(min(max(q.Number, 0), math.MaxUint8))
		return "mode", local.ModeArguments{Mode: m.String()}, q.Number == float64(m) && m <= consent.ModeDry
	case consent.CommandPreset:
		name, known := consent.PresetName(q.Number)
		return "preset", local.PresetArguments{Name: name}, known
	case consent.CommandResume:
		return "hold.end", nil, true
	}
	return "", nil, false
}
