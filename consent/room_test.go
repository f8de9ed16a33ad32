package consent

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// newRoom is a house whose owner lets the room be answered, and where talk was pressed.
func newRoom(t rapid.TB, scope Scope) *rig {
	r := emptyRig(t)
	r.must(PolicySet{Owner{By: AuthorityRoot}, r.policy(RoomID, scope)})
	r.must(TalkPress{})
	r.after(time.Second)
	return r
}

func (r *rig) ask() error {
	return r.gate.Ask(r.now, &r.st, RoomID, Question{Kind: CommandReport})
}

func TestRoomIsAnsweredWhenItAsks(t *testing.T) {
	r := newRoom(t, nil)
	if out, err := r.release(RoomID); len(out) > 0 {
		t.Fatalf("told without a question: %s, %v", out[0].Payload(), err)
	}
	if err := r.ask(); err != nil {
		t.Fatal(err)
	}
	out, err := r.release(RoomID)
	if err != nil || len(out) != 1 {
		t.Fatalf("%d answers, %v", len(out), err)
	}
	rel := out[0]
	if got := string(rel.Payload()); got != "It is 20.5 degrees, heating to 21." {
		t.Errorf("it says %q", got)
	}
	want := []Category{CategoryTemperature, CategorySetpoint, CategoryHVAC}
	if e := r.ledger.entries[rel.Seq()]; e.Kind != EntryReleaseIntent || e.Recipient != RoomID || !slices.Equal(e.Categories, want) || e.Fields != 4 || rel.Purpose() != PurposeVoiceAnswer {
		t.Errorf("recorded as %+v", e)
	}
	r.after(time.Minute)
	if out, _ := r.release(RoomID); len(out) > 0 {
		t.Error("one question was answered twice")
	}
}

// Each sentence there is, by what the policy covers and what the house does.
func TestRoomSentences(t *testing.T) {
	all := Scope{{Category: CategoryTemperature, Granularity: Granularity{Round: 0.1}}, {Category: CategorySetpoint}, {Category: CategoryHVAC}}
	only := func(cs ...Category) (s Scope) {
		for _, c := range cs {
			s = append(s, Item{Category: c})
		}
		return s
	}
	for _, tt := range []struct {
		scope  Scope
		change func(*Snapshot)
		want   string
	}{
		{all, func(*Snapshot) {}, "It is 20.7 degrees, heating to 21."},
		{all, func(s *Snapshot) { s.Action, s.Setpoint = ActionCooling, 24.5 }, "It is 20.7 degrees, cooling to 24.5."},
		{all, func(s *Snapshot) { s.Action = ActionIdle }, "It is 20.7 degrees, resting, set to 21."},
		{all, func(s *Snapshot) { s.Action = ActionPaused }, "It is 20.7 degrees, paused, set to 21."},
		{all, func(s *Snapshot) { s.Action, s.Mode = ActionOff, ModeOff }, "It is 20.7 degrees, switched off."},
		{all, func(s *Snapshot) { s.Temperature = -0.04 }, "It is 0 degrees, heating to 21."},
		{all, func(s *Snapshot) { s.Temperature = -10.04 }, "It is -10 degrees, heating to 21."},
		{only(CategoryTemperature), func(*Snapshot) {}, "It is 20.5 degrees."},
		{only(CategoryTemperature, CategorySetpoint), func(*Snapshot) {}, "It is 20.5 degrees, set to 21."},
		{only(CategoryTemperature, CategoryHVAC), func(*Snapshot) {}, "It is 20.5 degrees, heating."},
		{only(CategorySetpoint, CategoryHVAC), func(s *Snapshot) { s.Action = ActionFault }, "It is in need of help, and set to 21."},
		{only(CategorySetpoint), func(s *Snapshot) { s.Setpoint = 19.5 }, "It is set to 19.5."},
		{only(CategoryHVAC), func(s *Snapshot) { s.Action = ActionDrying }, "It is drying the air."},
		{only(CategoryHumidity), func(*Snapshot) {}, ""},
	} {
		r := newRoom(t, tt.scope)
		tt.change(&r.snap)
		if err := r.ask(); err != nil {
			t.Fatal(err)
		}
		out, err := r.release(RoomID)
		if tt.want == "" {
			wantReason(t, err, ReasonShape)
			continue
		}
		if err != nil || len(out) != 1 || string(out[0].Payload()) != tt.want {
			t.Errorf("%v: %v, %v, want %q", tt.scope.Categories(), out, err, tt.want)
		}
	}
}

// This-room is there and silent, cannot be changed, and can have nothing but a policy.
func TestRoomIsSilentUntilItsPolicy(t *testing.T) {
	r := emptyRig(t)
	if got := r.st.Recipients(); len(got) != 0 {
		t.Errorf("enrolled from the start: %v", got)
	}
	if _, ok := r.st.Recipient(RoomID); !ok {
		t.Fatal("this-room is not known")
	}
	r.must(TalkPress{})
	wantReason(t, r.ask(), ReasonNoBasis)
	if len(r.st.Windows()) != 0 {
		t.Error("a window without a policy")
	}
	_, err := r.do(RecipientAdd{Owner{By: AuthorityRoot}, testRecipient(RoomID)})
	wantReason(t, err, ReasonRoom)
	_, err = r.do(RecipientRemove{RoomID})
	wantReason(t, err, ReasonRoom)
	own := r.press()
	_, err = r.do(GrantGive{own, r.grant(RoomID, GrantRequest{})})
	wantReason(t, err, ReasonRoom)
	rec, _ := r.st.Recipient(RoomID)
	once, err := NewOnce(r.entropy, r.now, rec, GrantRequest{Purpose: PurposeAutomation, Scope: Scope{{Category: CategoryTemperature}}}, map[string]string{"temperature": "20.5"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.do(OnceGive{own, once})
	wantReason(t, err, ReasonRoom)
	other := testRecipient("radio")
	if other.Profile = ProfileRoom; other.Validate() == nil {
		t.Error("somebody else was enrolled as a room")
	}
	if room().Validate() == nil {
		t.Error("this-room could be enrolled")
	}
}

func TestRoomPolicySurvivesARestart(t *testing.T) {
	r := newRoom(t, nil)
	r.restart()
	if _, ok := r.st.Policy(RoomID); !ok {
		t.Fatal("the policy is gone")
	}
	for n := range maxRecipients {
		r.must(RecipientAdd{Owner{By: AuthorityRoot}, testRecipient("r" + string(rune('a'+n)))})
	}
	r.restart()
	if n := len(r.st.Recipients()); n != maxRecipients {
		t.Errorf("%d recipients of %d, this-room took a place", n, maxRecipients)
	}
}

// Whatever the house is like, an answer is made of the words of the grammar and of
// numbers no finer than the policy lets them be.
func TestRoomHasNoOtherWords(t *testing.T) {
	words := map[string]bool{"It": true, "is": true, "degrees": true, "set": true, "to": true, "and": true}
	for _, w := range doingWords {
		for part := range strings.FieldsSeq(w) {
			words[part] = true
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		r := newRoom(t, nil)
		r.snap.Temperature = rapid.Float64Range(-60, 120).Draw(t, "temperature")
		r.snap.Setpoint = rapid.Float64Range(5, 35).Draw(t, "setpoint")
		r.snap.Mode = Mode(rapid.IntRange(0, int(ModeDry)).Draw(t, "mode"))
		r.snap.Action = Action(rapid.IntRange(0, int(ActionDrying)).Draw(t, "action"))
		if err := r.ask(); err != nil {
			t.Fatal(err)
		}
		out, err := r.release(RoomID)
		if err != nil || len(out) != 1 {
			t.Fatal(out, err)
		}
		for part := range strings.FieldsSeq(string(out[0].Payload())) {
			part = strings.TrimSuffix(strings.TrimSuffix(part, "."), ",")
			whole, half := strings.CutSuffix(part, ".5")
			if !words[part] && (strings.Trim(whole, "-0123456789") != "" || half && whole == "") {
				t.Fatalf("%q in %q", part, out[0].Payload())
			}
		}
	})
}

// Only how it is can be asked: nothing else that may be wished is told back.
func TestRoomAnswersOneQuestion(t *testing.T) {
	for k := CommandSetpoint; int(k) < len(commandNames); k++ {
		r := newRoom(t, nil)
		if err := r.gate.Ask(r.now, &r.st, RoomID, Question{Kind: k, Number: 21, Result: ResultApplied}); err != nil {
			continue // refused even earlier
		}
		if out, _ := r.release(RoomID); (len(out) > 0) != (k == CommandReport) {
			t.Errorf("%v: %d answers", k, len(out))
		}
	}
}
