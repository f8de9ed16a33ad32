package drivers

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"periph.io/x/conn/v3/gpio"
	"pgregory.net/rapid"

	"quietstat/hvac"
)

// bench is three lines that log what they are told and can be made to fail.
type bench struct {
	log   []string
	level map[string]gpio.Level
	fail  map[string]bool
}

type benchLine struct {
	b    *bench
	name string
}

// saw tells the relays one thing after another, and asks what came to the lines.
func (b *bench) saw(t *testing.T, g *relays, told []hvac.Outputs, want string) {
	t.Helper()
	for _, o := range told {
		if err := g.apply(o); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(b.log, " "); got != want {
		t.Errorf("lines saw %q, want %q", got, want)
	}
}

var errLine = errors.New("line broke")

func (l benchLine) Out(v gpio.Level) error {
	if l.b.fail[l.name] {
		return errLine
	}
	l.b.log = append(l.b.log, fmt.Sprintf("%s=%v", l.name, v))
	l.b.level[l.name] = v
	return nil
}

// group returns heat (active high), cool (active low) and fan, driven off.
func (b *bench) group(t interface{ Fatal(...any) }) *relays {
	b.level, b.fail = map[string]gpio.Level{}, map[string]bool{}
	g := &relays{lines: [hvac.MaxLines]relay{
		hvac.LineHeat: {line: benchLine{b, "heat"}, what: "heat"},
		hvac.LineCool: {line: benchLine{b, "cool"}, what: "cool", activeLow: true},
		hvac.LineFan:  {line: benchLine{b, "fan"}, what: "fan"},
	}}
	if err := g.offLocked(); err != nil {
		t.Fatal(err)
	}
	b.log = nil
	return g
}

// told is what equipment with one stage is told; a call that is none has no work.
func told(c hvac.Call, fan bool) hvac.Outputs {
	out := hvac.Outputs{Call: c, Fan: fan}
	switch c {
	case hvac.CallHeat:
		out.Lines.Work = hvac.WorkHeat
	case hvac.CallCool:
		out.Lines.Work = hvac.WorkCool
	}
	return out
}

func TestRelaysBreakBeforeMake(t *testing.T) {
	const heat, cool, none = hvac.CallHeat, hvac.CallCool, hvac.CallNone
	tests := []struct {
		name  string
		calls []hvac.Outputs
		want  string
	}{
		{"off stays silent", []hvac.Outputs{{}, {}}, ""},
		{"heat is written once", []hvac.Outputs{told(heat, false), told(heat, false)}, "heat=High"},
		{"cool is active low", []hvac.Outputs{told(cool, false), told(none, false)}, "cool=Low cool=High"},
		{"heat to cool", []hvac.Outputs{told(heat, false), told(cool, false)}, "heat=High heat=Low cool=Low"},
		{"cool to heat", []hvac.Outputs{told(cool, false), told(heat, false)}, "cool=Low cool=High heat=High"},
		{"fan before compressor", []hvac.Outputs{told(cool, true)}, "fan=High cool=Low"},
		{"compressor before fan", []hvac.Outputs{told(cool, true), {}}, "fan=High cool=Low cool=High fan=Low"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bench
			b.saw(t, b.group(t), tt.calls, tt.want)
		})
	}
}

// TestRelaysRefuseEveryCorruptCall: any value but the three means off.
func TestRelaysRefuseEveryCorruptCall(t *testing.T) {
	for v := range 256 {
		var b bench
		g := b.group(t)
		if err := g.apply(told(hvac.CallHeat, true)); err != nil {
			t.Fatal(err)
		}
		call := hvac.Call(v)
		err := g.apply(told(call, true))
		if valid := call <= hvac.CallCool; (err == nil) != valid {
			t.Errorf("call %d: err = %v", v, err)
		} else if !valid && (b.level["heat"] == gpio.High || b.level["cool"] == gpio.Low || b.level["fan"] == gpio.High) {
			t.Errorf("call %d: something is on: %v", v, b.level)
		}
	}
}

func TestRelayErrors(t *testing.T) {
	tests := []struct {
		name  string
		first hvac.Call
		fail  string
		then  hvac.Call
		want  string // lines after the failure, those that obey
	}{
		{"heat will not go off: cool stays off", hvac.CallHeat, "heat", hvac.CallCool, "cool=High fan=Low"},
		{"cool will not go off: heat stays off", hvac.CallCool, "cool", hvac.CallHeat, "heat=Low fan=Low"},
		{"heat will not go on: the rest goes off", hvac.CallNone, "heat", hvac.CallHeat, "cool=High fan=Low"},
		{"fan will not obey: heat is not left on", hvac.CallHeat, "fan", hvac.CallHeat, "heat=Low cool=High"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bench
			g := b.group(t)
			if err := g.apply(told(tt.first, false)); err != nil {
				t.Fatal(err)
			}
			b.fail[tt.fail] = true
			err := g.apply(told(tt.then, true))
			if !errors.Is(err, errLine) || !strings.Contains(err.Error(), tt.fail) {
				t.Errorf("err = %v, want one that wraps the line's and names %s", err, tt.fail)
			}
			var got []string
			for _, name := range []string{"heat", "cool", "fan"} {
				if name != tt.fail {
					got = append(got, fmt.Sprintf("%s=%v", name, b.level[name]))
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("left at %v, want %s", got, tt.want)
			}
			b.fail[tt.fail] = false
			if err := g.apply(hvac.Outputs{}); err != nil {
				t.Fatal(err)
			}
			if b.level["heat"] != gpio.Low || b.level["cool"] != gpio.High || b.level["fan"] != gpio.Low {
				t.Errorf("after the line obeys again and nothing is called: %v", b.level)
			}
		})
	}
}

func TestRelayNotFitted(t *testing.T) {
	var g relays
	if err := g.apply(hvac.Outputs{Fan: true}); err != nil {
		t.Errorf("a fan that is not fitted: %v", err)
	}
	for _, c := range []hvac.Call{hvac.CallHeat, hvac.CallCool} {
		if err := g.apply(told(c, false)); !errors.Is(err, ErrNotFitted) {
			t.Errorf("call %d without a relay: err = %v, want ErrNotFitted", c, err)
		}
	}
	if err := g.setIndicator(true); !errors.Is(err, ErrNotFitted) {
		t.Errorf("indicator: err = %v, want ErrNotFitted", err)
	}
}

func TestRelaysCloseWritesOffOnceMore(t *testing.T) {
	var b bench
	g := b.group(t)
	for range 2 {
		if err := g.close(); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"heat=Low", "cool=High", "fan=Low"}; !slices.Equal(b.log, want) {
		t.Errorf("close wrote %v, want %v", b.log, want)
	}
	if err := g.apply(told(hvac.CallHeat, false)); !errors.Is(err, ErrClosed) {
		t.Errorf("after close: err = %v, want ErrClosed", err)
	}
	if err := g.setIndicator(true); !errors.Is(err, ErrClosed) {
		t.Errorf("indicator after close: err = %v, want ErrClosed", err)
	}
}

// TestRelaysNeverBoth: for any sequence of calls, corrupt ones included, and lines that
// fail at random, heat and cool are never driven on together.
func TestRelaysNeverBoth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bench
		g := b.group(t)
		for range rapid.IntRange(1, 40).Draw(t, "n") {
			for _, name := range []string{"heat", "cool", "fan"} {
				b.fail[name] = rapid.IntRange(0, 4).Draw(t, name) == 0
			}
			out := told(hvac.Call(rapid.IntRange(0, 4).Draw(t, "call")), rapid.Bool().Draw(t, "fan on"))
			from := len(b.log)
			heat, cool := b.level["heat"], b.level["cool"]
			err := g.apply(out)
			for _, l := range b.log[from:] {
				switch l {
				case "heat=High":
					heat = gpio.High
				case "heat=Low":
					heat = gpio.Low
				case "cool=High":
					cool = gpio.High
				case "cool=Low":
					cool = gpio.Low
				}
				if heat == gpio.High && cool == gpio.Low {
					t.Fatalf("both on after %v", b.log)
				}
			}
			if err == nil && (b.level["heat"] == gpio.High) != (out.Call == hvac.CallHeat) {
				t.Fatalf("call %d succeeded and heat is %v", out.Call, b.level["heat"])
			}
			if err == nil && (b.level["cool"] == gpio.Low) != (out.Call == hvac.CallCool) {
				t.Fatalf("call %d succeeded and cool is %v", out.Call, b.level["cool"])
			}
		}
	})
}

func TestApplyAllocatesNothing(t *testing.T) {
	g := relays{lines: [hvac.MaxLines]relay{hvac.LineHeat: {line: mute{}}, hvac.LineCool: {line: mute{}}, hvac.LineFan: {line: mute{}}}}
	if n := testing.AllocsPerRun(100, func() {
		for _, c := range []hvac.Call{hvac.CallHeat, hvac.CallCool, hvac.CallNone} {
			if g.apply(told(c, true)) != nil {
				t.Fatal("apply failed")
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations per three decisions, want 0", n)
	}
}

type mute struct{}

func (mute) Out(gpio.Level) error { return nil }
