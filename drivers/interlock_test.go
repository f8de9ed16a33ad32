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

// wired is a bench with a line for each relay named, all active high and driven off.
func (b *bench) wired(t interface{ Fatal(...any) }, reversingB bool, lines ...hvac.Line) *relays {
	b.level, b.fail = map[string]gpio.Level{}, map[string]bool{}
	g := &relays{reversingB: reversingB}
	for _, l := range lines {
		g.lines[l] = relay{line: benchLine{b, l.String()}, what: l.String()}
	}
	for i := range indicator + 1 {
		if err := g.off(i); err != nil {
			t.Fatal(err)
		}
	}
	b.log = nil
	return g
}

func (b *bench) on(l hvac.Line) bool { return b.level[l.String()] == gpio.High }

var (
	furnace  = []hvac.Line{hvac.LineHeat, hvac.LineHeat2, hvac.LineCool, hvac.LineDry, hvac.LineFan}
	heatPump = []hvac.Line{hvac.LineCompressor, hvac.LineReversing, hvac.LineAux, hvac.LineFan}
)

func work(w hvac.Work, v hvac.Valve) hvac.Outputs {
	return hvac.Outputs{Call: w.Side(), Lines: hvac.Lines{Work: w, Valve: v}}
}

func TestEveryRelayFollowsItsWork(t *testing.T) {
	const stay, toHeat, toCool = hvac.ValveStay, hvac.ValveHeat, hvac.ValveCool
	for _, tt := range []struct {
		name  string
		lines []hvac.Line
		b     bool
		told  []hvac.Outputs
		want  string
	}{
		{"second stage after the first", furnace, false, []hvac.Outputs{work(hvac.WorkHeat, stay), work(hvac.WorkHeat2, stay), work(hvac.WorkHeat, stay)},
			"heat=High heat2=High heat2=Low"},
		{"both stages to cooling", furnace, false, []hvac.Outputs{work(hvac.WorkHeat2, stay), work(hvac.WorkCool, stay)},
			"heat=High heat2=High heat=Low heat2=Low cool=High"},
		{"dehumidifier", furnace, false, []hvac.Outputs{work(hvac.WorkDry, stay), {}}, "dehumidifier=High dehumidifier=Low"},
		{"O rests at heating", heatPump, false, []hvac.Outputs{work(hvac.WorkHeat, toHeat), work(hvac.WorkHeatAux, toHeat), {}},
			"compressor=High aux=High aux=Low compressor=Low"},
		{"O is energised for cooling", heatPump, false, []hvac.Outputs{work(hvac.WorkNone, toCool), work(hvac.WorkCool, toCool), {}},
			"reversing=High compressor=High compressor=Low"},
		{"B rests at cooling", heatPump, true, []hvac.Outputs{work(hvac.WorkCool, toCool), {}}, "compressor=High compressor=Low"},
		{"B is energised for heating", heatPump, true, []hvac.Outputs{work(hvac.WorkHeat, toHeat), {}, work(hvac.WorkAux, toHeat)},
			"reversing=High compressor=High compressor=Low aux=High"},
		{"from cooling to heating", heatPump, false, []hvac.Outputs{work(hvac.WorkCool, toCool), work(hvac.WorkNone, toHeat), work(hvac.WorkHeat, toHeat)},
			"reversing=High compressor=High compressor=Low reversing=Low compressor=High"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bench
			b.saw(t, b.wired(t, tt.b, tt.lines...), tt.told, tt.want)
		})
	}
}

func TestInterlockRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		lines  []hvac.Line
		first  hvac.Outputs
		damage func(g *relays)
		then   hvac.Outputs
		names  string // part of the error
	}{
		{"a call that is not its work", furnace, hvac.Outputs{}, nil,
			hvac.Outputs{Call: hvac.CallCool, Lines: hvac.Lines{Work: hvac.WorkHeat}}, "the call is cool and the work is heat"},
		{"a work that does not exist", furnace, work(hvac.WorkHeat, 0), nil,
			hvac.Outputs{Lines: hvac.Lines{Work: 99}}, "work(99)"},
		{"a valve position that does not exist", heatPump, hvac.Outputs{}, nil, work(hvac.WorkNone, 7), "valve position 7"},
		{"the valve under a compressor", heatPump, work(hvac.WorkHeat, hvac.ValveHeat), nil,
			work(hvac.WorkHeat, hvac.ValveCool), "reversing stays off while compressor is not known to be off"},
		{"the compressor behind a valve nobody knows", heatPump, hvac.Outputs{}, nil,
			work(hvac.WorkHeat, hvac.ValveStay), "compressor stays off while reversing is not known"},
		{"the compressor behind the wrong valve", heatPump, work(hvac.WorkNone, hvac.ValveCool), nil,
			work(hvac.WorkHeat, hvac.ValveStay), "compressor stays off while reversing is not known"},
		{"cooling beside a burner that may be on", furnace, hvac.Outputs{},
			func(g *relays) {
				g.lines[hvac.LineHeat2] = relay{line: stubborn{}, what: "heat2", known: true, on: true}
			},
			work(hvac.WorkCool, 0), "heat2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bench
			g := b.wired(t, false, tt.lines...)
			if err := g.apply(tt.first); err != nil {
				t.Fatal(err)
			}
			if tt.damage != nil {
				tt.damage(g)
			}
			err := g.apply(tt.then)
			var lock *InterlockError
			if tt.damage == nil && !errors.As(err, &lock) || err == nil || !strings.Contains(err.Error(), tt.names) {
				t.Errorf("err = %v, want an *InterlockError with %q", err, tt.names)
			}
			for _, l := range tt.lines {
				if l != hvac.LineReversing && b.on(l) {
					t.Errorf("%v is on after a refusal", l)
				}
			}
		})
	}
}

// stubborn is a line that does not obey.
type stubborn struct{}

func (stubborn) Out(gpio.Level) error { return errLine }

// TestEnergise: a relay goes on only beside others that are certainly off. One that is
// on, or whose last write failed, keeps it off.
func TestEnergise(t *testing.T) {
	for _, tt := range []struct {
		name        string
		counterpart relay
		ok          bool
	}{
		{"not fitted", relay{}, true},
		{"off", relay{line: mute{}, known: true}, true},
		{"on", relay{line: mute{}, known: true, on: true}, false},
		{"unknown, last told off", relay{line: mute{}}, false},
		{"unknown, last told on", relay{line: mute{}, on: true}, false},
	} {
		for _, pair := range [][2]hvac.Line{
			{hvac.LineHeat, hvac.LineCool}, {hvac.LineHeat2, hvac.LineCool}, {hvac.LineAux, hvac.LineCool},
			{hvac.LineCool, hvac.LineHeat}, {hvac.LineCool, hvac.LineHeat2}, {hvac.LineCool, hvac.LineAux},
		} {
			var g relays
			g.lines[pair[0]], g.lines[pair[1]] = relay{line: mute{}, known: true}, tt.counterpart
			side := hvac.CallHeat
			if pair[0] == hvac.LineCool {
				side = hvac.CallCool
			}
			err := g.energise(pair[0], side)
			if (err == nil) != tt.ok || g.lines[pair[0]].on != tt.ok {
				t.Errorf("%v beside %v that is %s: %v", pair[0], pair[1], tt.name, err)
			}
		}
	}
}

func TestAuxWaitsForAPumpThatCools(t *testing.T) {
	var g relays
	g.lines[hvac.LineAux] = relay{line: mute{}, what: "aux", known: true}
	g.lines[hvac.LineCompressor] = relay{line: mute{}, what: "compressor", known: true, on: true}
	g.lines[hvac.LineReversing] = relay{line: mute{}, what: "reversing", known: true, on: true}
	g.valve = hvac.ValveCool
	var lock *InterlockError
	if err := g.energise(hvac.LineAux, hvac.CallHeat); !errors.As(err, &lock) || g.lines[hvac.LineAux].on {
		t.Errorf("auxiliary heat beside a pump that cools: %v", err)
	}
	g.valve = hvac.ValveHeat
	if err := g.energise(hvac.LineAux, hvac.CallHeat); err != nil {
		t.Errorf("auxiliary heat beside a pump that heats: %v", err)
	}
}

// TestTheValveStaysUnderAStuckCompressor: everything else is driven.
func TestTheValveStaysUnderAStuckCompressor(t *testing.T) {
	var b bench
	g := b.wired(t, false, heatPump...)
	if err := errors.Join(g.apply(work(hvac.WorkNone, hvac.ValveCool)), g.apply(work(hvac.WorkCool, hvac.ValveCool))); err != nil {
		t.Fatal(err)
	}
	b.fail["compressor"], b.log = true, nil
	if err := g.close(); !errors.Is(err, errLine) {
		t.Errorf("err = %v, want the line's", err)
	}
	if want := []string{"aux=Low", "fan=Low"}; !slices.Equal(b.log, want) {
		t.Errorf("close wrote %v, want %v", b.log, want)
	}
}

func TestCloseTurnsTheValveAfterTheCompressor(t *testing.T) {
	var b bench
	g := b.wired(t, false, heatPump...)
	if err := errors.Join(g.apply(work(hvac.WorkNone, hvac.ValveCool)), g.apply(work(hvac.WorkCool, hvac.ValveCool))); err != nil {
		t.Fatal(err)
	}
	b.log = nil
	if err := g.close(); err != nil {
		t.Fatal(err)
	}
	if want := []string{"aux=Low", "compressor=Low", "reversing=Low", "fan=Low"}; !slices.Equal(b.log, want) {
		t.Errorf("close wrote %v, want %v", b.log, want)
	}
}

func TestCompressorWithoutValveOnlyHeats(t *testing.T) {
	var b bench
	g := b.wired(t, false, hvac.LineCompressor, hvac.LineFan)
	if err := g.apply(work(hvac.WorkHeat, hvac.ValveHeat)); err != nil || !b.on(hvac.LineCompressor) {
		t.Errorf("heating: %v", err)
	}
	if err := g.apply(work(hvac.WorkCool, hvac.ValveCool)); !errors.Is(err, ErrNotFitted) || b.on(hvac.LineCompressor) {
		t.Errorf("cooling: %v, want ErrNotFitted and off", err)
	}
}

// TestNothingFightsWhateverIsAsked: for any sequence of decisions, nonsense included,
// and lines that fail at random, no write lets heating and cooling energy be on
// together or turns the valve under a compressor, as the lines themselves tell.
func TestNothingFightsWhateverIsAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bench
		polarityB := rapid.Bool().Draw(t, "B")
		lines := heatPump
		if rapid.Bool().Draw(t, "furnace") {
			lines = furnace
		}
		g := b.wired(t, polarityB, lines...)
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			for _, l := range lines {
				b.fail[l.String()] = rapid.IntRange(0, 5).Draw(t, "fail") == 0
			}
			w := hvac.Work(rapid.IntRange(0, 8).Draw(t, "work"))
			out := work(w, hvac.Valve(rapid.IntRange(0, 3).Draw(t, "valve")))
			out.Fan = rapid.Bool().Draw(t, "fan")
			if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
				out.Call = hvac.Call(rapid.IntRange(0, 4).Draw(t, "call"))
			}
			now := map[string]bool{}
			for name, level := range b.level {
				now[name] = bool(level)
			}
			from := len(b.log)
			err := g.apply(out)
			for _, entry := range b.log[from:] {
				name, level, _ := strings.Cut(entry, "=")
				if name == "reversing" && now[name] != (level == "High") && now["compressor"] {
					t.Fatalf("the valve turned under a compressor: %v", b.log)
				}
				now[name] = level == "High"
				cooling := now["reversing"] != polarityB // O: energised is cooling
				heats := now["heat"] || now["heat2"] || now["aux"] || now["compressor"] && !cooling
				cools := now["cool"] || now["compressor"] && cooling
				if heats && cools && level == "High" {
					t.Fatalf("%s went on and both sides are on: %v", name, b.log)
				}
			}
			if err == nil {
				for _, l := range lines {
					if l < hvac.LineReversing && now[l.String()] != w.Lines(lines[0] == hvac.LineCompressor).Has(l) {
						t.Fatalf("%v succeeded and %v is %v", w, l, now[l.String()])
					}
				}
			}
		}
	})
}

// TestOutputsNameEveryRelay: each has a name of its own, and they are driven off in
// the order of danger.
func TestOutputsNameEveryRelay(t *testing.T) {
	o := Options{Bus: "1", Address: 0x76,
		Compressor: RelayOptions{Pin: "GPIO5"}, Reversing: RelayOptions{Pin: "GPIO6"}, Aux: RelayOptions{Pin: "GPIO16"},
		Dehumidifier: RelayOptions{Pin: "GPIO17"}, Fan: RelayOptions{Pin: "GPIO18"}, Indicator: RelayOptions{Pin: "GPIO19"}}
	if err := o.check(); err != nil {
		t.Fatal(err)
	}
	var pins []string
	seen := map[string]bool{}
	for _, out := range o.outputs() {
		if out.what == "" || seen[out.what] {
			t.Errorf("an output is called %q", out.what)
		}
		seen[out.what] = true
		if out.Pin != "" {
			pins = append(pins, out.Pin)
		}
	}
	if got, want := fmt.Sprint(pins), "[GPIO16 GPIO5 GPIO17 GPIO6 GPIO18 GPIO19]"; got != want {
		t.Errorf("driven off in the order %v, want %v", got, want)
	}
}

// A valve that did not obey stands nowhere anybody knows.
func TestAValveThatFailedHoldsTheCompressor(t *testing.T) {
	var b bench
	g := b.wired(t, false, heatPump...)
	if err := g.apply(work(hvac.WorkNone, hvac.ValveHeat)); err != nil {
		t.Fatal(err)
	}
	b.fail["reversing"] = true
	if err := g.apply(work(hvac.WorkNone, hvac.ValveCool)); !errors.Is(err, errLine) {
		t.Errorf("err = %v, want the line's", err)
	}
	b.fail["reversing"] = false
	var lock *InterlockError
	if err := g.apply(work(hvac.WorkHeat, hvac.ValveStay)); !errors.As(err, &lock) || b.on(hvac.LineCompressor) {
		t.Errorf("err = %v, want an *InterlockError", err)
	}
	if err := g.apply(work(hvac.WorkHeat, hvac.ValveHeat)); err != nil || !b.on(hvac.LineCompressor) {
		t.Errorf("sent there again: %v", err)
	}
}
