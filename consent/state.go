package consent

import (
	"maps"
	"slices"
	"time"
)

// State is everything consent depends on. The zero State is closed and stays
// closed until BootStarted, LedgerOK and ControlBack have been applied. Only
// Apply makes a new one; only the gate writes into one (what was used).
//
// Persisted: epoch, clock, recipients, policies, grants, topics. Everything else is
// volatile: sessions, voice, onces, windows, connections, proofs and health never
// survive a restart.
type State struct {
	epoch      uint64 // rises whenever anything opens or closes
	clock      clock
	recipients map[string]Recipient
	policies   map[string]SessionPolicy
	grants     map[string]Grant
	topics     map[string][]string // by recipient: all it was ever told on

	started       bool
	shut          bool
	ledger        bool
	ledgerFault   bool
	control       bool
	indicatorDown bool
	buttonWindow  time.Duration
	noButton      bool
	chargedUntil  time.Duration // BOOTTIME up to which used validity is on disk
	persistAsked  time.Duration // BOOTTIME of the last Persist for want of charge
	session       *Session
	openings      []time.Duration // BOOTTIME of recent sessions that were pressed for
	tracks        map[place]track // voice sessions, by where they are heard
	wakes         []time.Duration // BOOTTIME of recent wake words that began one
	wakeHeld      time.Duration   // BOOTTIME until which none is believed
	openFromWake  bool
	onces         map[string]Once
	kept          map[string][]string // of topics, those known to be on disk
	erasing       map[string][]string // by grant that ends with an erasure: topics left to empty
	windows       map[string]Window
	paths         map[string]path
	backoff       map[string]backoff
	presence      presence
	quietAt       time.Duration  // BOOTTIME of the last press of quiet that was recorded
	light         IndicatorState // what the indicator was last asked to show
	lightEpoch    uint64
	lingerUntil   time.Duration // BOOTTIME until which a closed window still shows
	linger        IndicatorState
}

// Window is one open way to one recipient: an uplink process may exist exactly
// while its window does.
type Window struct {
	Recipient   string
	Epoch       uint64 // of opening; the connection must carry it
	Fingerprint Fingerprint
	Opened      time.Duration // BOOTTIME
	Bases       []Basis       // at least one
}

// Basis is one reason a window is open.
type Basis struct {
	Kind   BasisKind
	ID     string
	Opened time.Duration // BOOTTIME it joined the window; older samples never leave
}

type path struct {
	epoch       uint64
	fingerprint Fingerprint
	since       time.Duration
}

// presence is an owner's action waiting for a press, or proven by one.
type presence struct {
	id       string
	optInFor string // recipient, "" when it is another action
	proven   bool
	until    time.Duration
}

func (s State) clone() State {
	s.recipients = cloneMap(s.recipients)
	s.policies = cloneMap(s.policies)
	s.grants = cloneMap(s.grants)
	s.onces = cloneMap(s.onces)
	s.tracks = cloneMap(s.tracks)
	s.topics = cloneMap(s.topics)
	s.kept = cloneMap(s.kept)
	s.erasing = cloneMap(s.erasing)
	s.windows = cloneMap(s.windows)
	s.paths = cloneMap(s.paths)
	s.backoff = cloneMap(s.backoff)
	if s.session != nil {
		c := *s.session
		s.session = &c
	}
	return s
}

func cloneMap[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return maps.Clone(m)
}

// byKey lists the values of m in the order of their keys.
func byKey[V any](m map[string]V) []V {
	out := make([]V, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[k])
	}
	return out
}

// Epoch counts openings and closings. It never goes down, also not across restarts.
func (s *State) Epoch() uint64 { return s.epoch }

// Recipients lists who is enrolled, by id. This-room is not, and is not among them.
func (s *State) Recipients() []Recipient {
	return slices.DeleteFunc(byKey(s.recipients), func(r Recipient) bool { return r.ID == RoomID })
}

// Recipient finds one by id, this-room too.
func (s *State) Recipient(id string) (Recipient, bool) { r, ok := s.recipients[id]; return r, ok }

// Policies lists the standing session policies, by recipient.
func (s *State) Policies() []SessionPolicy { return byKey(s.policies) }

// Policy finds the standing policy for a recipient.
func (s *State) Policy(recipient string) (SessionPolicy, bool) {
	p, ok := s.policies[recipient]
	return p, ok
}

// Grants lists all grants, also those that ended, oldest first.
func (s *State) Grants() []Grant { return byKey(s.grants) }

// Grant finds one by id.
func (s *State) Grant(id string) (Grant, bool) { g, ok := s.grants[id]; return g, ok }

// Once finds a once that has not ended.
func (s *State) Once(id string) (Once, bool) { o, ok := s.onces[id]; return o, ok }

// Session returns the open session, if there is one.
func (s *State) Session() (Session, bool) {
	if s.session == nil {
		return Session{}, false
	}
	return *s.session, true
}

// Windows lists what is open, by recipient.
func (s *State) Windows() []Window { return byKey(s.windows) }

// Window finds the open window of a recipient.
func (s *State) Window(recipient string) (Window, bool) { w, ok := s.windows[recipient]; return w, ok }

// Connected reports whether the window's own connection is up.
func (s *State) Connected(recipient string) bool {
	p, ok := s.paths[recipient]
	w, open := s.windows[recipient]
	return ok && open && p.epoch == w.Epoch
}

// Indicator is what the light must show now.
func (s *State) Indicator() IndicatorState { return s.light }

// Pending returns the id of the owner's action that waits for a press.
func (s *State) Pending() (id string, ok bool) {
	return s.presence.id, s.presence.id != "" && !s.presence.proven
}

// Blocked says why nothing can open, ReasonNone when something could.
func (s *State) Blocked() ReasonCode {
	switch {
	case !s.started || s.shut:
		return ReasonShut
	case !s.ledger:
		return ReasonLedger
	case !s.control:
		return ReasonControlLost
	case s.indicatorDown:
		return ReasonIndicator
	}
	return ReasonNone
}

// TimeTrusted reports whether wall time may be relied on: synchronised, not below
// the mark it has reached before, and not just after a step.
func (s *State) TimeTrusted(now Now) bool { return s.clock.trusted(now) }

// GrantHold says why a given grant is held closed at this instant, ReasonNone
// when it is not.
func (s *State) GrantHold(now Now, g Grant) ReasonCode {
	r, known := s.recipients[g.RecipientID]
	switch {
	case !known:
		return ReasonNoRecipient
	case r.Fingerprint() != g.Fingerprint:
		return ReasonFingerprint
	case g.State != GrantGiven || g.Left() == 0:
		return ReasonEnded
	case now.Boot < g.HeldUntil:
		return ReasonHeld
	case !s.clock.trusted(now):
		return ReasonUntrustedTime
	case now.Wall.Before(g.NotBefore) || !now.Wall.Before(g.NotAfter):
		return ReasonEnded
	}
	return ReasonNone
}
