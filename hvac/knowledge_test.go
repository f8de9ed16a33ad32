package hvac

import (
	"testing"
	"time"
)

func TestKnowledgeOfAnUnknownHouse(t *testing.T) {
	var s State
	k := s.Known()
	if k.Informed != 0 || k.Drives || k.Ahead != 0 || k.Signature != 0 || k.Rises[0].By != 0 {
		t.Errorf("%+v", k)
	}
}

// What is told is what the law works with.
func TestKnowledgeIsTheLearners(t *testing.T) {
	s := knowing(20)
	s.Weather = Weather{Share: 0.4, Across: 20, Learnt: weatherTime}
	k := s.Known()
	if !k.Drives || k.Informed != s.House.Informed || k.Ahead.Seconds() != s.House.Law.Ahead || k.Doubt != s.House.Law.Doubt || k.Signature != 0.02 || k.Weathered != weatherTime {
		t.Errorf("%+v", k)
	}
	sum := 0.0
	for i, a := range k.Times {
		if a.Time.Seconds() != modeTimes[i] || a.Share != s.House.Fact[i] || a.Doubt <= 0 {
			t.Errorf("%d: %+v", i, a)
		}
		sum += a.Share
	}
	last := 0.0
	for _, r := range k.Rises {
		if r.By <= last || r.By > sum || r.Doubt <= 0 {
			t.Errorf("%v: %v ± %v K after %v K; for ever %v K", r.After, r.By, r.Doubt, last, sum)
		}
		last = r.By
	}
	if k.Rises[0].After != time.Hour {
		t.Errorf("%+v", k.Rises)
	}
}

// Forgetting takes all of it away and nothing else.
func TestForgetTakesTheHouseAndLeavesTheController(t *testing.T) {
	s := knowing(20)
	s.PID.Heat, s.Need, s.Weather = 0.4, 0.3, Weather{Share: 0.4, Across: 20, Learnt: weatherTime}
	s.Forget()
	if k := s.Known(); k.Informed != 0 || k.Drives || k.Signature != 0 || k.Weathered != 0 {
		t.Errorf("%+v", k)
	}
	if s.PID.Heat != 0.4 || s.Need != 0.3 || s.Sensor.Filtered != 20 {
		t.Errorf("forgot more than the house: %+v", s)
	}
}
