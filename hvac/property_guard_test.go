package hvac

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// upset changes what the other properties leave alone: the second sensor, bypasses,
// parameters in the middle of a run, clocks that leap by years.
func upset(t *rapid.T, in *Input, p *Params) {
	switch rapid.IntRange(0, 7).Draw(t, "upset") {
	case 0:
		in.Spare = Reading{At: in.Now, Valid: rapid.Bool().Draw(t, "spare"), Temperature: odd(t, "second")}
		in.SpareFault = SensorFault(rapid.IntRange(0, 8).Draw(t, "spare fault"))
	case 1:
		in.DoorIgnored[rapid.IntRange(0, MaxDoors-1).Draw(t, "door")] = time.Duration(rapid.Int64().Draw(t, "bypass"))
		in.FallIgnored = time.Duration(rapid.Int64Range(-5, 5).Draw(t, "fall bypass")) * time.Minute
	case 2:
		heat, cool := p.CanHeat, p.CanCool // what is wired cannot change under a running loop
		*p = validParams(t)
		p.CanHeat, p.CanCool = heat, cool
	case 3:
		in.Now += time.Duration(rapid.IntRange(-50, 50).Draw(t, "years")) * 365 * 24 * time.Hour
	case 4:
		p.FallPause = time.Duration(rapid.IntRange(0, 60).Draw(t, "pause")) * time.Minute
		p.MaxRun = time.Duration(rapid.IntRange(1, 48).Draw(t, "run")) * time.Hour
	default:
		disturb(t, in)
	}
}

// whole checks that a state can be compared, saved and restored.
func whole(t interface{ Fatalf(string, ...any) }, s State) {
	if s != s { //nolint:staticcheck // a NaN anywhere in it differs from itself
		t.Fatalf("the state holds what is no number: %+v", s)
	}
	saved := s.Save()
	text, err := json.Marshal(saved)
	if err != nil {
		t.Fatalf("the state cannot be saved: %v", err)
	}
	var back Saved
	if err := json.Unmarshal(text, &back); err != nil || back != saved {
		t.Fatalf("saved and read again: %v\n %+v\n %+v", err, saved, back)
	}
	if again := Restore(back, s.At).Save(); again != Restore(again, s.At).Save() {
		t.Fatalf("restored twice it differs: %+v", again)
	}
}

func TestAnySequenceKeepsThePromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := validParams(t)
		in := Input{Now: time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "boot")), Params: &p}
		w := watch{t: t, p: &p}
		var s State
		for range rapid.IntRange(1, 30).Draw(t, "phases") {
			before, limits := in.Now, p
			upset(t, &in, &p)
			w.held += max(0, in.Now-before)
			if p != limits {
				w.dark = 0 // what was dark for long enough by the old limits is not by the new ones
			}
			temp, sampled := odd(t, "temp"), rapid.Bool().Draw(t, "sampled")
			slope := rapid.Float64Range(-0.01, 0.01).Draw(t, "slope")
			damp, air := Percent(odd(t, "humidity")), Pascal(odd(t, "pressure"))
			tick := rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Second, time.Minute}).Draw(t, "tick")
			for range rapid.IntRange(1, 60).Draw(t, "ticks") {
				in.Now += tick
				temp += Celsius(slope)
				if sampled {
					in.Reading = Reading{At: in.Now, Valid: true, Temperature: temp, Humidity: damp, Pressure: air}
				}
				one, out1, rs1 := Step(s, in)
				two, out, rs := Step(s, in)
				if one != two || out1 != out || rs1 != rs {
					t.Fatalf("the same step twice differs:\n %+v\n %+v", one, two)
				}
				s = two
				w.see(tick, &s, &in, &out, &rs)
			}
			whole(t, s)
		}
	})
}

// The safe action comes within its limit: nobody heats by a sensor that is not to be
// trusted, but by what the house took lately, for HoldFor, and against frost after.
func TestASensorFaultLeadsToTheSafeAction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := validParams(t)
		p.CanHeat = true
		p.HoldFor = time.Duration(rapid.IntRange(0, 6).Draw(t, "hold")) * time.Hour
		in := Input{Params: &p, Mode: Mode(rapid.IntRange(0, 3).Draw(t, "mode")), Setpoint: odd(t, "setpoint")}
		var s State
		temp := Celsius(rapid.Float64Range(8, 30).Draw(t, "temp"))
		for range rapid.IntRange(1, 2000).Draw(t, "before") {
			in.Now += 10 * time.Second
			in.Reading = Reading{At: in.Now, Valid: true, Temperature: temp, Humidity: Percent(in.Now % 7)}
			s, _, _ = Step(s, in)
		}
		in.Fault = rapid.SampledFrom([]SensorFault{FaultBus, FaultStuck, FaultTimeout, FaultChip, FaultRange}).Draw(t, "fault")
		begun := in.Now
		for in.Now-begun < p.StaleAfter+9*time.Hour {
			in.Now += 30 * time.Second
			var out Outputs
			var rs Reasons
			s, out, rs = Step(s, in)
			blind := in.Now - begun - p.StaleAfter
			switch hold, frost := rs.Has(HoldDuty), rs.Has(FrostDuty); {
			case blind <= 0: // the last sample still counts
			case out.Demand < 0 || out.Action != ActionFault:
				t.Fatalf("%v blind: demand %v, action %v", blind, out.Demand, out.Action)
			case hold && blind > p.HoldFor:
				t.Fatalf("%v blind and still as lately, the limit is %v", blind, p.HoldFor)
			case out.Demand > 0 && !hold && !frost:
				t.Fatalf("%v blind: demand %v without a reason", blind, out.Demand)
			}
		}
	})
}

// Whatever doors do, the controller stands after a pause where it stood before it.
func TestAPauseRestoresExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := DefaultParams()
		p.Gains.Kp = rapid.Float64Range(0.1, 3).Draw(t, "kp")
		in := Input{Params: &p, Mode: ModeHeat, Setpoint: 21, DoorCount: 2}
		var s State
		temp := rapid.Float64Range(19, 21.5).Draw(t, "temp")
		step := func(paused bool) Outputs {
			in.Now += time.Second
			temp += rapid.Float64Range(-0.0005, 0.0005).Draw(t, "drift")
			in.Reading = Reading{At: in.Now, Valid: true, Temperature: Celsius(temp), Humidity: Percent(in.Now % 7)}
			before := s
			var out Outputs
			s, out, _ = Step(s, in)
			if is := out.Action == ActionPaused; is != paused {
				t.Fatalf("paused %v, want %v", is, paused)
			}
			if paused && before.Relay.Call == CallNone && (s.PID != before.PID || s.Relay.Remainder != before.Relay.Remainder || s.Relay.Side != before.Relay.Side) {
				t.Fatalf("the pause moved the controller:\n %+v %v\n %+v %v", before.PID, before.Relay.Remainder, s.PID, s.Relay.Remainder)
			}
			return out
		}
		for range rapid.IntRange(300, 900).Draw(t, "before") {
			step(false)
		}
		door := rapid.IntRange(0, 1).Draw(t, "door")
		in.Doors[door] = Contact{Known: true, Open: true}
		for range int(p.OpenDelay / time.Second) {
			step(false)
		}
		step(true)
		integral, reference, owed, gains := s.PID.Heat, s.PID.Reference, s.Relay.Remainder, s.PID.Gains
		for range rapid.IntRange(1, 10).Draw(t, "flaps") {
			in.Doors[1-door] = Contact{Known: true, Open: rapid.Bool().Draw(t, "other")}
			for range rapid.IntRange(1, 59).Draw(t, "paused") {
				step(true)
			}
		}
		in.Doors = [MaxDoors]Contact{{Known: true}, {Known: true}}
		for range int(p.CloseDelay / time.Second) {
			step(true)
		}
		if s.PID.Heat != integral || s.PID.Reference != reference || s.Relay.Remainder != owed || s.PID.Gains != gains || !s.PID.Active {
			t.Fatalf("integral %v, reference %v, owed %v before; %+v, %v after", integral, reference, owed, s.PID, s.Relay.Remainder)
		}
		if out := step(false); math.Abs(s.PID.Heat-integral) > 0.01 || out.Action == ActionPaused {
			t.Fatalf("integral %v before, %v when it goes on", integral, s.PID.Heat)
		}
	})
}

// FuzzStep feeds bytes as inputs: eight to a number, whatever it may be.
func FuzzStep(f *testing.F) {
	f.Add([]byte{})
	f.Add(binary.LittleEndian.AppendUint64(nil, math.Float64bits(math.NaN())))
	f.Add(make([]byte, 400))
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0})
	f.Add(append([]byte{2}, make([]byte, 4000)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		next := func() (v uint64) {
			if len(data) >= 8 {
				v, data = binary.LittleEndian.Uint64(data), data[8:]
			} else {
				data = nil
			}
			return v
		}
		p := DefaultParams()
		p.CanCool = true
		var s State
		if k := next() % uint64(len(knownHouses)+1); k > 0 {
			s.House = knownHouses[k-1]
		}
		was, held := CallNone, time.Duration(0)
		for range 64 {
			what := next()
			in := Input{Now: time.Duration(next()), Mode: Mode(what), Fault: SensorFault(what >> 8), SpareFault: SensorFault(what >> 16),
				DoorCount: int(int8(what >> 24)), Setpoint: Celsius(math.Float64frombits(next())), Params: &p}
			in.Reading = Reading{At: in.Now - time.Duration(what>>40), Valid: what&1 != 0, Temperature: Celsius(math.Float64frombits(next()))}
			in.Spare = Reading{At: in.Now, Valid: what&2 != 0, Temperature: Celsius(math.Float64frombits(next()))}
			in.Doors[what>>32&7] = Contact{Known: what&4 != 0, Open: what&8 != 0}
			in.DoorIgnored[what>>35&7] = time.Duration(next())
			passed, _ := elapsed(s.At, in.Now)
			if !s.Started {
				passed = 0
			}
			var out Outputs
			s, out, _ = Step(s, in)
			held = grow(held, passed)
			if out.Call != was {
				if least := p.MinOn; held < least && !s.Hot || was != CallNone && out.Call != CallNone {
					t.Fatalf("%v after %v of %v", out.Call, held, was)
				}
				was, held = out.Call, 0
			}
			if !(out.Demand >= -1 && out.Demand <= 1) {
				t.Fatalf("demand %v", out.Demand)
			}
			mayDrive(t, &s)
		}
		whole(t, s)
	})
}
