package control

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/drivers/sim"
)

// stopwatch holds the pins of heating and cooling to the shortest run and pause.
type stopwatch struct {
	h          *house
	heat, cool bool
	since      time.Duration // of the last change of either
	excused    bool          // the run that ends may be short: the process did
	runs       int
}

func (w *stopwatch) look() {
	t, h := w.h.t, w.h
	t.Helper()
	heat, cool := h.on(h.config.Relays.Heat), h.on(h.config.Relays.Cool)
	if heat && cool {
		t.Fatalf("at %v heating and cooling are on together", h.now)
	}
	if heat == w.heat && cool == w.cool {
		return
	}
	held, c := h.now-w.since, h.config.Control
	switch {
	case (w.heat || w.cool) && (heat || cool):
		t.Fatalf("at %v heating and cooling follow each other at once", h.now)
	case w.heat && held < c.MinOn && !w.excused:
		t.Fatalf("at %v heating ends after %v", h.now, held)
	case w.cool && held < c.CoolMinOff && !w.excused:
		t.Fatalf("at %v cooling ends after %v", h.now, held)
	case heat && held < c.MinOff:
		t.Fatalf("at %v heating begins after a pause of %v", h.now, held)
	case cool && held < c.CoolMinOff:
		t.Fatalf("at %v cooling begins after a pause of %v", h.now, held)
	}
	if heat || cool {
		w.runs++
	}
	w.heat, w.cool, w.since, w.excused = heat, cool, h.now, false
}

// on reads a relay's pin.
func (h *house) on(l config.Line) bool {
	level, driven := h.board.Driven(string(l.Pin))
	return driven && bool(level) != l.ActiveLow
}

// hour is an hour in which nine things happen at random in so many seconds.
func (w *stopwatch) hour(rng *rand.Rand, pace int) {
	h := w.h
	celsius := 20.0
	for range 3600 {
		switch rng.IntN(pace) {
		case 0:
			h.try("mode", local.ModeArguments{Mode: []string{"off", "heat", "cool", "auto", "dry"}[rng.IntN(5)]})
		case 1:
			h.try("set", local.SetArguments{SetpointC: float64(rng.IntN(45))})
		case 2:
			h.board.SetDoor(string(h.config.Doors[0].Pin), rng.IntN(2) == 0)
		case 3: // below the frost floor, comfortable, nearly too hot
			celsius = []float64{5, 6.9, 7.1, 8, 19, 20, 21, 28, 34}[rng.IntN(9)]
		case 4:
			h.board.SetFault([]sim.Fault{sim.SensorDead, sim.SensorFrozen, sim.SensorReset}[rng.IntN(3)])
		case 5, 6:
			for _, f := range []sim.Fault{sim.SensorDead, sim.SensorFrozen, sim.SensorReset} {
				h.board.ClearFault(f)
			}
		case 7: // other dwell times, the same wiring
			next := *h.config
			next.Control.MinOn = time.Duration(60+rng.IntN(120)) * time.Second
			next.Control.MinOff = time.Duration(60+rng.IntN(120)) * time.Second
			next.Control.CoolMinOff = time.Duration(60+rng.IntN(240)) * time.Second
			h.next = &next
			h.try("reload", nil)
			h.config = &next
		case 8:
			if rng.IntN(2400/pace) == 0 {
				h.stop()
				<-h.done
				w.excused = true
				w.look() // everything is off
				h.begin(h.board)
			}
		}
		h.board.SetClimate(celsius, 45, 101325)
		h.tick(1)
		w.look()
	}
}

// try is call, whatever the answer.
func (h *house) try(verb string, arguments any) {
	_ = local.Call(context.Background(), h.control, verb, arguments, new(json.RawMessage))
}

func TestPinsKeepTheirTimesInARestlessHouse(t *testing.T) {
	for _, pace := range []int{12, 50, 100} {
		h := newHouse(t)
		h.tick(1)
		w := stopwatch{h: h, since: h.now}
		w.hour(rand.New(rand.NewPCG(1, uint64(pace))), pace)
		t.Logf("pace %d: %d runs", pace, w.runs)
		if w.runs < 3 {
			t.Errorf("pace %d: %d runs in an hour prove little", pace, w.runs)
		}
		h.stop()
		<-h.done
	}
}
