package local

import "time"

// Status is control's answer to "status": the house after the last tick. It stays
// on this machine; the gate never sees it.
type Status struct {
	Wall        time.Time `json:"wall"`
	WallTrusted bool      `json:"wall_trusted"`
	UptimeS     float64   `json:"uptime_s"`

	Sampled      bool    `json:"sampled"`        // false: the sensor has never answered; the four below are 0
	SampleAgeS   float64 `json:"sample_age_s"`   // of the last good sample
	TemperatureC float64 `json:"temperature_c"`  //
	HumidityPct  float64 `json:"humidity_pct"`   //
	PressurePa   float64 `json:"pressure_pa"`    //
	Sensor       string  `json:"sensor"`         // ok, stale, fault, unknown
	SetpointC    float64 `json:"setpoint_c"`     //
	Mode         string  `json:"mode"`           // off, heat, cool, auto
	Action       string  `json:"action"`         // off, idle, heating, cooling, paused, fault
	Demand       float64 `json:"demand"`         // -1 to 1
	Heat         bool    `json:"heat"`           // relays as commanded
	Cool         bool    `json:"cool"`           //
	Fan          bool    `json:"fan"`            //
	RelayFault   bool    `json:"relay_fault"`    // the last write to a relay line failed
	Doors        []Door  `json:"doors"`          //
	Reasons      []Why   `json:"reasons"`        // the chain, most decisive first
	Terms        Terms   `json:"terms"`          // what the demand is made of
	Ticks        uint64  `json:"ticks"`          //
	TicksLate    uint64  `json:"ticks_late"`     // later than a tenth of the period
	TicksMissed  uint64  `json:"ticks_missed"`   // skipped altogether
	LatenessMaxS float64 `json:"lateness_max_s"` //
	Realtime     string  `json:"realtime"`       // "fifo" or why not
	Indicator    string  `json:"indicator"`      // closed, session, grant, fault
	Simulated    bool    `json:"simulated"`      // the board is not real
}

// Door is one door of a Status.
type Door struct {
	ID    string `json:"id"`
	Label string `json:"label,omitempty"`
	Known bool   `json:"known"`
	Open  bool   `json:"open"`
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
