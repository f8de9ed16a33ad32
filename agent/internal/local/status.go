package local

import "time"

// Status is control's answer to "status": the house after the last tick. It stays
// on this machine; the gate never sees it.
type Status struct {
	Wall        time.Time `json:"wall"`
	WallTrusted bool      `json:"wall_trusted"`
	UptimeS     float64   `json:"uptime_s"`

	Sampled      bool    `json:"sampled"`          // false: the sensor has never answered; the four below are 0
	SampleAgeS   float64 `json:"sample_age_s"`     // of the last good sample
	TemperatureC float64 `json:"temperature_c"`    //
	HumidityPct  float64 `json:"humidity_pct"`     //
	PressurePa   float64 `json:"pressure_pa"`      //
	Sensor       string  `json:"sensor"`           // ok, stale, fault, unknown
	SetpointC    float64 `json:"setpoint_c"`       //
	Mode         string  `json:"mode"`             // off, heat, cool, auto, dry
	Preset       string  `json:"preset"`           // none, home, away, sleep, eco, frost
	Source       string  `json:"source"`           // base, schedule, vacation, hold, boost: who asks for the setpoint
	Action       string  `json:"action"`           // off, idle, heating, cooling, paused, fault, drying
	Demand       float64 `json:"demand"`           // -1 to 1
	Heat         bool    `json:"heat"`             // relays as commanded
	Cool         bool    `json:"cool"`             //
	Fan          bool    `json:"fan"`              //
	RelayFault   bool    `json:"relay_fault"`      // the last write to a relay line failed
	Doors        []Door  `json:"doors"`            //
	Wear         []Wear  `json:"wear"`             // every relay that is wired, and what it has done
	Reasons      []Why   `json:"reasons"`          // the chain, most decisive first
	Terms        Terms   `json:"terms"`            // what the demand is made of
	Ticks        uint64  `json:"ticks"`            //
	TicksLate    uint64  `json:"ticks_late"`       // later than a tenth of the period
	TicksMissed  uint64  `json:"ticks_missed"`     // skipped altogether
	LatenessMaxS float64 `json:"lateness_max_s"`   //
	Realtime     string  `json:"realtime"`         // "fifo" or why not
	Indicator    string  `json:"indicator"`        // closed, session, grant, fault
	Tuning       string  `json:"tuning,omitempty"` // what is to be said of it, if anything
	Shadow       bool    `json:"shadow"`           // an old thermostat drives the house: Heat is its call, not ours
	Simulated    bool    `json:"simulated"`        // the board is not real

	FallBypassS   float64 `json:"fall_bypass_s,omitempty"`   // a fast fall pauses nothing for so much longer
	SensorOffsetK float64 `json:"sensor_offset_k,omitempty"` // is in temperature_c already
	CalibrationK  float64 `json:"calibration_k,omitempty"`   // of sensor_offset_k, what was measured; the rest is sensor.offset
	SensorProblem string  `json:"sensor_problem,omitempty"`  // why the last sample failed, and the remedy
	Second        *Second `json:"second,omitempty"`          // nil: no second sensor

	Until *time.Time `json:"until,omitempty"` // of this setpoint's source; absent while no end is known
	Next  *Coming    `json:"next,omitempty"`  // what comes then
	Plan  []string   `json:"plan"`            // setpoint, source and what comes next as sentences
}

// Second is the second climate sensor of a Status.
type Second struct {
	Use          string  `json:"use"`           // fallback, outdoor
	Sampled      bool    `json:"sampled"`       // false: it has never answered; the two below are 0
	SampleAgeS   float64 `json:"sample_age_s"`  // of the last good sample
	TemperatureC float64 `json:"temperature_c"` // as it says
	DifferenceK  float64 `json:"difference_k"`  // how much warmer it reads than the first, as learned; 0 for outdoor
	Fault        string  `json:"fault"`         // none, or the driver's complaint
}

// Door is one door of a Status.
type Door struct {
	ID    string `json:"id"`
	Label string `json:"label,omitempty"`
	Known bool   `json:"known"`
	Open  bool   `json:"open"`

	BypassS float64 `json:"bypass_s,omitempty"` // it pauses nothing for so much longer
}

// BypassArguments are the arguments of control's verbs "door.bypass" and "door.end". ID
// is a door's or "all"; ForS is 60 to 86400, and 0 for two hours, or for an end.
type BypassArguments struct {
	ID   string  `json:"id"`
	ForS float64 `json:"for_s,omitempty"`
}

// Wear is one relay of a Status.
type Wear struct {
	Relay  string `json:"relay"`  // heat, heat2, aux, cool, compressor, dehumidifier, reversing, fan
	On     bool   `json:"on"`     // as commanded
	Starts uint64 `json:"starts"` // in its life
	OnS    uint64 `json:"on_s"`   // seconds in its life
}

// Why is one typed reason: a name for machines and a sentence for people.
type Why struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Terms are the parts of the demand.
type Terms struct {
	Proportional float64 `json:"proportional"`
	Integral     float64 `json:"integral"`
	Derivative   float64 `json:"derivative"`
	FeedForward  float64 `json:"feed_forward"`
}

// SetArguments are the arguments of control's verb "set".
type SetArguments struct {
	SetpointC float64 `json:"setpoint_c"`
	// Nearest moves a temperature out of range to the end of the range, where a person
	// would be refused and told the range.
	Nearest bool `json:"nearest,omitempty"`
}

// ModeArguments are the arguments of control's verb "mode".
type ModeArguments struct {
	Mode string `json:"mode"`
}

// PressArguments are the arguments of control's verb "press", which a simulated
// board alone offers: button is "talk" or "quiet".
type PressArguments struct {
	Button string  `json:"button"`
	HoldS  float64 `json:"hold_s"`
}
