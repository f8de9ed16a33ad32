package hvac

import (
	"testing"
	"time"
)

// pumpDrive is a heat pump with auxiliary heat in a room that asks for all it has.
func pumpDrive(t *testing.T) *drive {
	d := newDrive(t, 20.5, 21, ModeHeat)
	p := &d.params
	p.Gains.Kp = 20
	p.CanCool = true
	p.Equipment.Pump, p.Equipment.Reversing, p.Equipment.Aux = true, true, true
	p.MinOn, p.MinOff = p.CoolDwell, p.CoolDwell
	return d
}

// untilWork steps until the work is w and returns how long that took.
func (d *drive) untilWork(w Work, most time.Duration) time.Duration {
	d.t.Helper()
	began := d.in.Now
	for {
		d.step()
		if d.out.Lines.Work == w {
			return d.in.Now - began
		}
		if d.in.Now-began > most {
			d.t.Fatalf("work %v did not come within %v; last reasons: %v", w, most, d.texts())
		}
	}
}

func (d *drive) wantWork(w Work) {
	d.t.Helper()
	if d.out.Lines.Work != w {
		d.t.Errorf("work is %v, want %v; reasons: %v", d.out.Lines.Work, w, d.texts())
	}
}

// With nothing but a heating and a cooling relay, the lines are the call.
func TestPlainEquipmentIsTheCall(t *testing.T) {
	d := newDrive(t, 19, 21, ModeAuto)
	d.params.CanCool = true
	for i := range 40 {
		d.temp = Celsius(18 + i%12)
		for range 300 {
			d.step()
			want := [...]Lines{{}, {Work: WorkHeat}, {Work: WorkCool}}[d.out.Call]
			if d.out.Lines != want || d.state.Relay.Call != d.out.Call {
				t.Fatalf("lines %+v for the call %v", d.out.Lines, d.out.Call)
			}
		}
	}
}

func TestTheValveRestsBeforeTheCompressor(t *testing.T) {
	d := pumpDrive(t)
	d.step()
	if d.out.Lines.Valve != ValveStay {
		t.Errorf("the valve goes to %v at the start", d.out.Lines.Valve)
	}
	// The startup dwell first, then the valve, which nobody knows, and its rest.
	if took := d.until(CallHeat, time.Hour); took != d.params.CoolDwell+d.params.Equipment.ValveRest {
		t.Errorf("the first run began after %v", took)
	}
	if d.out.Lines != (Lines{WorkHeat, ValveHeat}) {
		t.Errorf("lines %+v", d.out.Lines)
	}
}

func TestTheValveMovesOnceForAChangeover(t *testing.T) {
	d := pumpDrive(t)
	d.until(CallHeat, time.Hour)
	d.run(d.params.MinOn)
	d.in.Mode, d.temp, d.in.Setpoint = ModeCool, 26, 22
	d.until(CallNone, time.Hour)
	var turned time.Duration
	off := d.in.Now
	for d.out.Call != CallCool {
		d.step()
		if turned == 0 && d.out.Lines.Valve == ValveCool {
			turned = d.in.Now
			r := d.wantReason(ValveRests)
			if r.Left != d.params.Equipment.ValveRest {
				t.Errorf("the compressor waits %v", r.Left)
			}
		}
	}
	if pause := turned - off; pause != d.params.Changeover {
		t.Errorf("the valve moved %v after the run", pause)
	}
	if rest := d.in.Now - turned; rest != d.params.Equipment.ValveRest {
		t.Errorf("the compressor began %v after the valve", rest)
	}
	d.wantWork(WorkCool)
	// The next run of the same side needs no valve.
	d.temp = 20
	d.until(CallNone, time.Hour)
	d.temp = 26
	if took := d.until(CallCool, time.Hour); took != d.params.CoolDwell {
		t.Errorf("the next run began after %v", took)
	}
}

func TestPolarityOfTheCoil(t *testing.T) {
	for _, polarityB := range []bool{false, true} {
		d := pumpDrive(t)
		d.params.Equipment.PolarityB = polarityB
		d.until(CallHeat, time.Hour)
		if on := d.state.Plant.Lines[LineReversing].On; on != polarityB {
			t.Errorf("B is %v and the coil %v while heating", polarityB, on)
		}
	}
}

func TestOverheatCutsTheCompressorAndItRests(t *testing.T) {
	d := pumpDrive(t)
	d.until(CallHeat, time.Hour)
	d.run(10 * time.Second)
	d.temp = 36
	d.params.SpikeLimit, d.params.SpikeConfirm = 10, 10*time.Second
	for !d.state.Hot {
		d.step()
	}
	d.wantWork(WorkNone)
	off := d.in.Now
	d.temp = 20
	d.until(CallHeat, time.Hour)
	if rest := d.in.Now - off; rest < d.params.CoolDwell {
		t.Errorf("the compressor rested %v", rest)
	}
}

func TestReleasedCountsEveryDwellFromNow(t *testing.T) {
	d := pumpDrive(t)
	d.until(CallHeat, time.Hour)
	starts := d.state.Plant.Lines[LineCompressor].Wear.Starts
	d.run(time.Minute)
	d.state.Released()
	if d.state.Relay.Call != CallNone || d.state.Plant.Work != WorkNone || d.state.Plant.Valve != ValveStay {
		t.Errorf("%+v", d.state.Plant)
	}
	if took := d.until(CallHeat, time.Hour); took != d.params.CoolDwell+d.params.Equipment.ValveRest {
		t.Errorf("the next run began after %v", took)
	}
	if got := d.state.Plant.Lines[LineCompressor].Wear.Starts; got != starts+1 {
		t.Errorf("%d starts, want %d", got, starts+1)
	}
}

func TestARestartCountsEveryLineAsJustOff(t *testing.T) {
	d := pumpDrive(t)
	d.until(CallHeat, time.Hour)
	d.run(time.Hour)
	d.state = Restore(d.state.Save(), d.in.Now)
	if took := d.until(CallHeat, time.Hour); took != d.params.CoolDwell+d.params.Equipment.ValveRest {
		t.Errorf("began after %v", took)
	}
}

// An experiment may call for what is not wired; nothing comes of it.
func TestAProbeForWhatIsNotWired(t *testing.T) {
	d := newDrive(t, 20.5, 21, ModeHeat)
	d.in.Probe = Probe{Active: true, Call: CallCool}
	for range 3600 {
		d.step()
		if d.out.Call != CallNone {
			t.Fatalf("call %v", d.out.Call)
		}
	}
}

// At half load the relay cycles about as often as it may and no more.
func TestCyclesAtHalfLoad(t *testing.T) {
	for _, cycles := range []float64{1, 2, 4} {
		d := newDrive(t, 20, 21, ModeHeat)
		d.params.MostCycles = cycles
		d.params.Gains = Gains{Kp: 0.5, Ti: 48 * time.Hour, SetpointWeight: 1, FilterTime: time.Minute}
		d.run(4 * time.Hour) // integral and mean settle
		starts := d.state.Plant.Lines[LineHeat].Wear.Starts
		d.run(10 * time.Hour)
		rate := float64(d.state.Plant.Lines[LineHeat].Wear.Starts-starts) / 10
		if rate > cycles || rate < 0.6*cycles {
			t.Errorf("%v cycles per hour, want at most %v and about as many", rate, cycles)
		}
	}
}

func TestLinesThereAndBack(t *testing.T) {
	for w := range works {
		for _, pump := range []bool{false, true} {
			lines := w.Lines(pump)
			if w == WorkHeat2 && pump || (w == WorkHeatAux || w == WorkAux) && !pump {
				continue // no such equipment
			}
			if got := workOf(lines, w.Side()); got != w {
				t.Errorf("%v of a pump (%v) has the lines %b, which are %v", w, pump, lines, got)
			}
			if w.Side() == CallCool && lines&heaters != 0 || w.Side() == CallHeat && lines.Has(LineCool) {
				t.Errorf("%v has the lines %b", w, lines)
			}
		}
	}
	for s := range LineSet(1 << energy) { // sets that no work has
		w := workOf(s, CallNone)
		if w >= works || w.Lines(s.Has(LineCompressor))&^s != 0 {
			t.Errorf("the lines %b become %v", s, w)
		}
	}
	if LineSet(255).Has(LineFan) || Work(99).Lines(true) != 0 || Work(99).Side() != CallNone {
		t.Error("something that is no energy is in a set")
	}
}

func TestEquipmentWords(t *testing.T) {
	seen := map[string]bool{}
	for l := range MaxLines {
		if w := l.String(); w == "" || seen[w] {
			t.Errorf("line %d is called %q", l, w)
		}
		seen[l.String()] = true
	}
	for w := range works {
		if w.String() == "" {
			t.Errorf("work %d has no name", w)
		}
	}
	for v, want := range map[Valve]string{ValveStay: "stay", ValveHeat: "heat", ValveCool: "cool", 9: "valve(9)"} {
		if v.String() != want {
			t.Errorf("valve %d prints %q", v, v)
		}
	}
}

// What the guard never asks for, because it breaks before it makes: the layer does not
// depend on that.
func TestFollowBreaksBeforeItMakes(t *testing.T) {
	p := DefaultParams()
	p.CanCool = true
	p.Equipment.Pump, p.Equipment.Reversing, p.Equipment.Aux, p.Equipment.Dry = true, true, true, true
	rested := func(w Work, v Valve) Plant {
		q := Plant{Work: w, Valve: v, Moved: time.Hour}
		for l := range q.Lines {
			q.Lines[l].Held = time.Hour
			q.Lines[l].On = w.Lines(true).Has(Line(l))
		}
		return q
	}
	young := func(q Plant, l Line) Plant { q.Lines[l].Held = time.Minute; return q }
	for _, tt := range []struct {
		name      string
		from      Plant
		want      Work
		cut       bool
		work      Work
		valve     Valve
		afterwork Work // one step later
	}{
		{"heat to cool", rested(WorkHeat, ValveHeat), WorkCool, false, WorkNone, ValveHeat, WorkNone},
		{"cool to heat", rested(WorkCool, ValveCool), WorkHeat, false, WorkNone, ValveCool, WorkNone},
		{"heat in its dwell", young(rested(WorkHeat, ValveHeat), LineCompressor), WorkCool, false, WorkHeat, ValveHeat, WorkHeat},
		{"aux in its dwell", young(rested(WorkAux, ValveHeat), LineAux), WorkCool, false, WorkAux, ValveHeat, WorkAux},
		{"dry in its dwell", young(rested(WorkDry, ValveHeat), LineDry), WorkHeat, false, WorkDry, ValveHeat, WorkDry},
		{"heat before dry", young(rested(WorkHeat, ValveHeat), LineCompressor), WorkDry, false, WorkHeat, ValveHeat, WorkHeat},
		{"dry to heat", rested(WorkDry, ValveHeat), WorkHeat, false, WorkHeat, ValveHeat, WorkHeat},
		{"cut ends drying", young(rested(WorkDry, ValveHeat), LineDry), WorkNone, true, WorkNone, ValveHeat, WorkNone},
		{"cut spares cooling", young(rested(WorkCool, ValveCool), LineCompressor), WorkNone, true, WorkCool, ValveCool, WorkCool},
	} {
		q := tt.from
		var rs Reasons
		q.follow(tt.want, tt.cut, &p, &rs)
		if q.Work != tt.work || q.Valve != tt.valve {
			t.Errorf("%s: %v with the valve at %v", tt.name, q.Work, q.Valve)
		}
		q.pass(time.Second)
		if q.follow(tt.want, tt.cut, &p, &rs); q.Work != tt.afterwork {
			t.Errorf("%s: then %v", tt.name, q.Work)
		}
	}
}

// However often somebody changes his mind, the valve rests between two moves.
func TestTheValveIsNotWornByChangesOfMind(t *testing.T) {
	p := DefaultParams()
	p.Equipment.Pump, p.Equipment.Reversing = true, true
	q := Plant{}
	for i := range 600 {
		var rs Reasons
		q.pass(time.Second)
		q.Lines[LineCompressor].Held = time.Hour
		q.follow([]Work{WorkHeat, WorkCool}[i%2], false, &p, &rs)
		if q.Work != WorkNone { // it waited for its valve and nobody wanted otherwise
			q.release()
			q.Valve = ValveHeat
		}
	}
	if moves := q.Lines[LineReversing].Wear.Starts; moves > 6 {
		t.Errorf("the valve moved to cooling %d times in ten minutes", moves)
	}
}

func TestAnOverheatedRoomIsNotDried(t *testing.T) {
	p := DefaultParams()
	p.Equipment.Dry = true
	s := State{Hot: true}
	for l := range s.Plant.Lines {
		s.Plant.Lines[l].Held = time.Hour
	}
	var out Outputs
	var rs Reasons
	in := Input{Params: &p, Mode: ModeDry}
	if s.equip(s.Relay, CallNone, true, 0, &in, &out, &rs); s.Plant.Work != WorkNone {
		t.Errorf("work %v: a dehumidifier gives off heat", s.Plant.Work)
	}
	s.Hot = false
	if s.equip(s.Relay, CallNone, true, 0, &in, &out, &rs); s.Plant.Work != WorkDry {
		t.Errorf("work %v", s.Plant.Work)
	}
}
