package hvac

import (
	"math"
	"testing"
	"time"
)

func TestStepDoesNotAllocate(t *testing.T) {
	p := DefaultParams()
	p.CanCool = true
	in := Input{Setpoint: 21, Mode: ModeAuto, Params: &p, DoorCount: 2}
	in.Doors[0] = Contact{Known: true, Open: true}
	var s State
	var i int
	n := testing.AllocsPerRun(1000, func() {
		i++
		in.Now += time.Second
		in.Reading = Reading{At: in.Now, Valid: true, Temperature: Celsius(18 + i%9)}
		in.Fault = SensorFault(i % 7)
		s, _, _ = Step(s, in)
	})
	if n != 0 {
		t.Errorf("Step allocates %v times per call, want 0", n)
	}
}

func TestWithoutParamsEverythingIsOff(t *testing.T) {
	d := newDrive(t, 15, 21, ModeHeat)
	d.until(CallHeat, time.Hour)
	d.in.Params = nil
	s, out, rs := Step(d.state, d.in)
	if out != (Outputs{Action: ActionFault}) || !rs.Has(ParamsMissing) || s.Relay.Call != CallNone || s.Relay.Held != 0 {
		t.Errorf("nil params: %+v, %v", out, rs.List[:rs.N])
	}
	bad := DefaultParams()
	bad.MinOn = 0
	d.in.Params = &bad
	if s, out, rs = Step(d.state, d.in); out.Call != CallNone || !rs.Has(ParamsInvalid) {
		t.Errorf("invalid params: %+v, %v", out, rs.List[:rs.N])
	}
	d.state = s
	if took := d.until(CallHeat, time.Hour); took != d.params.MinOff {
		t.Errorf("heating %v after the parameters came back, want %v", took, d.params.MinOff)
	}
}

func TestClockBackCountsNoTime(t *testing.T) {
	d := newDrive(t, 15, 21, ModeHeat)
	d.until(CallHeat, time.Hour)
	d.run(10 * time.Second)
	held := d.state.Relay.Held
	d.in.Now -= time.Hour
	d.silent = true
	d.step()
	d.wantReason(ClockBack)
	if d.state.Relay.Held != held {
		t.Errorf("held %v, want %v", d.state.Relay.Held, held)
	}
	d.silent = false
	d.in.Setpoint = 5
	d.until(CallNone, time.Hour)
	d.wantNoReason(ClockBack)
}

func TestGapTeachesNothing(t *testing.T) {
	for _, at := range around {
		d := newDrive(t, 20.8, 21, ModeHeat)
		d.run(time.Hour)
		d.in.Now += gapTicks*d.params.Tick - d.params.Tick + time.Second + at.off
		before := d.state.PID.Heat
		d.in.Now -= d.params.Tick // step adds it
		d.step()
		if gap := d.reasons.Has(LoopGap); gap != (at.off > 0) || (d.state.PID.Heat == before) != gap {
			t.Errorf("%v from the limit: gap %v, integral %v -> %v", at.off, gap, before, d.state.PID.Heat)
		}
	}
}

func TestSetpointChangeWaitsForMinOn(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.until(CallHeat, time.Hour)
	d.in.Setpoint = 10
	if ran := d.until(CallNone, time.Hour); ran != d.params.MinOn {
		t.Errorf("ran %v, want %v", ran, d.params.MinOn)
	}
	d.in.Setpoint = 21
	if off := d.until(CallHeat, time.Hour); off != d.params.MinOff {
		t.Errorf("off %v, want %v", off, d.params.MinOff)
	}
	d.in.Mode = ModeOff
	if ran := d.until(CallNone, time.Hour); ran != d.params.MinOn {
		t.Errorf("mode off: ran %v, want %v", ran, d.params.MinOn)
	}
}

func TestTheLastReasonSaysWhatIsOn(t *testing.T) {
	d := newDrive(t, 15, 21, ModeHeat)
	for range 600 {
		d.step()
		if got := d.reasons.List[d.reasons.N-1].Kind; got != chain(d.out.Call) {
			t.Fatalf("call %v, last reason %v", d.out.Call, got)
		}
	}
}

func TestElapsed(t *testing.T) {
	const lo, hi = time.Duration(math.MinInt64), time.Duration(math.MaxInt64)
	for _, tt := range []struct {
		from, to, d time.Duration
		back        bool
	}{
		{0, 0, 0, false}, {0, 1, 1, false}, {1, 0, 0, true}, {-2, 3, 5, false},
		{lo, hi, forever, false}, {hi, lo, 0, true}, {0, hi, forever, false},
	} {
		if d, back := elapsed(tt.from, tt.to); d != tt.d || back != tt.back {
			t.Errorf("elapsed(%d, %d) = %v, %v", tt.from, tt.to, d, back)
		}
	}
	if got := grow(hi, hi); got != 2*forever {
		t.Errorf("grow overflows: %v", got)
	}
	if got := grow(-5, -5); got != 0 {
		t.Errorf("grow(-5, -5) = %v", got)
	}
}
