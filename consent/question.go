package consent

import (
	"slices"
	"time"
)

// CommandKind is what can be wished or asked from outside of this package, by a
// recipient or in the room. The list is closed, and nothing on it opens anything.
type CommandKind uint8

const (
	CommandNone        CommandKind = iota
	CommandSetpoint                // the temperature to hold, in °C
	CommandAdjust                  // warmer or colder by so many K
	CommandMode                    // a Mode
	CommandPreset                  // as Snapshot.Preset counts them
	CommandResume                  // what the schedule says again
	CommandBirth                   // the recipient has started and knows nothing
	CommandReport                  // how is it?
	CommandDiscover                // what is there?
	CommandAcceptGrant             // an account was linked, which gives nothing
)

var commandNames = []string{
	"none", "setpoint", "adjust", "mode", "preset", "resume", "birth", "report", "discover", "accept-grant",
}

// String returns the name in lower case, for example "setpoint".
func (k CommandKind) String() string { return enumName(commandNames, k) }

// Moves reports whether the command would change what the house does.
func (k CommandKind) Moves() bool { return k >= CommandSetpoint && k <= CommandResume }

// Asks reports whether it is a question, which changes nothing.
func (k CommandKind) Asks() bool { return k >= CommandReport && k <= CommandAcceptGrant }

// CommandResult is what became of a command, before its answer is made.
type CommandResult uint8

const (
	ResultNone    CommandResult = iota // there was nothing to do
	ResultApplied                      // it holds now, perhaps clamped
	ResultRefused                      // it does not
)

// Question is what somebody asked, in closed terms: a profile that answers renders
// its reply to it, out of what a basis covers and nothing else.
type Question struct {
	Kind   CommandKind
	Number float64 // in the unit of Kind; never written down as it came
	Ref    string  // by which the asker knows the answer again: at most MaxRef bytes of printable ASCII
	Result CommandResult
}

// MaxRef is the most bytes a Question's Ref can have.
const MaxRef = 1024

// questionLife is how long a question waits for its answer. What could not be
// answered by then is dropped: nothing is kept to be said later.
const questionLife = 3 * time.Second

// maxQuestions is how many wait at once, for one recipient.
const maxQuestions = 4

// asked is a question that waits.
type asked struct {
	Question
	until    time.Duration // BOOTTIME
	answered bool
}

// later reports whether a wish came after this snapshot of the house, which then does
// not know of it.
func (a *asked) later(snapshot time.Duration) bool {
	return a.Kind.Moves() && snapshot < a.until-questionLife
}

// Ask notes a question, to be answered by the next Release for this recipient under
// the first basis that covers it. A recipient without a window is not answered, and
// neither is one whose profile does not answer: the error is a *Refusal.
func (g *Gate) Ask(now Now, st *State, recipient string, q Question) error {
	r, known := st.recipients[recipient]
	p, ok := profileOf(r.Profile)
	_, open := st.windows[recipient]
	waiting := g.asked[recipient]
	switch {
	case !known:
		return &Refusal{Check: CheckRecipient, Reason: ReasonNoRecipient, Recipient: recipient}
	case !ok || !p.answers || int(q.Kind) >= len(commandNames) || q.Kind == CommandNone || len(q.Ref) > MaxRef || !printable(q.Ref):
		return &Refusal{Check: CheckSchema, Reason: ReasonInvalid, Recipient: recipient}
	case !open:
		return &Refusal{Check: CheckBasis, Reason: ReasonNoBasis, Recipient: recipient}
	case len(waiting) >= maxQuestions:
		return &Refusal{Check: CheckRate, Reason: ReasonRate, Recipient: recipient}
	}
	if g.asked == nil {
		g.asked = map[string][]*asked{}
	}
	g.asked[recipient] = append(waiting, &asked{Question: q, until: now.Boot + questionLife})
	return nil
}

// printable reports whether s is printable ASCII.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// candidates are the consents to consider for a recipient: those in its window, for a
// profile that answers once for each question that waits, the widest first. One that
// would tell nothing of what was asked leaves the answer to the next.
func (g *Gate) candidates(st *State, recipient string) []candidate {
	open := st.open(recipient)
	p, _ := profileOf(st.recipients[recipient].Profile)
	if !p.answers {
		return open
	}
	out := open[:0:0]
	for _, c := range open {
		if c.erase != "" || c.basis == nil {
			out = append(out, c)
		}
	}
	answering := slices.DeleteFunc(slices.Clone(open), func(c candidate) bool { return c.erase != "" || c.basis == nil || c.kind == BasisOnce })
	slices.SortStableFunc(answering, func(a, b candidate) int { return len(b.scope.FieldNames()) - len(a.scope.FieldNames()) })
	for _, q := range g.asked[recipient] {
		for i, c := range answering {
			c.question, c.unlessMute = q, i < len(answering)-1
			out = append(out, c)
		}
	}
	return out
}

// answered drops what was answered or has waited too long.
func (g *Gate) answered(now Now, recipient string) {
	var left []*asked
	for _, q := range g.asked[recipient] {
		if !q.answered && now.Boot < q.until {
			left = append(left, q)
		}
	}
	if len(left) == 0 {
		delete(g.asked, recipient)
		return
	}
	g.asked[recipient] = left
}
