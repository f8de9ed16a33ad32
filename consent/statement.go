package consent

import (
	"fmt"
	"strings"
	"time"
)

// Line is one line of a statement: what happened, as a bank would print it.
type Line struct {
	Seq       uint64
	Wall      time.Time
	Trusted   bool
	Recipient string // id, "" when nobody in particular
	Basis     BasisKind
	What      string     // for example "sent climate.temperature, setpoint"
	Bytes     int        // of the payload, 0 when nothing could have left
	Outcome   ReasonCode // of a release; ReasonUnknown when the ledger does not say
}

// String prints the line for people: time, recipient, basis, what, bytes. A time
// that was not trusted carries a question mark.
func (l Line) String() string {
	mark := " "
	if !l.Trusted {
		mark = "?"
	}
	who, basis := l.Recipient, ""
	if who == "" {
		who = "-"
	}
	if l.Basis != BasisNone {
		basis = l.Basis.String()
	}
	s := fmt.Sprintf("%6d  %s%s  %-16s  %-7s  %s", l.Seq, l.Wall.UTC().Format("2006-01-02 15:04:05"), mark, who, basis, l.What)
	if l.Bytes > 0 {
		s += fmt.Sprintf("  (%d bytes)", l.Bytes)
	}
	return s
}

// Statement turns entries into lines, oldest first. An intent and its outcome
// become one line; an intent without one is "unknown", for it may have left.
func Statement(entries []Entry) []Line {
	outcomes := map[[32]byte]ReasonCode{}
	for _, e := range entries {
		if e.Kind == EntryReleaseOutcome {
			outcomes[e.Commitment] = e.Reason
		}
	}
	var lines []Line
	for _, e := range entries {
		if e.Kind == EntryReleaseOutcome {
			continue
		}
		l := Line{Seq: e.Seq, Wall: e.Wall, Trusted: e.WallTrusted, Recipient: e.Recipient, Basis: e.Basis, What: describe(e)}
		if e.Kind == EntryReleaseIntent || e.Kind == EntryEraseSent {
			l.Outcome = outcomes[e.Commitment]
			if l.Outcome == ReasonNone {
				l.Outcome = ReasonUnknown
			}
			l.Bytes = e.Bytes
			l.What = outcomeWords[l.Outcome] + " " + toldOf(e)
			if e.Kind == EntryEraseSent {
				l.What = outcomeWords[l.Outcome] + " an empty message, to erase what may be kept of its topic"
			}
		}
		lines = append(lines, l)
	}
	return lines
}

// toldOf is what a message told of.
func toldOf(e Entry) string {
	what := strings.Join(categoryStrings(e.Categories), ", ")
	switch {
	case e.Fields > 0:
		return what
	case what == "":
		return "an answer that tells nothing of the house"
	}
	return "how to read " + what + ", without a value"
}

var outcomeWords = map[ReasonCode]string{
	ReasonSent:    "sent",
	ReasonFailed:  "did not send",
	ReasonUnknown: "may have sent",
}

var kindWords = map[EntryKind]string{
	EntryRecipientEnrolled:  "recipient enrolled",
	EntryRecipientChanged:   "recipient changed, everything given to it is void",
	EntryRecipientRemoved:   "recipient removed",
	EntryPolicySet:          "session policy set",
	EntryPolicyCleared:      "session policy cleared",
	EntryGrantGiven:         "opt-in given",
	EntryGrantRefused:       "opt-in asked for and not given",
	EntryGrantWithdrawn:     "opt-in withdrawn",
	EntryGrantExpired:       "opt-in expired",
	EntryGrantSuspended:     "opt-in suspended",
	EntryGrantInvalidated:   "opt-in void",
	EntrySessionOpen:        "session opened",
	EntrySessionClose:       "session closed",
	EntryEraseSent:          "erasure sent",
	EntryDenySummary:        "refused",
	EntryClockStep:          "the clock stepped, everything closed",
	EntryLedgerRecovered:    "ledger recovered",
	EntryIndicatorFault:     "the indicator failed, everything closed",
	EntryButtonClose:        "everything closed",
	EntryCheckpointExported: "checkpoint exported",
	EntryKeyRotated:         "ledger key changed",
	EntryCommandReceived:    "command received",
	EntryCommandApplied:     "command carried out",
	EntryCommandRefused:     "command not carried out",
}

func describe(e Entry) string {
	s := kindWords[e.Kind]
	if len(e.Changed) > 0 {
		s = "recipient changed its " + strings.Join(e.Changed, ", ") + "; everything given to it is void"
	}
	if e.Kind == EntryGrantGiven && e.Basis == BasisOnce {
		s = "one message allowed"
	}
	switch {
	case e.Evidence == ClassPress:
		s += ": somebody pressed talk"
	case e.Evidence == ClassWake:
		s += ": somebody said the wake word to " + e.Source.String()
	}
	if e.Purpose != PurposeNone && len(e.Categories) > 0 {
		s += " for " + e.Purpose.String() + ": " + strings.Join(categoryStrings(e.Categories), ", ")
	}
	if e.Reason != ReasonNone {
		s += " (" + e.Reason.String() + ")"
	}
	for r := ReasonNone; int(r) < len(reasonNames); r++ {
		if n := e.Counts[r]; n > 0 {
			s += fmt.Sprintf(" %d %s", n, r)
		}
	}
	return s
}

// OpenIntents finds the releases that have an intent and no outcome. After a
// crash each gets an outcome of ReasonUnknown, and none is ever sent again.
func OpenIntents(entries []Entry, now Now) []Entry {
	open := map[[32]byte]Entry{} // erasures too: they are intents
	var order [][32]byte
	for _, e := range entries {
		switch e.Kind {
		case EntryReleaseIntent, EntryEraseSent:
			open[e.Commitment] = e
			order = append(order, e.Commitment)
		case EntryReleaseOutcome:
			delete(open, e.Commitment)
		}
	}
	var out []Entry
	for _, c := range order {
		if e, ok := open[c]; ok {
			n := now.Entry(EntryReleaseOutcome)
			n.Basis, n.BasisID, n.Recipient, n.Purpose = e.Basis, e.BasisID, e.Recipient, e.Purpose
			n.Categories, n.Fields, n.Bytes, n.Commitment, n.Reason = e.Categories, e.Fields, e.Bytes, e.Commitment, ReasonUnknown
			out = append(out, n)
		}
	}
	return out
}

// EndedGrants lists the ids of grants the ledger holds an end for, for BootStarted.
func EndedGrants(entries []Entry) []string {
	var ids []string
	for _, e := range entries {
		switch e.Kind {
		case EntryGrantWithdrawn, EntryGrantExpired, EntryGrantSuspended, EntryGrantInvalidated:
			ids = append(ids, e.BasisID)
		}
	}
	return ids
}
