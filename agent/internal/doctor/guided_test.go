package doctor

import (
	"errors"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/config"
	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

// bench is a simulated board with an owner beside it.
type bench struct {
	t     *testing.T
	board *drivers.Board
	now   time.Duration
	asked []string
	reply func(question string) (bool, error)
}

func newBench(t *testing.T, c *config.Config, reply func(string) (bool, error)) *bench {
	t.Helper()
	hw := sim.New(1)
	board, err := drivers.Open(hw, c.DriversOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { board.Close() })
	return &bench{t: t, board: board, reply: reply}
}

func (b *bench) guide() Guide {
	return Guide{
		Ask: func(q string) (bool, error) { b.asked = append(b.asked, q); return b.reply(q) },
		Wait: func(d time.Duration) (time.Duration, error) {
			b.now += d
			return b.now, nil
		},
	}
}

const everything = `
[board]
kind = "sim"
[relays.heat]
pin = "GPIO17"
type = "heating"
[relays.heat2]
pin = "GPIO5"
type = "second stage"
[relays.cool]
pin = "GPIO27"
type = "cooling"
[relays.fan]
pin = "GPIO26"
type = "fan"
[[doors]]
id = "front"
pin = "GPIO22"
`

// judge answers the two questions about a click, and yes to everything else.
func judge(on, off bool) func(string) (bool, error) {
	return func(q string) (bool, error) {
		switch {
		case strings.Contains(q, "did that relay"):
			return on, nil
		case strings.Contains(q, "released again"):
			return off, nil
		}
		return true, nil
	}
}

func TestRelaysClickOneAtATime(t *testing.T) {
	for _, tt := range []struct {
		on, off bool
		verdict Verdict
		hint    string
	}{
		{true, true, OK, ""}, {false, false, Fail, "change active_low"},
		{false, true, Fail, "check the wire"}, {true, false, Fail, "welded"},
	} {
		c := configured(t, everything)
		b := newBench(t, c, judge(tt.on, tt.off))
		findings, err := Relays(c, b.board, b.guide())
		if err != nil || len(findings) != 4 {
			t.Fatalf("%+v, %v", findings, err)
		}
		for _, f := range findings {
			if f.Verdict != tt.verdict || !strings.Contains(f.Remedy, tt.hint) {
				t.Errorf("on %v, off %v: %+v", tt.on, tt.off, f)
			}
		}
	}
}

// Every step is a decision the interlock lets through, on every sort of equipment.
func TestEveryClickKeepsTheInterlock(t *testing.T) {
	for _, name := range []string{"furnace", "heatpump", "boiler"} {
		example, err := config.ExampleFor(name)
		if err != nil {
			t.Fatal(err)
		}
		c := configured(t, string(example))
		o := c.DriversOptions()
		board, err := drivers.Open(sim.New(1), o)
		if err != nil {
			t.Fatal(err)
		}
		steps := clicks(&o)
		if len(steps) == 0 {
			t.Errorf("%s: nothing to try", name)
		}
		for _, k := range steps {
			if err := board.SetRelays(k.out); err != nil {
				t.Errorf("%s: %s: %v", name, k.name, err)
			}
			if err := board.SetRelays(hvac.Outputs{}); err != nil {
				t.Errorf("%s: %s, off: %v", name, k.name, err)
			}
		}
		if err := board.Close(); err != nil {
			t.Error(err)
		}
	}
}

// switches notes what is asked of it, and can fail.
type switches struct {
	told []hvac.Outputs
	fail func(hvac.Outputs) error
}

func (s *switches) SetRelays(out hvac.Outputs) error {
	s.told = append(s.told, out)
	if s.fail != nil {
		return s.fail(out)
	}
	return nil
}
func (*switches) Poll(time.Duration) error                      { return nil }
func (*switches) Doors() (d [hvac.MaxDoors]hvac.Contact, n int) { return d, 0 }

func TestNothingClicksUnasked(t *testing.T) {
	c := configured(t, everything)
	gone := errors.New("gone")
	for _, tt := range []struct {
		name  string
		reply func(string) (bool, error)
		told  int
		err   error
		check string
	}{
		{"the breaker is not off", func(string) (bool, error) { return false, nil }, 0, nil, "relays"},
		{"nobody there", func(string) (bool, error) { return false, gone }, 0, gone, ""},
		{"each refused", func(q string) (bool, error) { return !strings.Contains(q, "shall it click"), nil }, 0, nil, "relay heat"},
		{"gone while it is on", func(q string) (bool, error) {
			if strings.Contains(q, "did that relay") {
				return false, gone
			}
			return true, nil
		}, 2, gone, ""},
	} {
		s := &switches{}
		b := &bench{reply: tt.reply}
		findings, err := Relays(c, s, b.guide())
		if !errors.Is(err, tt.err) || len(s.told) != tt.told || tt.check != "" && (len(findings) == 0 || findings[0].Check != tt.check) {
			t.Errorf("%s: %d switched, %+v, %v", tt.name, len(s.told), findings, err)
		}
		if n := len(s.told); n > 0 && s.told[n-1] != (hvac.Outputs{}) {
			t.Errorf("%s: left on", tt.name)
		}
	}
	c.Control.Shadow = true
	s := &switches{}
	if findings, err := Relays(c, s, (&bench{}).guide()); err != nil || len(s.told) != 0 || findings[0].Verdict != Warn {
		t.Errorf("beside an old thermostat: %+v, %v", findings, err)
	}
}

func TestRelaysThatCannotBeSwitched(t *testing.T) {
	c := configured(t, everything)
	never := &switches{fail: func(out hvac.Outputs) error {
		if out == (hvac.Outputs{}) {
			return nil
		}
		return errors.New("no line")
	}}
	b := &bench{reply: judge(true, true)}
	if findings, err := Relays(c, never, b.guide()); err != nil || len(findings) != 4 || findings[0].Verdict != Fail {
		t.Errorf("%+v, %v", findings, err)
	}
	stuck := &switches{fail: func(out hvac.Outputs) error {
		if out == (hvac.Outputs{}) {
			return errors.New("no line")
		}
		return nil
	}}
	if findings, err := Relays(c, stuck, b.guide()); err != nil || len(findings) != 1 || !strings.Contains(findings[0].Remedy, "supply") {
		t.Errorf("one that stays on ends the test: %+v, %v", findings, err)
	}
}

func TestDoorsAreOpenedAndClosed(t *testing.T) {
	c := configured(t, everything)
	for _, tt := range []struct {
		name        string
		open, close bool // what the contact reads when the owner opens and closes
		verdict     Verdict
		text        string
	}{
		{"well", true, false, OK, "opens and closes"}, {"cut cable", true, true, Fail, "open all the time"},
		{"shorted", false, false, Fail, "closed all the time"}, {"inverted", false, true, Fail, "wrong way round"},
	} {
		state := false
		b := &bench{reply: func(q string) (bool, error) {
			if state = tt.close; strings.Contains(q, "open it now") {
				state = tt.open
			}
			return true, nil
		}}
		read := func(time.Duration) ([]hvac.Contact, error) { return []hvac.Contact{{Known: true, Open: state}}, nil }
		findings, err := Doors(c, read, b.guide())
		if err != nil || len(findings) != 1 || findings[0].Verdict != tt.verdict || !strings.Contains(findings[0].Text, tt.text) {
			t.Errorf("%s: %+v, %v", tt.name, findings, err)
		}
	}
	refuse := &bench{reply: func(string) (bool, error) { return false, nil }}
	if findings, err := Doors(c, nil, refuse.guide()); err != nil || findings[0].Verdict != Warn {
		t.Errorf("refused: %+v, %v", findings, err)
	}
	broken := func(time.Duration) ([]hvac.Contact, error) { return nil, errors.New("no chip") }
	agree := &bench{reply: func(string) (bool, error) { return true, nil }}
	if findings, err := Doors(c, broken, agree.guide()); err != nil || findings[0].Verdict != Fail {
		t.Errorf("unreadable: %+v, %v", findings, err)
	}
	if findings, _ := Doors(configured(t, strings.SplitN(everything, "[[doors]]", 2)[0]), nil, agree.guide()); findings[0].Verdict != OK {
		t.Errorf("no doors: %+v", findings)
	}
}

// The contacts of a real board are debounced between two looks.
func TestContactsOfTheBoard(t *testing.T) {
	c := configured(t, everything)
	b := newBench(t, c, func(string) (bool, error) { return true, nil })
	findings, err := Doors(c, Contacts(b.board), b.guide())
	if err != nil || len(findings) != 1 || findings[0].Verdict != Fail || !strings.Contains(findings[0].Text, "all the time") {
		t.Errorf("a contact nobody moves: %+v, %v", findings, err)
	}
}
