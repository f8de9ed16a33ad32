package hvac

import "time"

// SavedVersion is the present form of Saved.
const SavedVersion = 1

// Saved is the part of State worth keeping across a restart, with JSON names. It
// holds no clock times: CLOCK_BOOTTIME means nothing after a reboot.
type Saved struct {
	Version   int            `json:"version"`
	Known     bool           `json:"temperature_known"`
	Filtered  float64        `json:"temperature_c"`
	Blind     time.Duration  `json:"blind_ns"`
	Heat      float64        `json:"integral_heat"`
	Cool      float64        `json:"integral_cool"`
	Gains     Gains          `json:"gains"`
	Side      Call           `json:"side"`
	Last      Call           `json:"last_run"`
	Remainder float64        `json:"remainder_s"`
	Frost     bool           `json:"frost"`
	Hot       bool           `json:"hot"`
	Need      float64        `json:"need"`
	Wear      [MaxLines]Wear `json:"wear"`
	House     SavedHouse     `json:"house"`
	Weather   SavedWeather   `json:"weather"`
	NeedFor   time.Duration  `json:"need_ns"`
	Recent    float64        `json:"recent"`
	Offset    float64        `json:"second_offset_k"`
	Learnt    time.Duration  `json:"second_learnt_ns"`
	Watch     Watch          `json:"watch"`
}

// Save takes what Restore needs. Mode and setpoint are not here: they are
// Input, and their owner keeps them.
func (s State) Save() Saved {
	return Saved{
		Version: SavedVersion,
		Known:   s.Sensor.Known, Filtered: s.Sensor.Filtered, Blind: s.Blind,
		Heat: s.PID.Heat, Cool: s.PID.Cool, Gains: s.PID.Gains, Side: s.PID.Side,
		Last: s.Relay.Last, Remainder: s.Relay.Remainder,
		Frost: s.Frost, Hot: s.Hot, Need: s.Need,
		Wear:    s.Plant.wear(),
		House:   s.House.save(),
		Weather: SavedWeather{s.Weather.Share, s.Weather.Across, s.Weather.Learnt},
		NeedFor: s.NeedFor, Recent: s.Recent, Offset: s.Beside.Offset, Learnt: s.Beside.Learnt, Watch: s.Watch,
	}
}

// Restore makes the state to start from at now (CLOCK_BOOTTIME). The relays are
// off and count as switched off at now; integral, gains, remainder and the
// safety latches are as saved. Anything damaged or of another version gives the
// zero State started at now: a fresh start is always safe.
func Restore(v Saved, now time.Duration) State {
	s := State{Started: true, At: now, Plant: wearing(v.Wear)}
	if v.Version != SavedVersion || !finite(v.Filtered) || !finite(v.Heat) || !finite(v.Cool) ||
		!finite(v.Remainder) || !finite(v.Need) || v.Side > CallCool || v.Last > CallCool {
		return s
	}
	s.Sensor.Known, s.Sensor.Good, s.Sensor.Filtered = v.Known, v.Filtered, v.Filtered
	s.Blind = grow(v.Blind, 0)
	s.House = v.House.house()
	s.Weather = Weather{Share: v.Weather.Share, Across: v.Weather.Across, Learnt: v.Weather.Learnt}
	s.Weather.repair()
	s.PID = PID{Heat: clamp(v.Heat, 0, 1), Cool: clamp(v.Cool, -1, 0), Gains: v.Gains, Side: v.Side}
	s.Relay = Relay{Last: v.Last, Side: v.Side, Remainder: clamp(v.Remainder, -1800, 3600)}
	s.Frost, s.Hot, s.Need = v.Frost, v.Hot, clamp(v.Need, 0, 1)
	s.Recent, s.NeedFor, s.Watch = clamp(v.Recent, 0, 1), min(max(v.NeedFor, 0), needTime), v.Watch
	if v.NeedFor <= 0 && v.Need > 0 { // from before it was counted
		s.NeedFor = needTime
	}
	s.Watch.repair()
	s.Beside.Offset, s.Beside.Learnt = v.Offset, v.Learnt
	s.Beside.repair()
	return s
}
