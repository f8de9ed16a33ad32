package hvac

import (
	"fmt"
	"strings"
	"testing"
)

func TestWordsThereAndBack(t *testing.T) {
	for m := ModeOff; m <= ModeDry; m++ {
		if got, err := ParseMode(m.String()); got != m || err != nil || !m.Valid() {
			t.Errorf("mode %v: %v, %v", m, got, err)
		}
	}
}

func TestCallsAndActionsHaveWordsOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for a := ActionOff; a <= ActionDrying; a++ {
		seen[a.String()] = true
	}
	for c := CallNone; c <= CallCool; c++ {
		seen[c.String()] = true
	}
	if n := int(ActionDrying) + 1 + int(CallCool) + 1; len(seen) != n || seen[""] {
		t.Errorf("%d words for %d values: %v", len(seen), n, seen)
	}
}

func TestParseForgivesCaseAndSpace(t *testing.T) {
	if m, err := ParseMode(" Heat\n"); m != ModeHeat || err != nil {
		t.Errorf("%v, %v", m, err)
	}
}

func TestParseErrorsListWhatIsAllowed(t *testing.T) {
	for s, want := range map[string]string{
		"warm": `mode "warm" is not known: use one of off, heat, cool, auto, dry`,
		"":     `mode "" is not known: use one of off, heat, cool, auto, dry`,
	} {
		if _, err := ParseMode(s); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestUnknownValuesPrint(t *testing.T) {
	for _, v := range []fmt.Stringer{Mode(9), Call(9), Action(9), SensorFault(9)} {
		if !strings.HasSuffix(v.String(), "(9)") {
			t.Errorf("%T prints %q", v, v)
		}
	}
	if Mode(9).Valid() {
		t.Error("mode 9 is valid")
	}
}

func FuzzParseMode(f *testing.F) {
	for _, s := range []string{"off", "HEAT", " cool", "auto ", "", "ſ", "heat\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMode(s)
		if err != nil && m != ModeOff {
			t.Errorf("%q: mode %v beside an error", s, m)
		}
		if back, err2 := ParseMode(m.String()); err == nil && (back != m || err2 != nil) {
			t.Errorf("%q: %v does not parse back", s, m)
		}
	})
}
