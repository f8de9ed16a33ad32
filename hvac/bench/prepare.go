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
	tuned   bool // the autotune
	learned bool // 14 days of winter
	ahead   bool // the schedule was known in them
}

// winterDays is how long learning takes.
const winterDays = 14

// These keep the noise and clouds of what came before apart from those of the judgement.
const (
	winterSeed = 1000
	tuningSeed = 2000
)

// A memory is what is left of a past: what a restarted thermostat finds on its disk.
type memory struct {
	saved  hvac.Saved
	params hvac.Params
	tuning tuning // if there was one
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
		live = sync.OnceValue(func() memory { return l.live(e) })
		l.had[e] = live
	}
	l.mu.Unlock()
	return live()
}

// live goes through it: fresh from the box, the autotune, a restart, the winter, and
// the power goes.
func (l *library) live(e experience) memory {
	m := memory{params: hvac.DefaultParams()}
	q := &quietstat{params: m.params}
	if e.past.tuned {
		// Gains are shared by what learned and what did not.
		if before := (past{tuned: true}); e.past != before {
			m = l.recall(before, e.kind, e.seed)
			q = m.wake(e.past.ahead)
		} else {
			m.tuning = autotune(q, e.kind, e.seed)
		}
	}
	if e.past.learned {
		q.ahead = e.past.ahead
		sc := trial.Winter(e.kind, winterDays)
		trial.Run(&sc, q, winterSeed+e.seed, nil)
	}
	m.saved, m.params = q.state.Save(), q.params
	return m
}

// tunings are the autotunes it has lived through, by house and seed.
func (l *library) tunings(o order) []tuning {
	var all []tuning
	for _, k := range o.kinds {
		for _, seed := range o.seeds {
			l.mu.Lock()
			live, known := l.had[experience{past{tuned: true}, k, seed}]
			l.mu.Unlock()
			if known {
				all = append(all, live().tuning)
			}
		}
	}
	return all
}
