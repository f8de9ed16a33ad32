package hvac

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyEquipment draws equipment that a configuration could describe.
func anyEquipment(t *rapid.T, p *Params) {
	e := &p.Equipment
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	span := func(name string, lo, hi int) time.Duration {
		return time.Duration(rapid.IntRange(lo, hi).Draw(t, name)) * time.Second
	}
	if e.Pump = flag("pump"); e.Pump {
		e.Reversing, e.PolarityB, e.Aux = flag("reversing"), flag("B"), flag("aux")
		p.CanHeat, p.CanCool = true, e.Reversing
		p.MinOn, p.MinOff = max(p.MinOn, p.CoolDwell), max(p.MinOff, p.CoolDwell)
	} else {
		e.Second = p.CanHeat && flag("second")
	}
	e.Dry, p.FanWithHeat = flag("dry"), flag("fan with heat")
	e.SecondAfter, e.ValveRest = span("after", 60, 600), span("rest", 10, 300)
	e.FanPreRun, e.FanCirculate = span("pre", 0, 180), span("circulate", 0, 3600)
	p.MostCycles = rapid.Float64Range(1, 12).Draw(t, "cycles")
}

// A stopwatch stands at the relays, with an eye on every pin.
type stopwatch struct {
	t     *rapid.T
	p     *Params
	lines Lines
	held  [energy]time.Duration
	moved time.Duration
	since [3]time.Duration // the last energy of a side was on
	used  [3]bool
}

// restart is what a power cut does: everything is off from now.
func (w *stopwatch) restart() {
	w.lines, w.held, w.moved = Lines{}, [energy]time.Duration{}, 0
}

// dwell of a line as it must be seen on the pin.
func (w *stopwatch) dwell(l Line) (run, pause time.Duration) {
	switch l {
	case LineHeat, LineHeat2, LineAux:
		return w.p.MinOn, w.p.MinOff
	}
	return w.p.CoolDwell, w.p.CoolDwell
}

func (w *stopwatch) see(dt time.Duration, in *Input, out *Outputs, hot bool) {
	e := &w.p.Equipment
	now := out.Lines
	if now.Work >= works || now.Work.Side() != out.Call {
		w.t.Fatalf("work %v for the call %v", now.Work, out.Call)
	}
	was, is := w.lines.Work.Lines(e.Pump), now.Work.Lines(e.Pump)
	w.moved += dt
	if now.Valve != w.lines.Valve {
		if was.Has(LineCompressor) && is.Has(LineCompressor) {
			w.t.Fatal("the valve moved under the compressor")
		}
		w.moved = 0
	}
	for l := range energy {
		w.held[l] += dt
		on, before := is.Has(l), was.Has(l)
		if on == before {
			continue
		}
		run, pause := w.dwell(l)
		cut := hot && w.lines.Work.Side() != CallCool
		if before && w.held[l] < run && !cut || on && w.held[l] < pause {
			w.t.Fatalf("%v was %v for %v", l, before, w.held[l])
		}
		w.held[l] = 0
		known := in.Outdoor.Known && in.Outdoor.Temperature.Finite()
		switch {
		case !on:
		case l == LineAux && known && in.Outdoor.Temperature > e.AuxAbove:
			w.t.Fatalf("auxiliary heat at %v", in.Outdoor.Temperature)
		case l == LineCompressor && out.Call == CallHeat && e.Aux && known && in.Outdoor.Temperature < e.CompressorBelow:
			w.t.Fatalf("the compressor heats at %v", in.Outdoor.Temperature)
		case l == LineCompressor && e.Reversing && (now.Valve != valveOf(out.Call) || w.moved < e.ValveRest):
			w.t.Fatalf("the compressor starts for %v %v after the valve went to %v", out.Call, w.moved, now.Valve)
		}
	}
	if (is&heaters) != 0 && out.Call != CallHeat || is.Has(LineCool) && out.Call != CallCool {
		w.t.Fatalf("%v heats or cools for %v", now.Work, out.Call)
	}
	w.since[CallHeat] += dt
	w.since[CallCool] += dt
	for side := CallHeat; side <= CallCool; side++ {
		other := CallHeat + CallCool - side
		if out.Call == side {
			if w.used[other] && w.since[other] < w.p.Changeover {
				w.t.Fatalf("%v %v after %v", side, w.since[other], other)
			}
			w.since[side], w.used[side] = 0, true
		}
	}
	w.fitted(is)
	w.lines = now
}

// fitted refuses what is not wired.
func (w *stopwatch) fitted(is LineSet) {
	e := &w.p.Equipment
	for l, wired := range [energy]bool{
		LineHeat: w.p.CanHeat && !e.Pump, LineHeat2: e.Second, LineAux: e.Aux,
		LineCool: w.p.CanCool && !e.Pump, LineCompressor: e.Pump, LineDry: e.Dry,
	} {
		if is.Has(Line(l)) && !wired {
			w.t.Fatalf("%v is on and not wired", Line(l))
		}
	}
}

func TestEquipmentKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := validParams(t)
		anyEquipment(t, &p)
		if p.Validate() != nil {
			t.Fatal(p.Validate())
		}
		in := Input{Params: &p}
		w := stopwatch{t: t, p: &p}
		var s State
		for range rapid.IntRange(1, 40).Draw(t, "phases") {
			disturb(t, &in)
			in.Mode = Mode(rapid.IntRange(0, 4).Draw(t, "mode"))
			in.Outdoor = Outdoor{Known: rapid.Bool().Draw(t, "weather"), Temperature: odd(t, "outdoor")}
			temp, sampled := odd(t, "temp"), rapid.IntRange(0, 3).Draw(t, "sampled") > 0
			humidity := Percent(rapid.Float64Range(20, 90).Draw(t, "humidity"))
			tick := rapid.SampledFrom([]time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 10 * time.Minute}).Draw(t, "tick")
			for range rapid.IntRange(1, 150).Draw(t, "ticks") {
				in.Now += tick
				if sampled {
					in.Reading = Reading{At: in.Now, Valid: true, Temperature: temp, Humidity: humidity}
				}
				var out Outputs
				s, out, _ = Step(s, in)
				w.see(tick, &in, &out, s.Hot)
			}
			switch rapid.IntRange(0, 11).Draw(t, "event") {
			case 0:
				s = Restore(s.Save(), in.Now)
				w.restart()
			case 1:
				s.Released()
				w.restart()
			case 2:
				in.Probe = Probe{Active: rapid.Bool().Draw(t, "probe"), Call: Call(rapid.IntRange(0, 2).Draw(t, "probing"))}
			}
		}
	})
}

// A damaged plant is no excuse: no panic, and no work that is not there.
func TestADamagedPlantComesToRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := validParams(t)
		anyEquipment(t, &p)
		span := func(name string) time.Duration { return time.Duration(rapid.Int64().Draw(t, name)) }
		s := State{Started: true}
		s.Plant = Plant{
			Work: Work(rapid.Uint8().Draw(t, "work")), Valve: Valve(rapid.Uint8().Draw(t, "valve")), Moved: span("moved"),
			Short: span("short"), Hour: span("hour"), FanDone: span("done"),
		}
		for l := range s.Plant.Lines {
			s.Plant.Lines[l] = Span{On: rapid.Bool().Draw(t, "on"), Held: span("held"), Wear: Wear{Starts: rapid.Uint64().Draw(t, "starts"), On: span("worn")}}
		}
		s.Relay.Call = Call(rapid.Uint8().Draw(t, "call"))
		in := Input{Params: &p, Mode: Mode(rapid.IntRange(0, 4).Draw(t, "mode")), Setpoint: 21}
		for range 20 {
			in.Now += time.Second
			in.Reading = Reading{At: in.Now, Valid: true, Temperature: odd(t, "temp"), Humidity: 60}
			var out Outputs
			s, out, _ = Step(s, in)
			if out.Lines.Work >= works || out.Lines.Valve > ValveCool || out.Lines.Work.Side() != out.Call || s.Relay.Call != out.Call {
				t.Fatalf("outputs %+v, relay %v", out, s.Relay.Call)
			}
		}
		Restore(s.Save(), in.Now)
	})
}
