package local

import "time"

// Warmth is control's answer to every verb about warmth: how warm it shall be, why,
// until when, what comes next, and everything that has been written down. Temperatures
// are in °C.
type Warmth struct {
	Text      []string   `json:"text"` // the same as sentences, for people
	Mode      string     `json:"mode"`
	SetpointC float64    `json:"setpoint_c"`
	Preset    string     `json:"preset"`          // none, home, away, sleep, eco, frost
	Source    string     `json:"source"`          // base, schedule, vacation, hold, boost
	Since     *time.Time `json:"since,omitempty"` // absent while it is not known
	Until     *time.Time `json:"until,omitempty"` // absent while no end is known
	UntilS    *float64   `json:"until_s,omitempty"`
	Ahead     []Coming   `json:"ahead"` // what comes next, in order
	Reasons   []Why      `json:"reasons"`

	Timezone string               `json:"timezone"`
	Schedule []string             `json:"schedule"` // one entry a line, as "schedule.add" takes it
	Presets  []PresetTemperatures `json:"presets"`
	BaseC    float64              `json:"base_c"` // without a schedule
	Hold     string               `json:"hold,omitempty"`
	BoostK   float64              `json:"boost_k,omitempty"`
	Vacation *Vacation            `json:"vacation,omitempty"`
	Lock     *Lock                `json:"lock,omitempty"`
}

// Coming is one change that is known ahead.
type Coming struct {
	At        *time.Time `json:"at,omitempty"` // absent while the clock cannot be trusted
	InS       float64    `json:"in_s"`
	SetpointC float64    `json:"setpoint_c"`
	Preset    string     `json:"preset"`
	Source    string     `json:"source"`
	Text      string     `json:"text"`
}

// PresetTemperatures is what a preset stands for: cooling in mode cool, heating in every
// other mode.
type PresetTemperatures struct {
	Name string  `json:"name"`
	Heat float64 `json:"heat_c"`
	Cool float64 `json:"cool_c"`
}

// Vacation is a time away.
type Vacation struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Aim  string    `json:"aim"`
	Text string    `json:"text"`
}

// Lock is the child lock as it stands.
type Lock struct {
	MinC    *float64 `json:"min_c,omitempty"`
	MaxC    *float64 `json:"max_c,omitempty"`
	Changes bool     `json:"changes"` // nothing can be changed at all
}

// ScheduleArguments are the arguments of "schedule.set": a whole week, one entry a line.
type ScheduleArguments struct {
	Text string `json:"text"`
}

// EntryArguments are the arguments of "schedule.add".
type EntryArguments struct {
	Entry string `json:"entry"` // "mon-fri 06:30 home"
}

// RemoveArguments are the arguments of "schedule.remove".
type RemoveArguments struct {
	Number int `json:"number"` // counted from 1
}

// PresetArguments are the arguments of "preset": without a temperature the preset is
// chosen, with one it gets that.
type PresetArguments struct {
	Name         string   `json:"name"`
	TemperatureC *float64 `json:"temperature_c,omitempty"`
	Cool         bool     `json:"cool,omitempty"` // the temperature is for mode cool
}

// HoldArguments are the arguments of "hold".
type HoldArguments struct {
	Aim   string  `json:"aim"`             // a temperature or a preset
	Until string  `json:"until,omitempty"` // next, elapsed, ended; otherwise next if anything can come
	ForS  float64 `json:"for_s,omitempty"` // with elapsed
}

// BoostArguments are the arguments of "boost".
type BoostArguments struct {
	Minutes float64 `json:"minutes"`
	Kelvin  float64 `json:"kelvin"`
}

// VacationArguments are the arguments of "vacation". Dates are 2026-12-24 or
// 2026-12-24T18:00 in the schedule's time zone; from may be "now".
type VacationArguments struct {
	From string `json:"from"`
	To   string `json:"to"`
	Aim  string `json:"aim,omitempty"` // otherwise the preset away
}

// LockArguments are the arguments of "lock".
type LockArguments struct {
	MinC    *float64 `json:"min_c,omitempty"`
	MaxC    *float64 `json:"max_c,omitempty"`
	Changes bool     `json:"changes,omitempty"`
}
