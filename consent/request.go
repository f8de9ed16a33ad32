package consent

import "time"

// request is one question to the gate on its way through the checks.
type request struct {
	gate    *Gate
	now     Now
	st      *State
	id      string
	snap    *Snapshot
	consent candidate
	profile profile // set by schema

	fields  []Field
	rounds  []float64     // parallel to fields
	sampled time.Duration // BOOTTIME of the oldest thing the message tells
	values  []string      // set by grain
	release Release       // made by shape, finished by intent
}

func refuse(r ReasonCode) *Refusal { return &Refusal{Reason: r} }

func (q *request) kill() *Refusal {
	if !q.st.started || q.st.shut {
		return refuse(ReasonShut)
	}
	return nil
}

func (q *request) ledger() *Refusal {
	if !q.st.ledger || q.gate.ledger == nil {
		return refuse(ReasonLedger)
	}
	return nil
}

// clock wants the state to be of this boot and of just now, with no step since,
// and the snapshot not to come from the future.
func (q *request) clock() *Refusal {
	c := &q.st.clock
	if c.broken(q.now) || q.now.Boot-c.Boot > stateAge || c.stepped(q.now) || q.snap.Boot > q.now.Boot {
		return refuse(ReasonClock)
	}
	return nil
}

// schema resolves the scope to fields and wants each to be known and writable.
func (q *request) schema() *Refusal {
	if r, ok := q.st.recipients[q.id]; ok {
		if q.profile, ok = profileOf(r.Profile); !ok {
			return refuse(ReasonSchema)
		}
	}
	s := q.snap
	if s.Seq == 0 || s.DoorCount < 0 || s.DoorCount > MaxDoors || int(s.Indicator) >= len(indicatorNames) {
		return refuse(ReasonSchema)
	}
	q.sampled = s.Boot
	if q.bare() {
		return nil // it has no fields
	}
	for _, it := range q.consent.scope {
		for _, name := range it.Fields {
			f, ok := FieldByName(name)
			if !ok || f.Category != it.Category {
				return &Refusal{Reason: ReasonSchema, Category: it.Category}
			}
			if _, err := f.value(s, max(it.Round, 1e-3)); err != nil {
				return &Refusal{Reason: ReasonSchema, Category: it.Category, Err: err}
			}
			q.fields = append(q.fields, f)
			q.rounds = append(q.rounds, it.Round)
		}
		if climate(it.Category) {
			q.sampled = min(q.sampled, s.SampleBoot)
		}
	}
	return nil
}

func climate(c Category) bool {
	return c == CategoryTemperature || c == CategoryHumidity || c == CategoryPressure
}

func (q *request) recipient() *Refusal {
	r, ok := q.st.recipients[q.id]
	if !ok {
		return refuse(ReasonNoRecipient)
	}
	if q.consent.kind != BasisNone && r.Fingerprint() != q.consent.fingerprint {
		return refuse(ReasonFingerprint)
	}
	return nil
}

func (q *request) basis() *Refusal {
	c := q.consent
	if c.kind == BasisNone || len(c.scope) == 0 {
		return refuse(ReasonNoBasis)
	}
	for _, cat := range c.scope.Categories() {
		if !cat.AllowedFor(c.kind) || !c.purpose.Allows(cat) {
			return &Refusal{Reason: ReasonForbidden, Category: cat}
		}
	}
	return nil
}

// live wants the basis to be open at this very instant, not at the last tick.
func (q *request) live() *Refusal {
	c := q.consent
	w, open := q.st.windows[q.id]
	if c.basis == nil && c.grant != nil { // a preview of one that stands, but not in a window
		why := q.st.GrantHold(q.now, *c.grant)
		if why == ReasonNone {
			why = q.st.Blocked()
		}
		if why == ReasonNone {
			why = ReasonUplinkClosed
		}
		return refuse(why)
	}
	if c.basis == nil || !open {
		return refuse(ReasonNoBasis)
	}
	if w.Epoch > q.st.epoch || q.now.Boot < c.basis.Opened {
		return refuse(ReasonEnded)
	}
	if c.grant == nil {
		if q.now.Boot >= c.deadline {
			return refuse(ReasonEnded)
		}
		return nil
	}
	if r := q.st.GrantHold(q.now, *c.grant); r != ReasonNone {
		return refuse(r)
	}
	if q.now.Boot >= q.st.chargedUntil {
		return refuse(ReasonUncharged)
	}
	return nil
}

func (q *request) fresh() *Refusal {
	c := q.consent
	if q.bare() {
		return nil // it tells nothing of any time
	}
	if c.basis == nil || q.sampled <= c.basis.Opened || c.question != nil && c.question.later(q.snap.Boot) {
		return refuse(ReasonEarlySample)
	}
	if q.now.Boot-q.sampled > c.scope.oldest(c.kind) {
		return refuse(ReasonStaleSample)
	}
	return nil
}

// grain rounds. It is the only place where a reading becomes text.
func (q *request) grain() *Refusal {
	for i, f := range q.fields {
		if q.rounds[i] < categoryGrain[f.Category].min {
			return &Refusal{Reason: ReasonGrain, Category: f.Category}
		}
		v, err := f.value(q.snap, q.rounds[i])
		if err != nil {
			return &Refusal{Reason: ReasonGrain, Category: f.Category, Err: err}
		}
		q.values = append(q.values, v)
	}
	return q.asShown()
}

func (q *request) rate() *Refusal {
	if q.consent.erase != "" {
		return nil // as many as there are topics, each once
	}
	if no := q.spoken(); no != nil {
		return no
	}
	return q.gate.pace[q.stream()].allows(q.now.Boot)
}

func (q *request) path() *Refusal {
	p, ok := q.st.paths[q.id]
	if !ok {
		return refuse(ReasonNoPath)
	}
	if w := q.st.windows[q.id]; p.epoch != w.Epoch || p.fingerprint != w.Fingerprint || p.fingerprint != q.consent.fingerprint {
		return refuse(ReasonPathMismatch)
	}
	return nil
}

func (q *request) light() *Refusal {
	s := q.snap
	on := s.Indicator == IndicatorSession || s.Indicator == IndicatorGrant
	if !s.IndicatorOK || !on || s.Indicator != q.st.light || s.IndicatorEpoch != q.st.epoch {
		return refuse(ReasonLight)
	}
	return nil
}

// intent puts the decision into the ledger, durably, before anyone can act on it.
func (q *request) intent() *Refusal {
	salt, no := q.gate.salt()
	if no != nil {
		return no
	}
	r := &q.release
	r.salt, r.commitment = salt, Commit(salt, r.payload)
	kind := EntryReleaseIntent
	if r.erase {
		kind = EntryEraseSent
	}
	seq, err := q.gate.ledger.Append(r.entry(q.now, kind))
	if err != nil {
		return &Refusal{Reason: ReasonIntent, Err: err}
	}
	r.seq = seq
	return nil
}

// spend notes what a release used up.
func (q *request) spend() {
	c := q.consent
	if c.erase != "" {
		q.st.erased(c.id, c.erase)
		return
	}
	if q.gate.pace == nil {
		q.gate.pace = map[stream]pace{}
	}
	period, perHour := q.rhythm()
	q.gate.pace[q.stream()] = q.gate.pace[q.stream()].spend(q.now.Boot, period, perHour)
	if c.introduces {
		q.introduced()
		return
	}
	if c.question != nil {
		c.question.answered = true
	}
	switch c.kind {
	case BasisOnce:
		o := q.st.onces[c.id]
		o.Used = true
		q.st.onces[c.id] = o
	case BasisGrant:
		g := q.st.grants[c.id]
		g.LastUse, g.LastUsed = g.Consumed, q.now.Wall.UTC()
		q.st.grants[c.id] = g
	}
}
