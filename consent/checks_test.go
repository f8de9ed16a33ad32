package consent

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// ready is a rig one second before a release: a session or a grant is open,
// connected, lit, and a fresh sample is there.
func ready(t rapid.TB, kind BasisKind) *rig {
	r := newRig(t)
	switch kind {
	case BasisSession:
		r.must(TalkPress{})
	case BasisGrant:
		r.give("hub", GrantRequest{})
	case BasisOnce:
		r.sample()
		o, err := r.once("hub", GrantRequest{Purpose: PurposeSupport, Scope: Scope{{Category: CategoryDiagnostics}}})
		if err != nil {
			t.Fatal(err)
		}
		r.must(OnceGive{r.press(), o})
	}
	r.after(time.Second)
	return r
}

// tamper writes behind the machine's back, as a bug would.
func (r *rig) tamperScope(it Item) {
	p := r.st.policies["hub"]
	p.Scope = append(Scope{it}, p.Scope...)
	r.st.policies["hub"] = p
}

// refusals has at least one row for every reason a check can give.
var refusals = []struct {
	name   string
	kind   BasisKind
	spoil  func(r *rig)
	check  Check
	reason ReasonCode
}{
	{"shut", BasisSession, func(r *rig) { r.st.shut = true }, CheckKill, ReasonShut},
	{"not started", BasisSession, func(r *rig) { r.st.started = false }, CheckKill, ReasonShut},
	{"ledger lost", BasisSession, func(r *rig) { r.st.ledger = false }, CheckLedger, ReasonLedger},
	{"other boot", BasisSession, func(r *rig) { r.now.BootID = "boot-b" }, CheckClock, ReasonClock},
	{"boottime back", BasisSession, func(r *rig) { r.now.Boot--; r.snap.Boot--; r.snap.SampleBoot-- }, CheckClock, ReasonClock},
	{"no tick for 5 s", BasisSession, func(r *rig) { r.now.Boot += stateAge + 1 }, CheckClock, ReasonClock},
	{"wall stepped since", BasisSession, func(r *rig) { r.now.Wall = r.now.Wall.Add(-stepBack - 1) }, CheckClock, ReasonClock},
	{"snapshot of the future", BasisSession, func(r *rig) { r.snap.Boot = r.now.Boot + 1 }, CheckClock, ReasonClock},
	{"no snapshot yet", BasisSession, func(r *rig) { r.snap.Seq = 0 }, CheckSchema, ReasonSchema},
	{"too many doors", BasisSession, func(r *rig) { r.snap.DoorCount = MaxDoors + 1 }, CheckSchema, ReasonSchema},
	{"unknown profile", BasisSession, func(r *rig) {
		rec := r.st.recipients["hub"]
		rec.Profile = "json/2"
		r.st.recipients["hub"] = rec
		p := r.st.policies["hub"]
		p.Fingerprint = rec.Fingerprint()
		r.st.policies["hub"] = p
		w := r.st.windows["hub"]
		w.Fingerprint = p.Fingerprint
		r.st.windows["hub"] = w
		r.st.paths["hub"] = path{w.Epoch, p.Fingerprint, 0}
	}, CheckSchema, ReasonSchema},
	{"field of another category", BasisSession, func(r *rig) {
		r.tamperScope(Item{CategoryHealth, Granularity{Round: 1, Fields: []string{"door_1"}}})
	}, CheckSchema, ReasonSchema},
	{"recipient changed", BasisSession, func(r *rig) {
		rec := r.st.recipients["hub"]
		rec.DisplayName = "Somebody else"
		r.st.recipients["hub"] = rec
	}, CheckRecipient, ReasonFingerprint},
	{"nobody presses", BasisNone, func(r *rig) {}, CheckBasis, ReasonNoBasis},
	{"policy gone", BasisSession, func(r *rig) {
		p := r.st.policies["hub"]
		p.Scope = nil
		r.st.policies["hub"] = p
	}, CheckBasis, ReasonNoBasis},
	{"diagnostics in a policy", BasisSession, func(r *rig) {
		r.tamperScope(Item{CategoryDiagnostics, Granularity{Round: 1, Fields: []string{"ticks_late"}}})
	}, CheckBasis, ReasonForbidden},
	{"purpose too narrow", BasisGrant, func(r *rig) {
		for id, g := range r.st.grants {
			g.Purpose = PurposeSafetyAlert
			r.st.grants[id] = g
		}
	}, CheckBasis, ReasonForbidden},
	{"lease out between ticks", BasisSession, func(r *rig) { r.st.session.Deadline = r.now.Boot }, CheckLive, ReasonEnded},
	{"grant withdrawn", BasisGrant, func(r *rig) { r.eachGrant(func(g *Grant) { g.State = GrantWithdrawn }) }, CheckLive, ReasonEnded},
	{"grant used up", BasisGrant, func(r *rig) { r.eachGrant(func(g *Grant) { g.Consumed = g.Validity() }) }, CheckLive, ReasonEnded},
	{"grant past its end", BasisGrant, func(r *rig) { r.eachGrant(func(g *Grant) { g.NotAfter = r.now.Wall }) }, CheckLive, ReasonEnded},
	{"grant not begun", BasisGrant, func(r *rig) { r.eachGrant(func(g *Grant) { g.NotBefore = r.now.Wall.Add(1) }) }, CheckLive, ReasonEnded},
	{"grant held", BasisGrant, func(r *rig) { r.eachGrant(func(g *Grant) { g.HeldUntil = r.now.Boot + 1 }) }, CheckLive, ReasonHeld},
	{"wall untrusted", BasisGrant, func(r *rig) { r.now.WallTrusted = false }, CheckLive, ReasonUntrustedTime},
	{"wall below the mark", BasisGrant, func(r *rig) { r.st.clock.High = r.now.Wall.Add(1) }, CheckLive, ReasonUntrustedTime},
	{"charge used up", BasisGrant, func(r *rig) { r.st.chargedUntil = r.now.Boot }, CheckLive, ReasonUncharged},
	{"sampled as it opened", BasisSession, func(r *rig) { r.snap.SampleBoot = r.st.session.Opened }, CheckFresh, ReasonEarlySample},
	{"never sampled", BasisSession, func(r *rig) { r.snap.SampleBoot = 0 }, CheckFresh, ReasonEarlySample},
	{"sample 10 s old", BasisSession, func(r *rig) { r.later(freshest + 1) }, CheckFresh, ReasonStaleSample},
	{"sample a period old", BasisGrant, func(r *rig) { r.later(GrantPeriod + 1) }, CheckFresh, ReasonStaleSample},
	{"finer than allowed", BasisGrant, func(r *rig) {
		r.eachGrant(func(g *Grant) { g.Scope = Scope{{CategoryTemperature, withRound(g.Scope[0].Granularity, 0.01)}} })
	}, CheckGrain, ReasonGrain},
	{"again too soon", BasisSession, func(r *rig) { r.mustRelease(); r.after(9 * time.Second) }, CheckRate, ReasonNotDue},
	{"hour used up", BasisSession, func(r *rig) {
		r.gate.pace = map[stream]pace{{recipient: "hub", basis: r.st.session.ID}: {full: r.now.Boot + time.Hour, cost: 1}}
	}, CheckRate, ReasonRate},
	{"topic escapes", BasisSession, func(r *rig) { r.retopic("quietstat/#") }, CheckShape, ReasonShape},
	{"never connected", BasisSession, func(r *rig) { delete(r.st.paths, "hub") }, CheckPath, ReasonNoPath},
	{"connection of another window", BasisSession, func(r *rig) { p := r.st.paths["hub"]; p.epoch--; r.st.paths["hub"] = p }, CheckPath, ReasonPathMismatch},
	{"connection to another", BasisSession, func(r *rig) { p := r.st.paths["hub"]; p.fingerprint[0]++; r.st.paths["hub"] = p }, CheckPath, ReasonPathMismatch},
	{"light not set", BasisSession, func(r *rig) { r.snap.IndicatorOK = false }, CheckLight, ReasonLight},
	{"light of an earlier epoch", BasisSession, func(r *rig) { r.snap.IndicatorEpoch-- }, CheckLight, ReasonLight},
	{"light says closed", BasisSession, func(r *rig) { r.snap.Indicator = IndicatorClosed }, CheckLight, ReasonLight},
	{"light says grant", BasisSession, func(r *rig) { r.snap.Indicator = IndicatorGrant }, CheckLight, ReasonLight},
	{"disk full", BasisSession, func(r *rig) { r.ledger.err = errors.New("no space left") }, CheckIntent, ReasonIntent},
}

func (r *rig) eachGrant(f func(*Grant)) {
	for id, g := range r.st.grants {
		f(&g)
		r.st.grants[id] = g
	}
}

// later lets time pass for everything but the sample and the lease.
func (r *rig) later(d time.Duration) {
	if r.st.session != nil {
		r.st.session.Deadline += d
	}
	r.now.Boot += d
	r.now.Wall = r.now.Wall.Add(d)
	r.must(Tick{})
}

// retopic changes the prefix everywhere, so that no fingerprint tells.
func (r *rig) retopic(prefix string) {
	rec := r.st.recipients["hub"]
	rec.TopicPrefix = prefix
	fp := rec.Fingerprint()
	r.st.recipients["hub"] = rec
	p, w := r.st.policies["hub"], r.st.windows["hub"]
	p.Fingerprint, w.Fingerprint = fp, fp
	r.st.policies["hub"], r.st.windows["hub"] = p, w
	r.st.paths["hub"] = path{w.Epoch, fp, 0}
}

func (r *rig) mustRelease() Release {
	r.t.Helper()
	out, err := r.release("hub")
	if err != nil || len(out) != 1 {
		r.t.Fatalf("got %d releases, %v", len(out), err)
	}
	return out[0]
}

func withRound(g Granularity, round float64) Granularity {
	g.Round = round
	return g
}

// TestEveryCheckRefuses runs each refusal against the whole gate, and then
// against a gate from which just that check was taken out, which must answer
// differently: so no check is there for show, and none hides behind another.
func TestEveryCheckRefuses(t *testing.T) {
	seen := map[Check]bool{}
	for _, tt := range refusals {
		t.Run(tt.name, func(t *testing.T) {
			r := ready(t, tt.kind)
			tt.spoil(r)
			before := len(r.ledger.entries)
			out, err := r.gate.Release(r.now, &r.st, "hub", r.snap)
			var no *Refusal
			if !errors.As(err, &no) || no.Check != tt.check || no.Reason != tt.reason || out != nil {
				t.Fatalf("got %v, %+v; want %v for %v", out, no, tt.check, tt.reason)
			}
			if len(r.ledger.entries) != before {
				t.Error("a refusal was written to the ledger as if something had left")
			}
			seen[tt.check] = true

			r = ready(t, tt.kind)
			tt.spoil(r)
			without := slices.DeleteFunc(slices.Clone(checks), func(c check) bool { return c.name == tt.check })
			_, err = r.gate.decide(without, r.now, &r.st, "hub", r.snap)
			if errors.As(err, &no) && no.Check == tt.check {
				t.Fatalf("without %v it still refuses at %v", tt.check, no.Check)
			}
		})
	}
	for _, c := range checks {
		if !seen[c.name] {
			t.Errorf("nothing tests %v", c.name)
		}
	}
}

func TestReadyReleases(t *testing.T) {
	for _, kind := range []BasisKind{BasisSession, BasisGrant, BasisOnce} {
		r := ready(t, kind)
		got := r.mustRelease()
		if got.Basis() != kind || !got.Valid() {
			t.Errorf("%v: got %v, valid %v", kind, got.Basis(), got.Valid())
		}
	}
}

// The order is part of the promise: the ledger last, the switch first.
func TestOrderOfChecks(t *testing.T) {
	want := []Check{CheckKill, CheckLedger, CheckClock, CheckSchema, CheckRecipient, CheckBasis, CheckLive, CheckFresh, CheckGrain, CheckRate, CheckShape, CheckPath, CheckLight, CheckIntent}
	for i, c := range checks {
		if c.name != want[i] {
			t.Fatalf("check %d is %v, want %v", i, c.name, want[i])
		}
	}
	if len(checks) != len(want) {
		t.Fatalf("%d checks, want %d", len(checks), len(want))
	}
}

func TestUnknownRecipient(t *testing.T) {
	r := ready(t, BasisSession)
	_, err := r.release("nobody")
	wantReason(t, err, ReasonNoRecipient)
}

func TestFreshAtItsBounds(t *testing.T) {
	for _, tt := range []struct {
		kind BasisKind
		age  time.Duration
		ok   bool
	}{
		{BasisSession, freshest - 1, true},
		{BasisSession, freshest, true},
		{BasisSession, freshest + 1, false},
		{BasisGrant, GrantPeriod - 1, true},
		{BasisGrant, GrantPeriod, true},
		{BasisGrant, GrantPeriod + 1, false},
	} {
		r := ready(t, tt.kind)
		r.later(tt.age)
		if _, err := r.release("hub"); (err == nil) != tt.ok {
			t.Errorf("%v, sample %v old: %v", tt.kind, tt.age, err)
		}
	}
}

// A sensor that is gone does not silence what is not measured, but a message that
// would need it does not leave with a hole: the hole would tell.
func TestDeadSensor(t *testing.T) {
	r := ready(t, BasisSession)
	r.snap.Temperature = math.NaN()
	_, err := r.release("hub")
	wantReason(t, err, ReasonSchema)

	r = newRig(t)
	r.must(PolicySet{Owner{By: AuthorityRoot}, r.policy("hub", Scope{{Category: CategorySetpoint}})})
	r.must(TalkPress{})
	r.after(time.Second)
	r.snap.Temperature, r.snap.SampleBoot = math.NaN(), 0
	r.mustRelease()
}

func TestNoEntropyNoMessage(t *testing.T) {
	r := ready(t, BasisSession)
	r.gate.entropy = nil
	_, err := r.release("hub")
	wantReason(t, err, ReasonEntropy)
	var g Gate
	if _, err := g.Release(r.now, &r.st, "hub", r.snap); err == nil {
		t.Error("the zero gate released")
	}
}
