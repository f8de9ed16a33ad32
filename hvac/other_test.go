package hvac_test

import (
	"testing"
	"time"

	"quietstat/hvac"
)

// TestOtherDrives holds what is learned to what somebody else does, and not to what
// Step would have done.
func TestOtherDrives(t *testing.T) {
	for _, tt := range []struct {
		name     string
		other    hvac.Other
		heats    func(i int) bool
		need     bool
		informed bool
	}{
		{"nobody else", hvac.Other{}, nil, true, true},
		{"he heats and is seen", hvac.Other{Drives: true, Known: true}, func(i int) bool { return i%1200 < 600 }, true, true},
		{"he does nothing and is seen", hvac.Other{Drives: true, Known: true}, func(int) bool { return false }, false, true},
		{"nobody sees him", hvac.Other{Drives: true}, nil, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := hvac.DefaultParams()
			s, in := hvac.State{}, hvac.Input{Mode: hvac.ModeHeat, Setpoint: 21, Other: tt.other, Params: &p}
			var integral float64
			for i := range 4 * 3600 {
				in.Now = time.Duration(i) * time.Second
				in.Reading = hvac.Reading{At: in.Now, Valid: true, Temperature: 18 + hvac.Celsius(i%7)/100}
				if tt.heats != nil {
					in.Other.Call = hvac.CallNone
					if tt.heats(i) {
						in.Other.Call = hvac.CallHeat
					}
				}
				s, _, _ = hvac.Step(s, in)
				integral = s.PID.Heat
			}
			if (s.Need > 0.1) != tt.need || (s.House.Informed > 0) != tt.informed {
				t.Errorf("need %v, informed for %v", s.Need, s.House.Informed)
			}
			if tt.other.Drives && integral > s.Need+1e-9 {
				t.Errorf("the integral ran away to %v on an error it cannot act on; the house needs %v", integral, s.Need)
			}
			if tt.other.Drives && (s.Watch.NoRise || s.Watch.Stuck) {
				t.Errorf("his equipment is watched as if it were ours: %+v", s.Watch)
			}
		})
	}
}

func TestDwellLeft(t *testing.T) {
	p := hvac.DefaultParams()
	for _, tt := range []struct {
		relay hvac.Relay
		next  hvac.Call
		want  time.Duration
	}{
		{hvac.Relay{}, hvac.CallHeat, p.MinOff},
		{hvac.Relay{Last: hvac.CallHeat, Held: p.MinOff - 1}, hvac.CallHeat, 1},
		{hvac.Relay{Last: hvac.CallHeat, Held: p.MinOff}, hvac.CallHeat, 0},
		{hvac.Relay{Last: hvac.CallHeat, Held: p.MinOff}, hvac.CallCool, p.Changeover - p.MinOff},
		{hvac.Relay{Last: hvac.CallHeat, Call: hvac.CallHeat, Held: p.MinOn - 1}, hvac.CallHeat, 1},
		{hvac.Relay{Last: hvac.CallHeat, Call: hvac.CallHeat, Held: p.MinOn + 1}, hvac.CallHeat, 0},
		{hvac.Relay{Last: hvac.CallCool, Call: hvac.CallCool, Held: time.Second}, hvac.CallCool, p.CoolDwell - time.Second},
	} {
		s := hvac.State{Relay: tt.relay}
		if got := s.DwellLeft(tt.next, &p); got != tt.want {
			t.Errorf("%+v before %v: %v, want %v", tt.relay, tt.next, got, tt.want)
		}
	}
}
