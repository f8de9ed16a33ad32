package keeper

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// A wish said in the room counts only while a session is open: the process that
// passes it on is no evidence, and neither is a sentence that a voice stack claims to
// have understood. Whichever stack's wake word, or a press, opened the session: the
// service that understands is often another than the one that hears.
//
// What is set goes to control.sock, where it is judged as a person's command is. What
// is asked leaves through the gate, to this-room. All other answers are always the
// same, so that they tell nothing.
const (
	answerDone     = "Done."
	answerNo       = "That is not possible."
	answerSilent   = "I may not say that here."
	answerAgain    = "Please ask again."
	answerUnproven = "Please say the wake word first."
)

// wishPatience is how long a wish waits: for the event that opens its session, which
// comes from another program; for the light and a fresh sample; on CLOCK_BOOTTIME.
const wishPatience = 4 * time.Second

// controlPatience is how long control may take to answer a command, on the real clock.
const controlPatience = 2 * time.Second

// wish is the one thing somebody in the room waits for.
type wish struct {
	wire.Intent
	until   time.Duration // BOOTTIME
	carried bool          // given to control
	asked   bool          // given to the gate
}

// intend takes a wish in. One is dealt with at a time, as one person speaks.
func (c *core) intend(i wire.Intent) {
	if c.wish != nil || c.beneficiary(i.Source) {
		c.say(i.ID, answerAgain)
		return
	}
	c.wish = &wish{Intent: i, until: c.now().Boot + wishPatience}
	c.settleWish()
}

// settleWish does what can be done about the wish at this instant.
func (c *core) settleWish() {
	w := c.wish
	if w == nil || w.carried {
		return
	}
	_, open := c.state.Session()
	over := c.now().Boot >= w.until
	switch {
	case !open && over:
		c.voice.refuse(&consent.Refusal{Check: consent.CheckEvidence, Reason: consent.ReasonUnproven})
		c.reply(answerUnproven)
	case !open:
	case w.Kind != wire.IntentGetTemperature:
		c.carryOut(w)
	case over || !c.roomMayHear():
		c.reply(answerSilent)
	case !w.asked:
		c.askGate(w)
	}
}

// reply answers the wish, and is done with it.
func (c *core) reply(text string) {
	w := c.wish
	c.wish = nil
	c.say(w.ID, text)
}

func (c *core) say(id uint64, text string) {
	if err := c.ear.say(wire.Answer{ID: id, Text: text}); err != nil {
		c.log.Warn("an answer did not reach the voice role")
	}
}

// carryOut gives a command to control, beside the core.
func (c *core) carryOut(w *wish) {
	verb, arguments, ok := c.command(w.Intent)
	if !ok {
		c.reply(answerNo)
		return
	}
	w.carried = true
	c.busy++
	go func() {
		ctx, cancel := context.WithTimeout(c.running, controlPatience)
		defer cancel()
		err := c.tellControl(ctx, verb, arguments)
		c.hand(func() {
			c.busy--
			text := answerDone
			if err != nil {
				text = answerNo
			}
			if c.wish == w { // and not of a voice role that came later
				c.reply(text)
			}
		})
	}()
}

// command is a wish as a person would put it to control.
func (c *core) command(i wire.Intent) (verb string, arguments any, ok bool) {
	switch i.Kind {
	case wire.IntentSetTemperature:
		return "set", local.SetArguments{SetpointC: i.Number}, true
	case wire.IntentChangeTemperature:
		return "set", change{byK: i.Number}, c.control
	case wire.IntentSetMode:
		m := consent.Mode(i.Number)
		return "mode", local.ModeArguments{Mode: m.String()}, i.Number == float64(m) && m <= consent.ModeDry
	}
	return "", nil, false
}

// roomMayHear reports whether this session has anything to tell the room.
func (c *core) roomMayHear() bool {
	_, open := c.state.Window(consent.RoomID)
	return open
}

// askGate asks for the answer once the way to the room is open. It comes with a
// release, of this instant or one soon.
func (c *core) askGate(w *wish) {
	if !c.state.Connected(consent.RoomID) {
		return
	}
	w.asked = true
	if err := c.gate.Ask(c.now(), &c.state, consent.RoomID, consent.Question{Kind: consent.CommandReport}); err != nil {
		c.reply(answerSilent)
		return
	}
	c.askFreshSample()
}

// roomRefused gives a question up that waiting does not help.
func (c *core) roomRefused(recipient string, r *consent.Refusal) {
	if recipient != consent.RoomID || c.wish == nil || !c.wish.asked {
		return
	}
	switch r.Reason {
	case consent.ReasonNotDue, consent.ReasonEarlySample, consent.ReasonStaleSample, consent.ReasonLight, consent.ReasonUnsavedTopic:
		return
	}
	c.reply(answerSilent)
}

// connectRoom opens the way to this-room, which is no process of its own: the voice
// role, which asks, is there or nothing is asked.
func (c *core) connectRoom(w consent.OpenWindow) {
	current, _ := c.state.Window(w.Recipient)
	err := c.fence.admit(&openLine{line: &roomLine{answer: c.answerRoom}, recipient: w.Recipient, epoch: w.Epoch, bases: current.Bases})
	if err != nil {
		c.uplinkFailed(w, err)
		return
	}
	c.uplinkOpened(w)
	c.settleWish()
}

// roomLine is the fence's line to this-room.
type roomLine struct {
	answer func(frame []byte) error
	shut   atomic.Bool
}

var _ line = (*roomLine)(nil)

// Deliver says a decided message. It runs on the core.
func (l *roomLine) Deliver(frame []byte) error {
	if l.shut.Load() {
		return errFenced
	}
	return l.answer(frame)
}

// Shut ends the line at once: nothing is on its way anywhere.
func (l *roomLine) Shut(time.Duration) error {
	l.shut.Store(true)
	return nil
}

var errNobodyAsked = errors.New("nobody in the room asks any more")

// answerRoom answers the wish with what the gate decided.
func (c *core) answerRoom(frame []byte) error {
	w := c.wish
	if w == nil || !w.asked {
		return errNobodyAsked
	}
	answer, outcome, err := wire.AnswerOf(frame, w.ID)
	if err != nil {
		return err
	}
	c.wish = nil
	if err := c.ear.say(answer); err != nil {
		return err
	}
	go c.hand(func() { c.outcome(outcome) })
	return nil
}
