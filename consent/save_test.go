package consent

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSaveKeepsWhatLastsAndNothingElse(t *testing.T) {
	r := ready(t, BasisGrant)
	r.must(TalkPress{})
	r.after(time.Second)
	if out, err := r.release("hub"); len(out) != 2 {
		t.Fatalf("%d releases, %v; want one for each basis", len(out), err)
	}
	b, _, err := Save(r.st)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"session-", "windows", "presence", "once", "openings"} {
		if bytes.Contains(b, []byte(word)) {
			t.Errorf("the saved state speaks of %q", word)
		}
	}
	st, dropped, err := Load(b)
	if err != nil || len(dropped) != 0 {
		t.Fatal(err, dropped)
	}
	if len(st.Recipients()) != 1 || len(st.Policies()) != 1 || len(st.Grants()) != 1 || st.Epoch() != r.st.Epoch() {
		t.Errorf("loaded %d recipients, %d policies, %d opt-ins, epoch %d", len(st.Recipients()), len(st.Policies()), len(st.Grants()), st.Epoch())
	}
	if _, open := st.Session(); open || len(st.Windows()) != 0 || st.Blocked() != ReasonShut {
		t.Error("a loaded state is open")
	}
	again, _, err := Save(st)
	if err != nil || !bytes.Equal(again, b) {
		t.Errorf("saved, loaded and saved it reads\n%s\nand was\n%s", again, b)
	}
}

func TestRestartCloses(t *testing.T) {
	r := ready(t, BasisSession)
	r.mustRelease()
	before := r.st.Epoch()
	r.restart()
	if r.st.Epoch() <= before {
		t.Errorf("epoch %d after %d", r.st.Epoch(), before)
	}
	if n := r.run(5 * time.Minute); n != 0 {
		t.Errorf("%d messages after a restart", n)
	}
}

// The state file may be old: what the ledger says ended stays ended.
func TestOldStateDoesNotReviveAGrant(t *testing.T) {
	r := ready(t, BasisGrant)
	old, _, err := Save(r.st)
	if err != nil {
		t.Fatal(err)
	}
	r.must(GrantRevoke{r.st.Grants()[0].ID})
	if r.st, _, err = Load(old); err != nil {
		t.Fatal(err)
	}
	r.must(BootStarted{EndedGrants: EndedGrants(r.ledger.entries)})
	r.must(LedgerOK{})
	r.must(ControlBack{})
	if n := r.run(time.Hour); n != 0 || r.st.Grants()[0].State != GrantWithdrawn {
		t.Errorf("%d messages of a withdrawn opt-in", n)
	}
}

func edit(t *testing.T, b []byte, f func(map[string]any)) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	f(m)
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func savedFixture(t *testing.T) []byte {
	r := newRig(t)
	r.give("hub", GrantRequest{})
	r.give("hub", GrantRequest{Purpose: PurposeEnergy})
	b, _, err := Save(r.st)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLoadRefuses(t *testing.T) {
	good := savedFixture(t)
	for name, b := range map[string][]byte{
		"nothing":        nil,
		"half":           good[:len(good)/2],
		"two":            slices.Concat(good, good),
		"newer schema":   edit(t, good, func(m map[string]any) { m["schema"] = "quietstat.consent/3" }),
		"no schema":      edit(t, good, func(m map[string]any) { delete(m, "schema") }),
		"unknown key":    edit(t, good, func(m map[string]any) { m["sessions"] = []any{} }),
		"negative clock": edit(t, good, func(m map[string]any) { m["clock"].(map[string]any)["boot"] = -1 }),
	} {
		st, _, err := Load(b)
		if err == nil || len(st.Recipients())+len(st.Grants()) != 0 || st.Blocked() == ReasonNone {
			t.Errorf("%s: loaded %d recipients, %v", name, len(st.Recipients()), err)
		}
	}
}

// One record that is not understood is left out; the others stand.
func TestLoadDropsOnlyWhatItDoesNotUnderstand(t *testing.T) {
	good := savedFixture(t)
	grant := func(f func(map[string]any)) func(map[string]any) {
		return func(m map[string]any) { f(m["grants"].([]any)[0].(map[string]any)) }
	}
	for name, tt := range map[string]struct {
		edit       func(map[string]any)
		what       string
		grantsLeft int
	}{
		"unknown category": {grant(func(g map[string]any) { g["scope"].([]any)[0].(map[string]any)["category"] = "climate.co2" }), "opt-in", 1},
		"unknown purpose":  {grant(func(g map[string]any) { g["purpose"] = "marketing" }), "opt-in", 1},
		"unknown key":      {grant(func(g map[string]any) { g["forever"] = true }), "opt-in", 1},
		"too fine":         {grant(func(g map[string]any) { g["scope"].([]any)[0].(map[string]any)["round"] = 0.001 }), "opt-in", 1},
		"newer version":    {grant(func(g map[string]any) { g["version"] = 2 }), "opt-in", 1},
		"same id twice":    {func(m map[string]any) { l := m["grants"].([]any); m["grants"] = append(l, l[0]) }, "opt-in", 2},
		"policy of another": {func(m map[string]any) {
			m["policies"].([]any)[0].(map[string]any)["fingerprint"] = strings.Repeat("0", 64)
		}, "policy", 2},
		"bad recipient": {func(m map[string]any) { m["recipients"].([]any)[0].(map[string]any)["reach"] = "moon" }, "recipient", 2},
	} {
		st, dropped, err := Load(edit(t, good, tt.edit))
		if err != nil || len(dropped) == 0 || dropped[0].What != tt.what || dropped[0].Err == nil || len(st.Grants()) != tt.grantsLeft {
			t.Errorf("%s: %d opt-ins, dropped %v, %v", name, len(st.Grants()), dropped, err)
		}
	}
}

// An update may only narrow: what a state allows after loading is never more.
func TestLoadedStateAllowsNoMore(t *testing.T) {
	good := savedFixture(t)
	st, _, err := Load(edit(t, good, func(m map[string]any) {
		m["recipients"].([]any)[0].(map[string]any)["display_name"] = "Somebody else"
	}))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	r.st = st
	r.boot()
	r.must(TalkPress{})
	if n := r.run(time.Hour); n != 0 {
		t.Errorf("%d messages to a recipient that was edited in the file", n)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"schema":"quietstat.consent/1","epoch":1,"clock":{"boot":0,"boot_id":"","wall":"0001-01-01T00:00:00Z","trusted":false,"high":"0001-01-01T00:00:00Z","suspect_until":0},"recipients":[],"policies":[],"grants":[]}`))
	f.Add([]byte(`{"schema":"quietstat.consent/2","epoch":1,"clock":{"boot":0,"boot_id":"","wall":"0001-01-01T00:00:00Z","trusted":false,"high":"0001-01-01T00:00:00Z","suspect_until":0},"recipients":[],"policies":[],"grants":[]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		st, _, err := Load(b)
		if err != nil {
			return
		}
		out, _, err := Save(st)
		if err != nil {
			t.Fatalf("loaded and cannot be saved: %v", err)
		}
		if _, dropped, err := Load(out); err != nil || len(dropped) > 0 {
			t.Fatalf("saved and cannot be loaded: %v, %v", err, dropped)
		}
	})
}
