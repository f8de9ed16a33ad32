package hvac

import (
	"math"
	"testing"
	"time"
)

// around are the instants a boundary is tested at.
var around = []struct {
	off  time.Duration
	past bool
}{{-time.Second, false}, {0, true}, {time.Second, true}}

func TestGuardBoundaries(t *testing.T) {
	p := DefaultParams()
	p.MinOn, p.MinOff, p.CoolDwell, p.Changeover = 200*time.Second, 240*time.Second, 300*time.Second, 600*time.Second
	tests := []struct {
		name  string
		relay Relay
		want  Call
		least time.Duration
		kind  ReasonKind
		then  Call
	}{
		{"heating run ends after MinOn", Relay{Call: CallHeat, Last: CallHeat}, CallNone, p.MinOn, DwellOn, CallNone},
		{"cooling run ends after CoolDwell", Relay{Call: CallCool, Last: CallCool}, CallNone, p.CoolDwell, DwellOn, CallNone},
		{"heating run breaks before cooling", Relay{Call: CallHeat, Last: CallHeat}, CallCool, p.MinOn, DwellOn, CallNone},
		{"heating waits MinOff", Relay{Last: CallHeat}, CallHeat, p.MinOff, DwellOff, CallHeat},
		{"cooling waits CoolDwell", Relay{Last: CallCool}, CallCool, p.CoolDwell, DwellOff, CallCool},
		{"first heating waits MinOff", Relay{}, CallHeat, p.MinOff, StartupDwell, CallHeat},
		{"first cooling waits CoolDwell", Relay{}, CallCool, p.CoolDwell, StartupDwell, CallCool},
		{"cooling after heating waits Changeover", Relay{Last: CallHeat}, CallCool, p.Changeover, ChangeoverPause, CallCool},
		{"heating after cooling waits Changeover", Relay{Last: CallCool}, CallHeat, p.Changeover, ChangeoverPause, CallHeat},
	}
	for _, tt := range tests {
		for _, at := range around {
			r := tt.relay
			r.Held = tt.least + at.off
			var rs Reasons
			got := r.guard(tt.want, false, &p, &rs)
			want := tt.relay.Call
			if at.past {
				want = tt.then
			}
			if got != want || r.Blocked == at.past || rs.Has(tt.kind) == at.past {
				t.Errorf("%s at %v: call %v blocked %v reasons %v, want call %v", tt.name, at.off, got, r.Blocked, rs.List[:rs.N], want)
			}
			if reason, ok := rs.Find(tt.kind); ok && reason.Left != -at.off {
				t.Errorf("%s at %v: left %v, want %v", tt.name, at.off, reason.Left, -at.off)
			}
		}
	}
}

func TestChangeoverNeverShortensDwell(t *testing.T) {
	p := DefaultParams()
	p.Changeover, p.CoolDwell = time.Minute, 10*time.Minute
	r := Relay{Last: CallHeat, Held: 10*time.Minute - 1}
	var rs Reasons
	if got := r.guard(CallCool, false, &p, &rs); got != CallNone {
		t.Errorf("cooling began %v before its dwell ended", time.Duration(1))
	}
}

func TestGuardCutEndsHeatingAtOnceAndNothingElse(t *testing.T) {
	p := DefaultParams()
	var rs Reasons
	heat := Relay{Call: CallHeat, Last: CallHeat, Held: time.Second}
	if got := heat.guard(CallHeat, true, &p, &rs); got != CallNone {
		t.Errorf("cut leaves heating at %v", got)
	}
	idle := Relay{Last: CallHeat, Held: time.Hour}
	if got := idle.guard(CallHeat, true, &p, &rs); got != CallNone {
		t.Errorf("cut lets a heating run begin: %v", got)
	}
	cool := Relay{Call: CallCool, Last: CallCool, Held: time.Second}
	if got := cool.guard(CallNone, true, &p, &rs); got != CallCool {
		t.Errorf("cut ends a cooling run before its dwell: %v", got)
	}
}

// A steady demand must give runs of m/(1-u) and pauses of m/u, so the exact duty.
func TestWishKeepsDutyAndDwell(t *testing.T) {
	p := DefaultParams()
	for _, u := range []float64{0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97, -0.5, -0.8} {
		r := Relay{Last: CallHeat, Held: time.Hour}
		if u < 0 {
			r.Last = CallCool
		}
		a := math.Abs(u)
		m := swing(map[bool]Call{true: CallHeat, false: CallCool}[u > 0], a, p.MostCycles, &p)
		var on, total, run float64
		starts, was := 0, CallNone
		for range 200_000 {
			var rs Reasons
			r.hold(time.Second)
			got := r.guard(r.wish(u, 1, p.MostCycles, &p), false, &p, &rs)
			if r.Blocked {
				t.Fatalf("u=%v: the modulation runs into the dwell guard", u)
			}
			if got != was {
				if was == CallNone {
					starts++
				} else if want := m / (1 - a); starts > 1 && math.Abs(run-want) > 1+1/(1-a) { // a tick more or less
					t.Fatalf("u=%v: run of %v s, want %.0f", u, run, want)
				}
				was, run = got, 0
			}
			run++
			if starts > 0 {
				total++
				if got != CallNone {
					on++
				}
			}
		}
		if duty := on / total; math.Abs(duty-a) > 0.01 {
			t.Errorf("u=%v: duty %.3f", u, duty)
		}
		if perHour := float64(starts) / total * 3600; perHour > 6 {
			t.Errorf("u=%v: %.1f cycles per hour, want at most 6", u, perHour)
		}
	}
}

func TestWishAsksAtOnceAtFullAndAtNoDemand(t *testing.T) {
	p := DefaultParams()
	r := Relay{Last: CallHeat}
	if got := r.wish(1, 1, p.MostCycles, &p); got != CallHeat {
		t.Errorf("full demand asks for %v", got)
	}
	r.set(CallHeat)
	if got := r.wish(0, 1, p.MostCycles, &p); got != CallNone {
		t.Errorf("no demand asks for %v", got)
	}
	if r.Remainder > 0 {
		t.Errorf("no demand leaves %v s owed", r.Remainder)
	}
}

func TestWishForgetsTheOtherSide(t *testing.T) {
	p := DefaultParams()
	r := Relay{Side: CallHeat, Remainder: 170}
	if got := r.wish(-0.1, 1, p.MostCycles, &p); got != CallNone || r.Remainder > 1 {
		t.Errorf("heat owed became cooling: call %v, remainder %v", got, r.Remainder)
	}
}

func TestDamagedRelayIsOff(t *testing.T) {
	r := Relay{Call: 9, Last: 7, Side: 3, Held: -5, Remainder: math.NaN()}
	r.hold(time.Second)
	p := DefaultParams()
	if r.wish(0.5, 1, p.MostCycles, &p); r.Call != CallNone || r.Last != CallNone || !finite(r.Remainder) || r.Held < 0 {
		t.Errorf("damage survived: %+v", r)
	}
}

func TestFan(t *testing.T) {
	p := DefaultParams()
	warm := p
	warm.FanWithHeat = true
	none := p
	none.FanRunOn = 0
	tests := []struct {
		name   string
		relay  Relay
		params *Params
		want   bool
	}{
		{"start", Relay{}, &p, false},
		{"cooling", Relay{Call: CallCool, Last: CallCool}, &p, true},
		{"run-on", Relay{Last: CallCool, Held: p.FanRunOn - 1}, &p, true},
		{"run-on over", Relay{Last: CallCool, Held: p.FanRunOn}, &p, false},
		{"no run-on", Relay{Last: CallCool}, &none, false},
		{"heating", Relay{Call: CallHeat, Last: CallHeat}, &p, false},
		{"heating with fan", Relay{Call: CallHeat, Last: CallHeat}, &warm, true},
	}
	for _, tt := range tests {
		if got := tt.relay.fan(tt.params); got != tt.want {
			t.Errorf("%s: fan %v, want %v", tt.name, got, tt.want)
		}
	}
}
