package consent

import (
	"crypto/sha256"
	"slices"
	"strings"
	"time"
)

// An introduction is the message some profiles need before any other: the topics, the
// units and the names of what a basis covers, and no value of the house. It passes the
// same checks and stands in the ledger like every message, with no fields. It is said
// when a basis joins a window, when what the basis is the first to cover changes, and
// when the recipient says that it has started anew (Gate.Introduce).

// introduction is what was last said of one basis.
type introduction struct {
	epoch uint64        // of the window it was said in
	said  [32]byte      // SHA-256 of the payload
	at    time.Duration // BOOTTIME
	again bool          // the recipient has forgotten it
}

const (
	// introductionSettles is what a recipient is given to act on an introduction before
	// the first message: one that is not retained and comes too early is lost on it.
	introductionSettles = 2 * time.Second
	introductionPeriod  = 10 * time.Second
	introductionsPerH   = 6
)

// introductions is the candidate for what has to be said first, if the profile needs it.
// A once tells what its preview showed and nothing else.
func (c candidate) introductions(p profile) []candidate {
	if p.introduce == nil || c.kind == BasisOnce || c.kind == BasisNone {
		return nil
	}
	c.introduces = true
	return []candidate{c}
}

// bare reports whether the message carries no field at all.
func (q *request) bare() bool { return q.consent.erase != "" || q.consent.introduces }

// spoken wants a recipient to have been introduced to what it is told, a moment ago,
// and not twice; and one that is only answered to have asked.
func (q *request) spoken() *Refusal {
	c, p := q.consent, q.profile
	switch {
	case p.answers && c.question == nil:
		return refuse(ReasonNotDue)
	case p.introduce == nil || c.kind == BasisOnce:
		return nil
	}
	m, ok := p.introduce(q.message(""))
	if ok && len(m.payload) == 0 {
		return refuse(ReasonNotDue) // another basis tells all of it
	}
	known := q.gate.known[q.introducing()]
	current := known.epoch != 0 && known.epoch == q.st.windows[q.id].Epoch
	said := ok && known.said == sha256.Sum256(m.payload)
	due := q.gate.pace[q.introducing()].allows(q.now.Boot) == nil
	switch {
	case c.introduces && (current && said && !known.again || !due): // known, or said too often
		return refuse(ReasonNotDue)
	case c.introduces:
		return nil
	case known.epoch == 0 || q.now.Boot-known.at < introductionSettles:
		return refuse(ReasonNotDue)
	case !current && (due || !said): // a window begins with it; if it may not, an earlier one has to do
		return refuse(ReasonNotDue)
	}
	return nil
}

func (q *request) introducing() stream { return stream{q.id, q.consent.id, speechIntroduction} }

// introduced notes that an introduction was decided.
func (q *request) introduced() {
	if q.gate.known == nil {
		q.gate.known = map[stream]introduction{}
	}
	q.gate.known[q.introducing()] = introduction{epoch: q.release.epoch, said: sha256.Sum256(q.release.payload), at: q.now.Boot}
}

// Introduce says that a recipient has started anew and asks to be introduced again, to
// what is open in its window. It opens nothing and tells nothing more. The error is a
// *Refusal when it asked too often.
func (g *Gate) Introduce(now Now, recipient string) error {
	for of, known := range g.known {
		if of.recipient != recipient {
			continue
		}
		if no := g.pace[of].allows(now.Boot); no != nil {
			no.Check, no.Recipient, no.Basis = CheckRate, recipient, of.basis
			return no
		}
		known.again = true
		g.known[of] = known
	}
	return nil
}

// before lists the other bases of the window that come before this one, where two
// cover the same: opt-ins for remote.control, other opt-ins, the session. A session
// passes, so what an opt-in tells as well is not moved to it.
func (q *request) before() []candidate {
	var out []candidate
	w, r := q.st.windows[q.id], q.st.recipients[q.id]
	for i := range w.Bases {
		c := q.st.candidate(q.id, &w.Bases[i])
		if c.id != q.consent.id && c.kind != BasisOnce && c.fingerprint == r.Fingerprint() && c.compare(q.consent) < 0 {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, candidate.compare)
	return out
}

func (c candidate) compare(d candidate) int {
	if c.rank() != d.rank() {
		return c.rank() - d.rank()
	}
	return strings.Compare(c.id, d.id)
}

func (c candidate) rank() int {
	switch {
	case c.kind == BasisGrant && c.purpose == PurposeRemote:
		return 0
	case c.kind == BasisGrant:
		return 1
	}
	return 2
}
