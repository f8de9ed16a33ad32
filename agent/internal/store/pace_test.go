package store

import (
	"errors"
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	const start = time.Hour
	const every = 10 * time.Minute
	failed := errors.New("disk full")
	steps := []struct {
		name string
		do   func(p *Pace)
		at   time.Duration
		want bool
	}{
		{"nothing changed", func(*Pace) {}, start + every, false},
		{"own change, early", (*Pace).Changed, start + every - 1, false},
		{"own change, in time", (*Pace).Changed, start + every, true},
		{"own change, late", (*Pace).Changed, start + every + 1, true},
		{"a person's change", (*Pace).Asked, start, true},
		{"own change just after a save", func(p *Pace) { p.Asked(); p.Done(start, nil); p.Changed() }, start + every - 1, false},
		{"own change one period after a save", func(p *Pace) { p.Asked(); p.Done(start, nil); p.Changed() }, start + every, true},
		{"nothing after a save", func(p *Pace) { p.Asked(); p.Done(start, nil) }, start + 2*every, false},
		{"a failed save, early", func(p *Pace) { p.Asked(); p.Done(start, failed) }, start + retryPace - 1, false},
		{"a failed save, a minute later", func(p *Pace) { p.Asked(); p.Done(start, failed) }, start + retryPace, true},
		{"a person again after a failure", func(p *Pace) { p.Asked(); p.Done(start, failed); p.Asked() }, start + 1, true},
	}
	for _, s := range steps {
		p := NewPace(start, every)
		s.do(&p)
		if got := p.Due(s.at); got != s.want {
			t.Errorf("%s: Due = %v", s.name, got)
		}
		if s.want && !p.Unsaved() {
			t.Errorf("%s: due, and nothing unsaved", s.name)
		}
	}
}

func TestPaceWritesAtMostOncePerPeriod(t *testing.T) {
	p := NewPace(0, 10*time.Minute)
	saves := 0
	for now := time.Duration(0); now < 24*time.Hour; now += time.Second {
		p.Changed()
		if p.Due(now) {
			saves++
			p.Done(now, nil)
		}
	}
	if saves != 143 {
		t.Errorf("%d saves a day, want one per 10 minutes but for the first", saves)
	}
}
