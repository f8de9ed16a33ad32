package main

import (
	"sync"

	"quietstat/hvac"
	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// A past is what quietstat has been through before a scenario begins. Comparable, so
// that scenarios share what took days to live through.
type past struct {
	learned bool // 14 days of winter
	ahead   bool // the schedule was known in them
}

// winterDays is how long learning takes.
const winterDays = 14

// winterSeed keeps the winter's clouds and noise apart from those of the judgement.
const winterSeed = 1000

// A memory is what is left of a past: what a restarted thermostat finds on its disk.
type memory struct {
	saved  hvac.Saved
	params hvac.Params
}

// wake makes the controller that starts from it, restarted at time 0.
func (m memory) wake(ahead bool) *quietstat {
	return &quietstat{state: hvac.Restore(m.saved, 0), params: m.params, ahead: ahead}
}

// A library lives through every past once for each house and seed.
type library struct {
	mu  sync.Mutex
	had map[experience]func() memory
}

type experience struct {
	past past
	kind house.Kind
	seed uint64
}

// recall returns the memory, and waits for it if somebody else is living it just now.
func (l *library) recall(p past, k house.Kind, seed uint64) memory {
	e := experience{p, k, seed}
	l.mu.Lock()
	if l.had == nil {
		l.had = map[experience]func() memory{}
	}
	live, known := l.had[e]
	if !known {
		live = sync.OnceValue(e.live)
		l.had[e] = live
	}
	l.mu.Unlock()
	return live()
}

// live goes through it: fresh from the box, then the winter, then the power goes.
func (e experience) live() memory {
	q := quietstat{params: hvac.DefaultParams(), ahead: e.past.ahead}
	if e.past.learned {
		sc := trial.Winter(e.kind, winterDays)
		trial.Run(&sc, &q, winterSeed+e.seed, nil)
	}
	return memory{saved: q.state.Save(), params: q.params}
}
