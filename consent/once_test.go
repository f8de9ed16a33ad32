package consent

import (
	"maps"
	"testing"
	"time"
)

var onceAsk = GrantRequest{Purpose: PurposeAutomation, Scope: Scope{{Category: CategoryTemperature}, {Category: CategorySetpoint}}}

// What leaves is a new sample that says what the preview said.
func TestOnceSendsWhatWasShown(t *testing.T) {
	r := newRig(t)
	r.sample()
	o, err := r.once("hub", onceAsk)
	if err != nil {
		t.Fatal(err)
	}
	r.must(OnceGive{r.press(), o})
	r.after(time.Second)
	r.snap.Temperature += 0.6 // somebody opened a window
	_, err = r.release("hub")
	wantReason(t, err, ReasonNotAsShown)
	r.snap.Temperature -= 0.65 // rounded it is as shown
	out, err := r.release("hub")
	if err != nil || len(out) != 1 || out[0].Basis() != BasisOnce {
		t.Fatal(out, err)
	}
	// It has been used; its window stands until the outcome is known, and no longer.
	r.after(time.Second)
	if out, err := r.release("hub"); len(out) != 0 || err != nil {
		t.Errorf("a used once said %d things more, %v", len(out), err)
	}
	if _, open := r.st.Window("hub"); !open {
		t.Error("the window was shut over the message")
	}
	fx := r.must(OnceDone{o.ID})
	if _, open := r.st.Window("hub"); open {
		t.Error("the window outlived the outcome")
	}
	if c, ok := fx[0].(CloseWindow); !ok || c.Reason != ReasonUsed {
		t.Errorf("closed by %+v", fx[0])
	}
	r.must(OnceDone{o.ID})
}

func TestOnceLastsAMinute(t *testing.T) {
	for _, tt := range []struct {
		after time.Duration
		open  bool
	}{{OnceLife - 1, true}, {OnceLife, false}, {OnceLife + 1, false}} {
		r := newRig(t)
		r.sample()
		o, err := r.once("hub", onceAsk)
		if err != nil {
			t.Fatal(err)
		}
		r.must(OnceGive{r.press(), o})
		r.after(tt.after)
		if _, open := r.st.Window("hub"); open != tt.open {
			t.Errorf("after %v open is %v", tt.after, open)
		}
		r.must(OnceDone{o.ID}) // not used: nothing to be done
	}
}

func TestOnceNeedsAPreview(t *testing.T) {
	r := newRig(t)
	r.sample()
	rec, _ := r.st.Recipient("hub")
	good := map[string]string{"temperature": "20.5", "setpoint": "21.0", "mode": `"heat"`}
	for name, change := range map[string]func(map[string]string){
		"nothing shown":   func(m map[string]string) { clear(m) },
		"one missing":     func(m map[string]string) { delete(m, "mode") },
		"one more":        func(m map[string]string) { m["humidity"] = "40" },
		"another instead": func(m map[string]string) { delete(m, "mode"); m["humidity"] = "40" },
	} {
		shown := maps.Clone(good)
		change(shown)
		if _, err := NewOnce(r.entropy, r.now, rec, onceAsk, shown); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	o, err := NewOnce(r.entropy, r.now, rec, onceAsk, good)
	if err != nil {
		t.Fatal(err)
	}
	o.Shown = o.Shown[:1]
	_, err = r.do(OnceGive{r.press(), o})
	wantReason(t, err, ReasonInvalid)
	// The record in the ledger does not depend on the values.
	a, b := o, o
	a.Shown, b.Shown = []string{"1"}, []string{"2"}
	if a.Digest() != b.Digest() || len(a.Record()) == 0 {
		t.Error("the ledger would tell what was shown")
	}
}
