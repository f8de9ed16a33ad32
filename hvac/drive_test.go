package hvac

import (
	"testing"
	"time"
)

// A drive calls Step once a second with a fresh sample, for tests to steer.
type drive struct {
	t       *testing.T
	params  Params
	in      Input
	state   State
	out     Outputs
	reasons Reasons
	temp    Celsius
	silent  bool // no new samples
	same    bool // samples without noise
	damp    Percent
	beside  Celsius // how much warmer a second sensor reads; 0 is none
	mute    bool    // no new samples of it
}

func newDrive(t *testing.T, temp, setpoint Celsius, mode Mode) *drive {
	d := &drive{t: t, params: DefaultParams(), temp: temp}
	d.in = Input{Now: time.Hour, Setpoint: setpoint, Mode: mode, DoorCount: 2}
	for i := range d.in.Doors {
		d.in.Doors[i].Known = true
	}
	return d
}

// step is one tick; the first is at the start time itself.
func (d *drive) step() {
	d.t.Helper()
	if d.state.Started {
		d.in.Now += d.params.Tick
	}
	if !d.silent {
		d.in.Reading = Reading{At: d.in.Now, Valid: true, Temperature: d.temp}
		if !d.same {
			d.damp = Percent(50 + d.in.Now/d.params.Tick%2)
		}
		d.in.Reading.Humidity = d.damp
	}
	if d.beside != 0 && !d.mute {
		d.in.Spare = Reading{At: d.in.Now, Valid: true, Temperature: d.temp + d.beside, Humidity: Percent(50 + d.in.Now/d.params.Tick%2)}
	}
	d.in.Params = &d.params
	d.state, d.out, d.reasons = Step(d.state, d.in)
}

func (d *drive) run(span time.Duration) {
	d.t.Helper()
	for end := d.in.Now + span; d.in.Now < end || !d.state.Started; {
		d.step()
	}
}

// until steps until the call is c and returns how long that took.
func (d *drive) until(c Call, most time.Duration) time.Duration {
	d.t.Helper()
	began := d.in.Now
	for {
		d.step()
		if d.out.Call == c {
			return d.in.Now - began
		}
		if d.in.Now-began > most {
			d.t.Fatalf("call %v did not come within %v; last reasons: %v", c, most, d.texts())
		}
	}
}

func (d *drive) texts() (s []string) {
	for _, r := range d.reasons.List[:d.reasons.N] {
		s = append(s, r.String())
	}
	return s
}

func (d *drive) wantCall(c Call) {
	d.t.Helper()
	if d.out.Call != c {
		d.t.Errorf("call is %v, want %v; reasons: %v", d.out.Call, c, d.texts())
	}
}

func (d *drive) wantReason(k ReasonKind) Reason {
	d.t.Helper()
	r, ok := d.reasons.Find(k)
	if !ok {
		d.t.Errorf("reason %v is missing from %v", k, d.texts())
	}
	return r
}

func (d *drive) wantNoReason(k ReasonKind) {
	d.t.Helper()
	if d.reasons.Has(k) {
		d.t.Errorf("reason %v should not be in %v", k, d.texts())
	}
}
