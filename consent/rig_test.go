package consent

import (
	"errors"
	"math/rand"
	"time"

	"pgregory.net/rapid"
)

// memLedger keeps entries and can be told to fail.
type memLedger struct {
	entries []Entry
	err     error
}

func (l *memLedger) Append(e Entry) (uint64, error) {
	if l.err != nil {
		return 0, l.err
	}
	e.Seq = uint64(len(l.entries))
	l.entries = append(l.entries, e)
	return e.Seq, nil
}

func (l *memLedger) count(k EntryKind) int {
	n := 0
	for _, e := range l.entries {
		if e.Kind == k {
			n++
		}
	}
	return n
}

// rig is a keeper without a disk or a network: it does what effects ask for.
type rig struct {
	t       rapid.TB
	st      State
	now     Now
	gate    *Gate
	ledger  *memLedger
	entropy *rand.Rand
	snap    Snapshot
	effects []Effect // of the last event and what followed from it
	sent    []Release
	noLink  bool // uplinks never connect
	noSave  bool // the disk takes no state
	proofs  int
}

var start = time.Date(2026, 1, 5, 6, 0, 0, 0, time.UTC)

func testRecipient(id string) Recipient {
	return Recipient{ID: id, DisplayName: "Assistant", Reach: ReachLAN, Endpoint: "mqtt://192.0.2.7:1883", TopicPrefix: "quietstat/7f3a", Profile: ProfileJSON}
}

// newRig is a started house with one recipient, "hub", and its default policy.
func newRig(t rapid.TB) *rig {
	r := emptyRig(t)
	r.must(RecipientAdd{Owner{By: AuthorityRoot}, testRecipient("hub")})
	r.must(PolicySet{Owner{By: AuthorityRoot}, r.policy("hub", nil)})
	return r
}

func emptyRig(t rapid.TB) *rig {
	r := &rig{t: t, ledger: &memLedger{}, entropy: rand.New(rand.NewSource(1))}
	r.now = Now{Boot: time.Hour, BootID: "boot-a", Wall: start, WallTrusted: true}
	r.gate = NewGate(r.ledger, r.entropy)
	r.snap = Snapshot{
		Temperature: 20.74, Humidity: 43.2, Pressure: 101325, Sensor: HealthOK, Setpoint: 21, Mode: ModeHeat,
		Action: ActionHeating, Demand: 0.4, Heat: true, DoorCount: 2, Doors: [MaxDoors]Door{{Known: true, Open: true}, {Known: true}}, IndicatorOK: true,
	}
	r.boot()
	return r
}

func (r *rig) boot() {
	r.must(BootStarted{})
	r.must(LedgerOK{})
	r.must(ControlBack{})
}

func (r *rig) policy(id string, scope Scope) SessionPolicy {
	rec, _ := r.st.Recipient(id)
	p, err := NewSessionPolicy(rec, scope, r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (r *rig) grant(id string, q GrantRequest) Grant {
	rec, _ := r.st.Recipient(id)
	if q.Purpose == PurposeNone {
		q.Purpose = PurposeAutomation
	}
	if q.Scope == nil {
		q.Scope = Scope{{Category: CategoryTemperature}}
	}
	g, err := NewGrant(r.entropy, r.now, rec, q)
	if err != nil {
		r.t.Fatal(err)
	}
	return g
}

// once is a once for a snapshot as it is now.
func (r *rig) once(id string, q GrantRequest) (Once, error) {
	rec, _ := r.st.Recipient(id)
	p := r.gate.Preview(r.now, &r.st, id, r.snap, Proposal{BasisOnce, q.Purpose, normal(q)})
	return NewOnce(r.entropy, r.now, rec, q, p.Messages[len(p.Messages)-1].Values)
}

// normal is a request's scope with its defaults, nil when it has none.
func normal(q GrantRequest) Scope {
	scope, _ := q.Scope.Normalise(BasisOnce, q.Purpose)
	return scope
}

// press proves an owner's action with the button.
func (r *rig) press() Owner {
	r.proofs++
	id := "ask-" + string(rune('a'+r.proofs%26))
	r.must(AskPresence{ID: id})
	r.must(TalkPress{})
	return Owner{By: AuthorityPress, Proof: id}
}

func (r *rig) give(id string, q GrantRequest) Grant {
	g := r.grant(id, q)
	r.must(GrantGive{r.press(), g})
	return g
}

func (r *rig) must(ev Event) []Effect {
	r.t.Helper()
	fx, err := r.do(ev)
	if err != nil {
		r.t.Fatalf("%T: %v", ev, err)
	}
	return fx
}

func (r *rig) do(ev Event) ([]Effect, error) {
	st, fx, err := Apply(r.st, r.now, ev)
	r.st = st
	all := fx
	for _, f := range fx {
		switch f := f.(type) {
		case Record:
			if _, lerr := r.ledger.Append(f.Entry); lerr != nil {
				more, _ := r.do(LedgerFault{})
				r.effects = append(all, more...)
				return r.effects, errors.Join(err, lerr)
			}
		case SetIndicator:
			r.snap.Indicator, r.snap.IndicatorEpoch = f.State, f.Epoch
		case OpenWindow:
			if !r.noLink {
				more, _ := r.do(UplinkOpened{f.Recipient, f.Epoch, f.Fingerprint})
				all = append(all, more...)
			}
		case Persist:
			if !r.noSave {
				_, saved, serr := Save(r.st)
				if serr != nil {
					r.t.Fatal(serr)
				}
				more, _ := r.do(saved)
				all = append(all, more...)
			}
		}
	}
	r.effects = all
	return all, err
}

// after lets both clocks run, ticks and takes a new sample, without asking the gate.
func (r *rig) after(d time.Duration) []Effect {
	r.now.Boot += d
	r.now.Wall = r.now.Wall.Add(d)
	fx := r.must(Tick{})
	r.sample()
	return fx
}

func (r *rig) sample() {
	s := &r.snap
	s.Seq++
	s.Boot, s.SampleBoot, s.Wall, s.WallTrusted = r.now.Boot, r.now.Boot, r.now.Wall, r.now.WallTrusted
}

// release asks the gate for one recipient.
func (r *rig) release(id string) ([]Release, error) {
	out, err := r.gate.Release(r.now, &r.st, id, r.snap)
	r.sent = append(r.sent, out...)
	return out, err
}

// run lets d pass second by second, asking for every recipient each second.
func (r *rig) run(d time.Duration) (n int) {
	for end := r.now.Boot + d; r.now.Boot < end; {
		r.after(time.Second)
		for _, rec := range r.st.Recipients() {
			out, _ := r.release(rec.ID)
			n += len(out)
		}
	}
	return n
}

// restart saves, loads and starts again, in the same boot.
func (r *rig) restart() {
	r.t.Helper()
	b, _, err := Save(r.st)
	if err != nil {
		r.t.Fatal(err)
	}
	st, dropped, err := Load(b)
	if err != nil || len(dropped) > 0 {
		r.t.Fatal(err, dropped)
	}
	r.st, r.gate = st, NewGate(r.ledger, r.entropy)
	r.boot()
}

func wantReason(t rapid.TB, err error, want ReasonCode) {
	t.Helper()
	var no *Refusal
	if !errors.As(err, &no) {
		t.Fatalf("got %v, want a refusal %v", err, want)
	}
	if no.Reason != want {
		t.Fatalf("refused by %v for %v, want %v", no.Check, no.Reason, want)
	}
}
