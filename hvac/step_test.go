package hvac

import (
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
