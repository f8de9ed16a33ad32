package household

import (
	"time"

	"quietstat/hvac"
)

// Settings are everything a household has said about warmth. The zero Settings is
// mode off with presets at 0 °C: start from DefaultSettings. A value is never changed
// once somebody else has it; the wishes in wishes.go make new ones.
type Settings struct {
	Mode     hvac.Mode
	Base     Aim // without a schedule
	Presets  [presets]Temperatures
	Schedule Schedule
	Vacation Vacation
	Hold     Hold
	Boost    Boost
	Limits   Limits
	Lock     Lock
	Last     Level // what the schedule asked for last, as far as a restart remembers
}

// Limits are the thermostat's own range, in °C, within Lowest and Highest.
type Limits struct {
	Min, Max hvac.Celsius
}

// clamp is the nearest temperature within the limits; the lowest for what is no
// number.
func (l Limits) clamp(c hvac.Celsius) hvac.Celsius {
	if !(c >= l.Min) {
		return l.Min
	}
	return min(c, l.Max)
}

// Lock is the child lock. The zero Lock is open.
type Lock struct {
	Range    bool         // only temperatures from Min to Max can be asked for
	Min, Max hvac.Celsius // °C
	Changes  bool         // nothing can be changed at all
}

// Instant is one moment on both clocks.
type Instant struct {
	Now     time.Duration // CLOCK_BOOTTIME
	Wall    time.Time     // means something only if Trusted
	Trusted bool
}

// after is the instant d later on both clocks.
func (at Instant) after(d time.Duration) Instant {
	at.Now, at.Wall = later(at.Now, d), at.Wall.Add(d)
	return at
}

// boot is when a wall time is, on CLOCK_BOOTTIME.
func (at Instant) boot(wall time.Time) time.Duration { return later(at.Now, wall.Sub(at.Wall)) }

// Known bounds of what is told on CLOCK_BOOTTIME.
const (
	Unknown time.Duration = -1 << 63  // a beginning nobody knows
	Forever time.Duration = 1<<63 - 1 // an end nobody knows
)

// later adds without running over, which would turn never into long ago.
func later(t, d time.Duration) time.Duration {
	switch {
	case d > 0 && t > Forever-1-d:
		return Forever - 1
	case d < 0 && t < Unknown+1-d:
		return Unknown + 1
	}
	return t + d
}

// Moment is when something was asked for or ends: on CLOCK_BOOTTIME, and on the wall
// if that has been brought along from before a restart.
type Moment struct {
	Boot  time.Duration
	Wall  time.Time     // zero if Boot alone holds
	Spare time.Duration // how much earlier it may be than Boot, where Wall cannot tell
}

// past reports whether the moment has come.
func (m Moment) past(at Instant) bool { return at.Now >= m.boot(at) }

// boot is the moment on CLOCK_BOOTTIME: the earlier of both where both are known.
func (m Moment) boot(at Instant) time.Duration {
	if at.Trusted && !m.Wall.IsZero() {
		return min(m.Boot, at.boot(m.Wall))
	}
	return later(m.Boot, -m.Spare)
}

// wall is the moment on a trusted wall clock.
func (m Moment) wall(at Instant) time.Time {
	if !m.Wall.IsZero() {
		return m.Wall
	}
	return at.Wall.Add(later(m.boot(at), -at.Now))
}

// Until says what ends a hold.
type Until uint8

const (
	UntilNext    Until = iota // the next transition of the schedule, or of a vacation
	UntilElapsed              // a time
	UntilEnded                // somebody
)

// Hold is a warmth that somebody wants instead of what is planned. The zero Hold is
// none.
type Hold struct {
	Active   bool
	Aim      Aim
	Until    Until
	Placed   Moment
	Ends     Moment // with UntilElapsed
	Vacation bool   // it was asked for during a vacation, so it stands above it
}

// Boost is some more warmth for a while. The zero Boost is none.
type Boost struct {
	Active bool
	Raise  float64 // K above what holds otherwise; below in mode cool
	Placed Moment
	Ends   Moment
}

// Vacation is a time away, From included and To not. The zero Vacation is none.
type Vacation struct {
	From, To time.Time
	Aim      Aim
}

// Set reports whether there is one, past ones included.
func (v Vacation) Set() bool { return v.From.Before(v.To) }

// Bounds of what can be asked for.
const (
	MinHold     = time.Minute
	MaxHold     = 30 * 24 * time.Hour
	MinBoost    = 5 * time.Minute
	MaxBoost    = 4 * time.Hour
	MinRaise    = 0.5 // K
	MaxRaise    = 5.0 // K
	MaxVacation = 366 * 24 * time.Hour
)

// DefaultSettings are a household that has said nothing yet: mode off, base 19 °C, the
// presets as shipped, no schedule.
func DefaultSettings() Settings {
	return Settings{Base: Aim{Setpoint: 19}, Presets: DefaultTemperatures(), Limits: Limits{Lowest, Highest}}
}

// Temperature is what an aim stands for in the present mode, before any limit, in °C.
func (s *Settings) Temperature(a Aim) hvac.Celsius {
	if a.Preset == None || !a.Preset.Valid() {
		return a.Setpoint
	}
	return s.Presets[a.Preset].in(s.Mode)
}

// Shift moves everything that was counted from CLOCK_BOOTTIME 0 to where that clock
// really stands, for a program that learns the time after its settings.
func (s Settings) Shift(by time.Duration) Settings {
	for _, m := range []*Moment{&s.Hold.Placed, &s.Hold.Ends, &s.Boost.Placed, &s.Boost.Ends} {
		m.Boot = later(m.Boot, by)
	}
	return s
}
