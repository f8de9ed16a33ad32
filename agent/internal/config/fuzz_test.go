package config

import (
	"errors"
	"strings"
	"testing"
)

// FuzzParse holds for any bytes: a Config or Problems and never both, every problem
// with a place inside the file, one line, and all of its parts; and what is accepted
// is accepted by the controller too.
func FuzzParse(f *testing.F) {
	f.Add(Example())
	for _, s := range []string{smallest, "", "a.b.c=1", "[a.b]\n[[doors]]\n[doors.x]", "doors=[{id='a',pin='GPIO4'},1]",
		"[relays]\nheat={pin='GPIO17',type='heating'}", "x=\"\"\"\n\n\"\"\"", "\xef\xbb\xbf[state]", "[doors.id]", "relays.heat.pin.x=1",
		"[[relays.heat]]\n", "[sensor]\nperiod=[[[]]]", "[\"relays\".'heat']\npin=\"GPIO\\u0031\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := string(data)
		c, err := Parse("f", data)
		if string(data) != before {
			t.Fatal("the input was changed")
		}
		if (c == nil) == (err == nil) {
			t.Fatalf("config %v and error %v", c, err)
		}
		if err == nil {
			p := c.HVACParams()
			if err := p.Validate(); err != nil {
				t.Fatal(err)
			}
			return
		}
		var ps Problems
		if !errors.As(err, &ps) {
			t.Fatalf("error is %T", err)
		}
		lines := strings.Split(before, "\n")
		for _, p := range ps {
			if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len(lines[p.Line-1])+1 {
				t.Errorf("%d:%d is not in the file: %v", p.Line, p.Column, p)
			}
			if p.Message == "" || p.Expected == "" || p.Remedy == "" || strings.ContainsAny(p.Error(), "\n\r") {
				t.Errorf("problem is incomplete or not one line: %q", p.Error())
			}
		}
	})
}
