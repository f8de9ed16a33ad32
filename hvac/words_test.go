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
	for c := CallNone; c <= CallCool; c++ {
		if got, err := ParseCall(c.String()); got != c || err != nil {
			t.Errorf("call %v: %v, %v", c, got, err)
		}
	}
	for a := ActionOff; a <= ActionDrying; a++ {
		if got, err := ParseAction(a.String()); got != a || err != nil {
			t.Errorf("action %v: %v, %v", a, got, err)
		}
	}
}

func TestParseForgivesCaseAndSpace(t *testing.T) {
	if m, err := ParseMode(" Heat\n"); m != ModeHeat || err != nil {
		t.Errorf("%v, %v", m, err)
	}
}

func TestParseErrorsListWhatIsAllowed(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{errOf(ParseMode("warm")), `mode "warm" is not known: use one of off, heat, cool, auto, dry`},
		{errOf(ParseCall("")), `call "" is not known: use one of none, heat, cool`},
		{errOf(ParseAction("on")), `action "on" is not known: use one of off, idle, heating, cooling, paused, fault, drying`},
	}
	for _, tt := range tests {
		if tt.err == nil || tt.err.Error() != tt.want {
			t.Errorf("got %v, want %s", tt.err, tt.want)
		}
	}
}

func errOf[T any](_ T, err error) error { return err }

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
