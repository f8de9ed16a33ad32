package hvac

import "time"

// Watch is what Step remembers in order to notice equipment that does not do what it
// is told.
type Watch struct {
	Full   time.Duration `json:"full_ns"`  // heated at full demand without the room getting warmer
	Low    float64       `json:"low_c"`    // °C, coldest since then
	From   float64       `json:"from_c"`   // °C when Full began
	NoRise bool          `json:"no_rise"`  // heating is without effect
	Rested bool          `json:"rested"`   // the last run was ended because it had lasted too long
	Off    time.Duration `json:"off_ns"`   // heating has been off for this long
	Bottom float64       `json:"bottom_c"` // °C, coldest since then
	Rise   time.Duration `json:"rise_ns"`  // since it was coldest
	Top    float64       `json:"top_c"`    // °C, warmest since Bottom
	Needed bool          `json:"needed"`   // the house needed heat when it was switched off
	Stuck  bool          `json:"stuck"`    // it gets warmer all the same
}

const (
	// riseEnough in kelvin is an effect of heating that noise, sun on the wall and a
	// closed door do not fake.
	riseEnough = 0.3
	// fallAll in kelvin below where heating at full demand began, after fullLeast of it, is
	// a house that is not heated, however it may be called: it need not wait for NoRiseAfter.
	fallAll   = 2
	fullLeast = time.Hour
	// retry is the longest run of heating without effect. Switching off and on again is
	// what brings a burner that locked out back, and what a person would try.
	retry = time.Hour
	// fastWithin is the time in which a rise of StuckRise is nobody's but the heater's: the
	// sun behind large windows takes twice as long, a slab that was switched off gives
	// less than a degree.
	fastWithin = 4 * time.Hour
	// slowRise in kelvin is a rise of a heavy house that outlasts the day: it counts
	// after slowAfter without a fall by slowFall.
	slowRise  = 2
	slowFall  = 0.5
	slowAfter = 16 * time.Hour
	// weldShows is how long after a run it can still be that run's contact: contacts weld
	// when they close, and later warmth is the weather's.
	weldShows = 48 * time.Hour
	// stuckFall in kelvin below its highest a room has lost its unknown source of heat.
	stuckFall = 1
)

// watch compares what the equipment is told with what the room does. It reports
// whether the present run must pause (rest) and whether heating is barred, which
// never concerns the frost floor, nor a house that nobody has seen for hotFor: what made
// it warm is over, and it may freeze. demand is what is wanted now, the relay still is as
// the last step left it.
func (s *State) watch(r room, demand float64, dt time.Duration, p *Params, rs *Reasons) (rest, bar bool) {
	w := &s.Watch
	w.repair()
	heating := s.Relay.Call == CallHeat
	if r.trusted {
		w.effect(r.temp, demand, heating, dt, p)
		w.source(r.temp, heating, s.Need, dt, p)
	}
	if w.NoRise {
		rs.add(Reason{Kind: NoRise, Since: w.Full})
	}
	if w.Stuck {
		rs.add(Reason{Kind: StuckRelay, Since: w.Off, Value: w.Top - w.Bottom})
	}
	return s.tired(p, rs), w.Stuck && s.Blind < hotFor
}

// effect counts heating at full demand until the room gets warmer by riseEnough. It is
// without effect for NoRiseAfter, or sooner if the room even gets colder by fallAll.
func (w *Watch) effect(temp, demand float64, heating bool, dt time.Duration, p *Params) {
	switch {
	case w.Full == 0:
		w.From, w.Low = temp, temp
	case temp >= w.Low+riseEnough:
		w.Full, w.NoRise, w.From, w.Low = 0, false, temp, temp
	}
	w.Low = min(w.Low, temp)
	switch {
	case heating && demand >= 1:
		w.Full = grow(w.Full, dt)
	case demand < 1 && !w.NoRise:
		w.Full = max(0, w.Full-min(dt, w.Full))
	}
	w.NoRise = w.NoRise || w.Full >= p.NoRiseAfter || w.Full >= fullLeast && temp <= w.From-fallAll
}

// source looks for heat that comes although none is asked for.
func (w *Watch) source(temp float64, heating bool, need float64, dt time.Duration, p *Params) {
	if heating {
		w.Off, w.Stuck = 0, false
		return
	}
	if w.Off == 0 {
		w.Bottom, w.Top, w.Rise, w.Needed = temp, temp, 0, need >= heated
	}
	w.Off, w.Rise = grow(w.Off, max(dt, 1)), grow(w.Rise, dt)
	if temp < w.Bottom {
		w.Bottom, w.Top, w.Rise = temp, temp, 0
	}
	w.Top = max(w.Top, temp)
	if w.Stuck && temp <= w.Top-stuckFall {
		w.Stuck, w.Bottom, w.Top, w.Rise = false, temp, temp, 0
	}
	rise := temp - w.Bottom
	fast := w.Rise <= fastWithin && rise >= p.StuckRise
	slow := w.Off >= slowAfter && rise >= slowRise && temp > w.Top-slowFall
	w.Stuck = w.Stuck || w.Needed && w.Off <= weldShows && (fast || slow)
}

// tired ends a run that has lasted for MaxRun, or for retry while heating is without
// effect. The shortest pause follows by dwell, so no house can freeze of it, and
// whoever cannot stop by itself gets a moment to.
func (s *State) tired(p *Params, rs *Reasons) bool {
	w, most := &s.Watch, p.MaxRun
	if w.NoRise && s.Relay.Call == CallHeat {
		most = min(most, retry)
	}
	switch {
	case s.Relay.Call == CallNone:
	case s.Relay.Held >= most:
		w.Rested = true
	default:
		w.Rested = false
	}
	if w.Rested {
		rs.add(Reason{Kind: RunTooLong, Since: most})
	}
	return w.Rested && s.Relay.Call != CallNone
}

// repair turns a damaged state into a fresh one.
func (w *Watch) repair() {
	if !finite(w.Low) || !finite(w.From) || !finite(w.Bottom) || !finite(w.Top) {
		*w = Watch{}
	}
	w.Full, w.Off, w.Rise = grow(w.Full, 0), grow(w.Off, 0), grow(w.Rise, 0)
}
