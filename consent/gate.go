package consent

import (
	"errors"
	"io"
	"time"
)

// Ledger takes entries durably. Append returns only when the entry is on disk,
// with the position it got; on an error nothing may be assumed.
type Ledger interface {
	Append(Entry) (seq uint64, err error)
}

// Gate decides what leaves. It belongs to one goroutine, the one that owns the
// State. What it remembers between messages is pacing and refusals.
type Gate struct {
	ledger  Ledger
	entropy io.Reader
	pace    map[stream]pace
	known   map[stream]introduction
	asked   map[string][]*asked // by recipient
	wishes  map[string]pace     // by recipient: its commands
	denied  map[ReasonCode]uint64
	summed  time.Duration // BOOTTIME of the last summary
}

// NewGate makes a gate over a ledger and a source of randomness (crypto/rand in
// the shell). A gate without either refuses everything.
func NewGate(ledger Ledger, entropy io.Reader) *Gate {
	return &Gate{ledger: ledger, entropy: entropy}
}

// check is one of the ordered questions. Each may look at and add to the request;
// the first that refuses ends it.
type check struct {
	name Check
	ask  func(*request) *Refusal
}

// checks is the order of consent. Cheap and closing ones come first; the ledger
// comes last, so that an entry means that everything else said yes.
var checks = []check{
	{CheckKill, (*request).kill},
	{CheckLedger, (*request).ledger},
	{CheckClock, (*request).clock},
	{CheckSchema, (*request).schema},
	{CheckRecipient, (*request).recipient},
	{CheckBasis, (*request).basis},
	{CheckLive, (*request).live},
	{CheckFresh, (*request).fresh},
	{CheckGrain, (*request).grain},
	{CheckRate, (*request).rate},
	{CheckShape, (*request).shape},
	{CheckPath, (*request).path},
	{CheckLight, (*request).light},
	{CheckIntent, (*request).intent},
}

// Release is the only way out of the house: it asks every check in order for
// every basis that covers the recipient, and returns one Release per basis that
// passed them all. The error is a *Refusal, the first, when none passed. What was
// used is written into st.
//
// Call it after Apply with the same now, once per snapshot, for every recipient
// with a window. Hand each Release out at once and write its Outcome.
func (g *Gate) Release(now Now, st *State, recipient string, snap Snapshot) ([]Release, error) {
	return g.decide(checks, now, st, recipient, snap)
}

func (g *Gate) decide(checks []check, now Now, st *State, recipient string, snap Snapshot) ([]Release, error) {
	var out []Release
	var first *Refusal
	for _, c := range g.candidates(st, recipient) {
		if c.question != nil && c.question.answered {
			continue // under a basis that came before
		}
		q := &request{gate: g, now: now, st: st, id: recipient, snap: &snap, consent: c}
		if no := q.run(checks); no != nil {
			g.Count(no)
			if first == nil {
				first = no
			}
			continue
		}
		q.spend()
		out = append(out, q.release)
	}
	g.answered(now, recipient)
	g.forget(st)
	if len(out) == 0 && first != nil {
		return nil, first
	}
	return out, nil
}

// run asks the checks in order until one refuses.
func (q *request) run(checks []check) *Refusal {
	for _, c := range checks {
		if no := c.ask(q); no != nil {
			no.Check, no.Recipient, no.Basis = c.name, q.id, q.consent.id
			return no
		}
	}
	q.release.decided = true
	return nil
}

// Count notes a refusal for the next summary: the gate's own are noted already,
// those Apply returned are not. Other errors are ignored.
func (g *Gate) Count(err error) {
	var no *Refusal
	if errors.As(err, &no) && no.Counted() {
		if g.denied == nil {
			g.denied = map[ReasonCode]uint64{}
		}
		g.denied[no.Reason]++
	}
}

// SummaryPeriod is how often refusals are summed up in the ledger.
const SummaryPeriod = 15 * time.Minute

// Summary returns the deny.summary entry that is due, if refusals were counted
// and a SummaryPeriod has passed since the last, and starts counting anew. Thus a
// flood of refusals costs one entry.
func (g *Gate) Summary(now Now) (Entry, bool) {
	if len(g.denied) == 0 || now.Boot-g.summed < SummaryPeriod && now.Boot >= g.summed {
		return Entry{}, false
	}
	e := now.Entry(EntryDenySummary)
	e.Counts = g.denied
	g.denied, g.summed = nil, now.Boot
	return e, true
}
