package consent

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// commanded is a house whose Home Assistant may command, with its window's epoch.
func commanded(t rapid.TB) (*rig, uint64) {
	r := homeRig(t)
	r.give("home", GrantRequest{Purpose: PurposeRemote, Scope: every(PurposeRemote)})
	r.run(5 * time.Second)
	w, ok := r.st.Window("home")
	if !ok {
		t.Fatal("no window")
	}
	return r, w.Epoch
}

var warmer = Question{Kind: CommandSetpoint, Number: 21.5}

func TestObey(t *testing.T) {
	for _, tt := range []struct {
		name     string
		spoil    func(r *rig)
		q        Question
		retained bool
		epoch    int
		want     ReasonCode
	}{
		{"a wish", nil, warmer, false, 0, ReasonNone},
		{"kept by the broker", nil, warmer, true, 0, ReasonRetained},
		{"of an earlier window", nil, warmer, false, -1, ReasonEnded},
		{"of a later window", nil, warmer, false, 1, ReasonEnded},
		{"not understood", nil, Question{}, false, 0, ReasonInvalid},
		{"a question", nil, Question{Kind: CommandReport}, false, 0, ReasonInvalid},
		{"a birth", nil, Question{Kind: CommandBirth}, false, 0, ReasonInvalid},
		{"a kind there is not", nil, Question{Kind: CommandAcceptGrant + 1}, false, 0, ReasonInvalid},
		{"no number", nil, Question{Kind: CommandSetpoint, Number: math.NaN()}, false, 0, ReasonInvalid},
		{"too large a number", nil, Question{Kind: CommandSetpoint, Number: math.Inf(1)}, false, 0, ReasonInvalid},
		{"withdrawn", func(r *rig) { r.must(GrantRevoke{r.st.Grants()[0].ID}) }, warmer, false, 0, ReasonEnded},
		{"quiet", func(r *rig) { r.must(Quiet{}) }, warmer, false, 0, ReasonEnded},
		{"ledger", func(r *rig) { r.must(LedgerFault{}) }, warmer, false, 0, ReasonLedger},
		{"control", func(r *rig) { r.must(ControlLost{}) }, warmer, false, 0, ReasonControlLost},
		{"light", func(r *rig) { r.must(IndicatorDown{}) }, warmer, false, 0, ReasonIndicator},
		{"expired at this instant", func(r *rig) { r.now.Wall = r.st.Grants()[0].NotAfter }, warmer, false, 0, ReasonNoCommand},
		{"just before", func(r *rig) { r.now.Wall = r.st.Grants()[0].NotAfter.Add(-1) }, warmer, false, 0, ReasonNone},
		{"not charged", func(r *rig) { r.st.chargedUntil = r.now.Boot }, warmer, false, 0, ReasonNoCommand},
		{"an hour's wishes at once", func(r *rig) {
			r.gate.wishes = map[string]pace{"home": {full: r.now.Boot + time.Hour, cost: 1}}
		}, warmer, false, 0, ReasonRate},
		{"two in a second", func(r *rig) {
			w, _ := r.st.Window("home")
			if _, err := r.gate.Obey(r.now, &r.st, "home", w.Epoch, warmer, false); err != nil {
				t.Fatal(err)
			}
			r.now.Boot += commandPeriod - 1
		}, warmer, false, 0, ReasonRate},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, epoch := commanded(t)
			if tt.spoil != nil {
				tt.spoil(r)
			}
			e, err := r.gate.Obey(r.now, &r.st, "home", epoch+uint64(tt.epoch), tt.q, tt.retained)
			if tt.want != ReasonNone {
				if err == nil {
					t.Fatal("obeyed")
				}
				wantReason(t, err, tt.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			g := r.st.Grants()[0]
			done := Obeyed(r.now, e, ResultApplied)
			if e.Kind != EntryCommandReceived || done.Kind != EntryCommandApplied || Obeyed(r.now, e, ResultNone).Kind != EntryCommandRefused {
				t.Errorf("recorded as %v, %v", e.Kind, done.Kind)
			}
			for _, e := range []Entry{e, done} {
				b, err := e.Format()
				if err != nil || bytes.Contains(b, []byte("21.5")) || e.BasisID != g.ID || e.Purpose != PurposeRemote || e.Recipient != "home" {
					t.Errorf("recorded as %s, %v", b, err)
				}
			}
		})
	}
}

// Without an opt-in for remote.control nobody commands: not in a session, not under
// another opt-in, not a recipient whose profile is not heard.
func TestOnlyRemoteControlCommands(t *testing.T) {
	r := homeRig(t)
	r.must(PolicySet{Owner{By: AuthorityRoot}, r.policy("home", nil)})
	r.give("home", GrantRequest{Scope: Scope{{Category: CategorySetpoint}}})
	r.must(TalkPress{})
	r.run(3 * time.Second)
	w, _ := r.st.Window("home")
	_, err := r.gate.Obey(r.now, &r.st, "home", w.Epoch, warmer, false)
	wantReason(t, err, ReasonNoCommand)

	r = newRig(t)
	r.give("hub", GrantRequest{Purpose: PurposeRemote})
	r.run(3 * time.Second)
	w, _ = r.st.Window("hub")
	_, err = r.gate.Obey(r.now, &r.st, "hub", w.Epoch, warmer, false)
	wantReason(t, err, ReasonInvalid)
	if rec, _ := r.st.Recipient("hub"); rec.Listens() != nil || rec.Understand("quietstat/7f3a/set/setpoint", []byte("21")) != (Question{}) {
		t.Error("json/1 hears something")
	}
}

// Who may wish stands in what the owner confirms; other notices read as they did.
func TestTheNoticeSaysWhoMayWish(t *testing.T) {
	home, _ := homeRig(t).st.Recipient("home")
	for _, tt := range []struct {
		of      Recipient
		purpose Purpose
		wishes  bool
	}{{home, PurposeRemote, true}, {home, PurposeAutomation, false}, {testRecipient("hub"), PurposeRemote, false}} {
		scope, err := Scope{{Category: CategoryTemperature}}.Normalise(BasisGrant, tt.purpose)
		if err != nil {
			t.Fatal(err)
		}
		if text := Notice(tt.of, tt.purpose, scope); strings.Contains(text, "It may wish") != tt.wishes {
			t.Errorf("%s for %v: %s", tt.of.Profile, tt.purpose, text)
		}
	}
}

// Whatever a recipient says: nothing opens, nothing is extended, nothing widens.
func TestNothingSaidOpensAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, epoch := commanded(t)
		rec, _ := r.st.Recipient("home")
		windows, grants := r.st.Windows(), r.st.Grants()
		saved, _, err := Save(r.st)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 20).Draw(t, "said") {
			topic := rapid.SampledFrom(append(rec.Listens(), "quietstat/7f3a/state/session")).Draw(t, "topic")
			payload := rapid.OneOf(rapid.SampledFrom([][]byte{[]byte("21.5"), []byte("online"), []byte("heat"), []byte("home"), []byte("none"), []byte("consent granted")}),
				rapid.SliceOfN(rapid.Byte(), 0, 64)).Draw(t, "payload")
			q := rec.Understand(topic, payload)
			if q.Kind == CommandBirth {
				r.gate.Count(r.gate.Introduce(r.now, "home"))
			}
			_, err := r.gate.Obey(r.now, &r.st, "home", epoch, q, rapid.Bool().Draw(t, "retained"))
			r.gate.Count(err)
			r.gate.Count(r.gate.Ask(r.now, &r.st, "home", q))
		}
		again, _, err := Save(r.st)
		if err != nil || !bytes.Equal(saved, again) || !reflect.DeepEqual(r.st.Windows(), windows) || !reflect.DeepEqual(r.st.Grants(), grants) {
			t.Fatalf("the state is another: %s", again)
		}
		if _, asks := r.st.Pending(); asks || r.gate.asked["home"] != nil {
			t.Fatal("something waits for an answer")
		}
	})
}

func TestHomeUnderstands(t *testing.T) {
	rec, _ := homeRig(t).st.Recipient("home")
	for _, tt := range []struct {
		topic, payload string
		want           Question
	}{
		{"setpoint", "21.5", Question{Kind: CommandSetpoint, Number: 21.5}},
		{"setpoint", "21", Question{Kind: CommandSetpoint, Number: 21}},
		{"setpoint", "-5", Question{Kind: CommandSetpoint, Number: -5}},
		{"setpoint", "99999", Question{Kind: CommandSetpoint, Number: 99999}}, // control moves it to its end
		{"setpoint", "21,5", Question{}},
		{"setpoint", "NaN", Question{}},
		{"setpoint", "inf", Question{}},
		{"setpoint", "1e400", Question{}},
		{"setpoint", "1e1", Question{}},
		{"setpoint", "0x15", Question{}},
		{"setpoint", "2_1", Question{}},
		{"setpoint", "+21", Question{}},
		{"setpoint", " 21", Question{}},
		{"setpoint", "21.", Question{}},
		{"setpoint", ".5", Question{}},
		{"setpoint", "-.5", Question{}},
		{"setpoint", "2.1.5", Question{}},
		{"setpoint", "-", Question{}},
		{"setpoint", "", Question{}},
		{"setpoint", strings.Repeat("1", 10), Question{}},
		{"setpoint", strings.Repeat("1", 5<<10), Question{}},
		{"mode", "heat", Question{Kind: CommandMode, Number: float64(ModeHeat)}},
		{"mode", "off", Question{Kind: CommandMode}},
		{"mode", "dry", Question{Kind: CommandMode, Number: float64(ModeDry)}},
		{"mode", "fan_only", Question{}},
		{"mode", "HEAT", Question{}},
		{"mode", "", Question{}},
		{"preset", "away", Question{Kind: CommandPreset, Number: 2}},
		{"preset", "none", Question{Kind: CommandResume}},
		{"preset", "boost", Question{}},
		{"elsewhere", "21", Question{}},
	} {
		if got := rec.Understand("quietstat/7f3a/set/"+tt.topic, []byte(tt.payload)); got != tt.want {
			t.Errorf("%s %.20q: %+v", tt.topic, tt.payload, got)
		}
	}
	for payload, want := range map[string]CommandKind{"online": CommandBirth, "offline": CommandNone, "": CommandNone} {
		if got := rec.Understand(BirthTopic, []byte(payload)); got.Kind != want {
			t.Errorf("birth %q: %v", payload, got.Kind)
		}
	}
	for i, name := range presetNames {
		got, ok := PresetName(float64(i))
		if ok != (i > 0) || ok && got != name {
			t.Errorf("preset %d is %q, %v", i, got, ok)
		}
	}
	for _, n := range []float64{-1, 0.5, 1.5, 6, 1e300, math.NaN()} {
		if name, ok := PresetName(n); ok {
			t.Errorf("preset %v is %q", n, name)
		}
	}
}

// FuzzHomeUnderstands: what is understood can be judged, and says what was said.
func FuzzHomeUnderstands(f *testing.F) {
	for _, payload := range []string{"21.5", "21,5", "NaN", "1e400", "", "-0", "heat", "none", "online", strings.Repeat("9", 5<<10)} {
		for topic := range uint8(5) {
			f.Add(topic, []byte(payload))
		}
	}
	rec := testRecipient("home")
	rec.Profile, rec.DeviceID = ProfileHomeAssistant, "7f3a00112233aabb"
	topics := append(rec.Listens(), "quietstat/7f3a/other")
	f.Fuzz(func(t *testing.T, topic uint8, payload []byte) {
		q := rec.Understand(topics[int(topic)%len(topics)], payload)
		if q.Kind == CommandNone {
			if q != (Question{}) {
				t.Fatalf("not understood, and yet %+v", q)
			}
			return
		}
		if !q.Valid() || q.Ref != "" || q.Result != ResultNone {
			t.Fatalf("%q is understood as %+v", payload, q)
		}
		if q.Kind == CommandSetpoint {
			if v, err := strconv.ParseFloat(string(payload), 64); err != nil || v != q.Number {
				t.Fatalf("%q is understood as %v", payload, q.Number)
			}
		}
		if !slices.Contains([]CommandKind{CommandSetpoint, CommandMode, CommandPreset, CommandResume, CommandBirth}, q.Kind) {
			t.Fatalf("%q is understood as %v", payload, q.Kind)
		}
	})
}
