package hvac

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// validParams draws parameters within their bounds.
func validParams(t *rapid.T) Params {
	p := DefaultParams()
	span := func(name string, lo, hi int) time.Duration {
		return time.Duration(rapid.IntRange(lo, hi).Draw(t, name)) * time.Second
	}
	p.Gains = Gains{
		Kp: rapid.Float64Range(0.01, 20).Draw(t, "kp"), Ti: span("ti", 60, 20000), Td: span("td", 0, 2000),
		SetpointWeight: rapid.Float64Range(0, 1).Draw(t, "weight"), FilterTime: span("filter", 1, 600),
	}
	p.MinOn, p.MinOff, p.CoolDwell, p.Changeover = span("on", 60, 600), span("off", 60, 600), span("cool", 60, 600), span("over", 60, 1200)
	p.StaleAfter, p.LostAfter = span("stale", 30, 900), span("lost", 600, 7200)
	p.CanHeat, p.CanCool = rapid.Bool().Draw(t, "heat"), rapid.Bool().Draw(t, "cool")
	return p
}

// odd draws temperatures a broken sensor or a careless caller may hand in.
func odd(t *rapid.T, name string) Celsius {
	return Celsius(rapid.OneOf(
		rapid.Float64Range(3, 38),
		rapid.Float64Range(18, 23),
		rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), -40, 7, 8, 35, 85, math.MaxFloat64}),
	).Draw(t, name))
}

// A watch checks the Call signal the way somebody with a stopwatch at the relay would.
type watch struct {
	t       *rapid.T
	p       *Params
	call    Call
	held    time.Duration
	dark    time.Duration // nothing anybody could control by
	started bool
}

func (w *watch) see(dt time.Duration, s *State, in *Input, out *Outputs, rs *Reasons) {
	if !w.started {
		w.started = true
	} else {
		w.held += dt
	}
	if out.Call != w.call {
		least := w.p.MinOff
		switch {
		case w.call == CallHeat:
			if least = w.p.MinOn; s.Hot {
				least = 0
			}
		case w.call == CallCool, out.Call == CallCool:
			least = w.p.CoolDwell
		}
		if w.held < least {
			w.t.Fatalf("%v -> %v after %v, least is %v", w.call, out.Call, w.held, least)
		}
		if w.call != CallNone && out.Call != CallNone {
			w.t.Fatalf("%v follows %v without a pause", out.Call, w.call)
		}
		w.call, w.held = out.Call, 0
	}
	age := in.Now - in.Reading.At
	doubt := in.Fault != FaultNone && in.Fault != FaultBus && in.Fault != FaultTimeout && in.Fault != FaultResetValue
	if !rs.Has(SensorSpare) && (doubt || !in.Reading.Valid || age < 0 || age > w.p.StaleAfter) {
		w.dark += dt // a run of the second sensor's time ends with its dwell
	} else {
		w.dark = 0
	}
	limit := w.p.StaleAfter + max(w.p.MinOn, w.p.CoolDwell) + 11*time.Minute // the longest tick is ten
	if w.dark > limit && out.Call != CallNone && !rs.Has(FrostDuty) && !rs.Has(HoldDuty) {
		w.t.Fatalf("%v after %v without a sample", out.Call, w.dark)
	}
	if out.Call == CallHeat && !w.p.CanHeat || out.Call == CallCool && !w.p.CanCool {
		w.t.Fatalf("%v, which is not wired", out.Call)
	}
	if !(out.Demand >= -1 && out.Demand <= 1) {
		w.t.Fatalf("demand %v", out.Demand)
	}
	if s.Hot && out.Call == CallHeat {
		w.t.Fatal("heating an overheated house")
	}
	if rs.N < 1 || rs.N > MaxReasons {
		w.t.Fatalf("%d reasons", rs.N)
	}
}

// disturb changes some of the input.
func disturb(t *rapid.T, in *Input) {
	switch rapid.IntRange(0, 6).Draw(t, "what") {
	case 0:
		in.Mode = Mode(rapid.IntRange(0, 5).Draw(t, "mode"))
	case 1:
		in.Setpoint = odd(t, "setpoint")
	case 2:
		in.Fault = SensorFault(rapid.IntRange(0, 8).Draw(t, "fault"))
	case 3:
		in.DoorCount = rapid.IntRange(-1, MaxDoors+1).Draw(t, "doors")
		in.Doors[rapid.IntRange(0, MaxDoors-1).Draw(t, "door")] = Contact{Known: true, Open: rapid.Bool().Draw(t, "open")}
	default:
		in.Mode, in.Fault = ModeHeat, FaultNone
	}
}

func TestStepKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := validParams(t)
		in := Input{Now: time.Duration(rapid.Int64Range(-1e12, 1e15).Draw(t, "boot")), Params: &p}
		w := watch{t: t, p: &p}
		var s State
		for range rapid.IntRange(1, 30).Draw(t, "phases") {
			disturb(t, &in)
			temp, sampled := odd(t, "temp"), rapid.Bool().Draw(t, "sampled")
			tick := rapid.SampledFrom([]time.Duration{time.Second, 5 * time.Second, 100 * time.Millisecond, 10 * time.Minute}).Draw(t, "tick")
			for range rapid.IntRange(1, 120).Draw(t, "ticks") {
				in.Now += tick
				if sampled {
					in.Reading = Reading{At: in.Now, Valid: true, Temperature: temp}
				}
				var out Outputs
				var rs Reasons
				again, out2, rs2 := Step(s, in)
				s, out, rs = Step(s, in)
				if s != again || out != out2 || rs != rs2 {
					t.Fatal("the same step twice differs")
				}
				w.see(tick, &s, &in, &out, &rs)
			}
			if rapid.IntRange(0, 9).Draw(t, "jump") == 0 {
				// A clock that runs back must not let anything switch early.
				in.Now -= time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "back"))
				var out Outputs
				var rs Reasons
				s, out, rs = Step(s, in)
				w.see(0, &s, &in, &out, &rs)
			}
		}
	})
}

// Whatever went before, a cold room is heated once the sensor tells of it.
func TestFrostFloorAlwaysComes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := validParams(t)
		p.CanHeat = true
		in := Input{Params: &p}
		var s State
		for range rapid.IntRange(0, 10).Draw(t, "phases") {
			disturb(t, &in)
			temp := odd(t, "temp")
			for range rapid.IntRange(1, 200).Draw(t, "ticks") {
				in.Now += time.Second
				in.Reading = Reading{At: in.Now, Valid: true, Temperature: temp}
				s, _, _ = Step(s, in)
			}
		}
		in.Fault = FaultNone
		wait := p.SpikeConfirm + p.CoolDwell + max(p.Changeover, p.MinOff, p.CoolDwell) + time.Minute
		var out Outputs
		for end := in.Now + wait; in.Now < end; {
			in.Now += time.Second
			in.Reading = Reading{At: in.Now, Valid: true, Temperature: p.FrostFloor - 0.5}
			s, out, _ = Step(s, in)
		}
		if out.Call != CallHeat {
			t.Fatalf("call %v in a freezing room after %v", out.Call, wait)
		}
	})
}

// No state and no input, however damaged, may make Step panic or act wildly.
func TestStepSurvivesAnything(t *testing.T) {
	anyFloat := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1)}))
	anySpan := rapid.Map(rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 0})), func(v int64) time.Duration { return time.Duration(v) })
	rapid.Check(t, func(t *rapid.T) {
		f := func(name string) float64 { return anyFloat.Draw(t, name) }
		d := func(name string) time.Duration { return anySpan.Draw(t, name) }
		call := func(name string) Call { return Call(rapid.Uint8().Draw(t, name)) }
		flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
		s := State{
			Started: flag("started"), At: d("at"),
			Sensor: Sensor{
				Known: flag("known"), Tracking: flag("tracking"), Age: d("age"), Good: f("good"), Filtered: f("filtered"),
				Slope: f("slope"), Trend: f("trend"), Seen: flag("seen"), SeenAt: d("seenat"), Waiting: flag("waiting"), Jump: f("jump"), JumpFor: d("jumpfor"),
			},
			PID: PID{
				Active: flag("active"), Setpoint: f("sp"), Reference: f("ref"), Heat: f("heat"), Cool: f("cool"),
				Gains: Gains{Kp: f("kp"), Ti: d("ti"), Td: d("td"), SetpointWeight: f("b")}, Side: call("side"),
			},
			Relay: Relay{Call: call("call"), Held: d("held"), Last: call("last"), Side: call("rside"), Remainder: f("rem")},
			Frost: flag("frost"), Hot: flag("hot"), Blind: d("blind"), Need: f("need"),
		}
		s.Doors[0] = Door{Open: flag("open"), For: d("for"), Holds: flag("holds"), PausedFor: d("paused"), Expired: flag("expired")}
		p := DefaultParams()
		p.CanCool = true
		in := Input{Setpoint: Celsius(f("setpoint")), Mode: Mode(rapid.Uint8().Draw(t, "mode")), DoorCount: rapid.Int().Draw(t, "count"), Params: &p}
		for range 4 {
			in.Now = d("now")
			in.Reading = Reading{At: d("sampled"), Valid: flag("valid"), Temperature: Celsius(f("temp"))}
			in.Fault = SensorFault(rapid.Uint8().Draw(t, "fault"))
			in.Doors[0] = Contact{Known: true, Open: flag("contact"), Since: d("since")}
			if flag("wild") {
				p.Gains.Kp = f("pkp")
				p.MinOn = d("minon")
			}
			var out Outputs
			var rs Reasons
			s, out, rs = Step(s, in)
			if !(out.Demand >= -1 && out.Demand <= 1) || out.Call > CallCool {
				t.Fatalf("outputs %+v", out)
			}
			if !finite(s.PID.Heat) && !rs.Has(ParamsInvalid) && s.PID.Active {
				t.Fatalf("state %+v", s)
			}
			for _, r := range rs.List[:rs.N] {
				_ = r.String()
			}
		}
		Restore(s.Save(), in.Now)
	})
}
