package main

import (
	"sync"
	"testing"
	"time"

	"quietstat/hvac"
	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// Whoever asks for the same past gets the same memory, and it is lived through once.
func TestPastsAreLivedOnce(t *testing.T) {
	var l library
	var wg sync.WaitGroup
	got := make([]memory, 4)
	for i := range got {
		wg.Go(func() { got[i] = l.recall(past{tuned: true}, house.KindA, 1) })
	}
	wg.Wait()
	for _, m := range got[1:] {
		if m != got[0] {
			t.Errorf("%+v\n%+v", m, got[0])
		}
	}
	if len(l.had) != 1 {
		t.Errorf("%d experiences for one past", len(l.had))
	}
	o := order{kinds: house.Kinds[:], seeds: []uint64{1, 2}}
	if all := l.tunings(o); len(all) != 1 || all[0] != got[0].tuning {
		t.Errorf("tunings: %+v", all)
	}
}

func TestAutotuneLeavesItsGains(t *testing.T) {
	var l library
	m := l.recall(past{tuned: true}, house.KindA, 1)
	x := m.tuning
	if !x.Done || x.Failure != "none" || x.House != "A" || x.Seed != 1 || !(x.Hours > 0.1 && x.Hours <= tuneHours[house.KindA]) {
		t.Errorf("%+v", x)
	}
	if m.params.Gains != x.Gains || x.Improved != (x.Gains != hvac.DefaultParams().Gains) {
		t.Errorf("the autotune says %+v, in force are %+v", x.Gains, m.params.Gains)
	}
	if err := m.params.Validate(); err != nil {
		t.Error(err)
	}
}

// A fresh library has nothing, and what wakes from it is a restarted thermostat: it
// keeps its pause before it heats.
func TestAwakeningIsARestart(t *testing.T) {
	var l library
	m := l.recall(past{}, house.KindE, 3)
	if m.params.Gains != hvac.DefaultParams().Gains || m.tuning != (tuning{}) {
		t.Errorf("something was learned of nothing: %+v", m)
	}
	q := m.wake(true)
	if !q.ahead {
		t.Error("it cannot see the schedule")
	}
	for s := range 180 {
		now := time.Duration(s) * time.Second
		if q.Tick(now, trial.Sight{Sample: hvac.Reading{At: now, Valid: true, Temperature: 12}, Setpoint: 21}) {
			t.Fatalf("heating %d s after the start", s)
		}
	}
}

// Being shown the schedule is the only thing that tells ahead from both.
func TestOnlyAheadSeesTheSchedule(t *testing.T) {
	soon := trial.Sight{Setpoint: 17, Ahead: hvac.Transition{Known: true, In: time.Minute, Setpoint: 21}}
	for _, ahead := range []bool{false, true} {
		blind, told := &quietstat{params: hvac.DefaultParams(), ahead: ahead}, &quietstat{params: hvac.DefaultParams(), ahead: ahead}
		differs := false
		for s := range 3600 {
			now := time.Duration(s) * time.Second
			in := soon
			in.Sample = hvac.Reading{At: now, Valid: true, Temperature: 17.2}
			without := in
			without.Ahead = hvac.Transition{}
			if told.Tick(now, in) != blind.Tick(now, without) || told.state != blind.state {
				differs = true
			}
		}
		if !ahead && differs {
			t.Error("the schedule leaks to a controller that must not know it")
		}
	}
}
