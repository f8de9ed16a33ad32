package consent

import "time"

// MaxDoors is how many doors a Snapshot can carry.
const MaxDoors = 8

// Mode, Action and Health are the small closed vocabularies of a Snapshot. Their
// zero values say the least: off, off, unknown.
type (
	Mode   uint8
	Action uint8
	Health uint8
)

const (
	ModeOff Mode = iota
	ModeHeat
	ModeCool
	ModeAuto
	ModeDry
)

const (
	ActionOff Action = iota
	ActionIdle
	ActionHeating
	ActionCooling
	ActionPaused
	ActionFault
	ActionDrying
)

const (
	HealthUnknown Health = iota
	HealthOK
	HealthStale
	HealthFault
)

// IndicatorState is what the light says about sharing: off is closed, a slow pulse a
// session, a blink a grant, a fast red blink a fault.
type IndicatorState uint8

const (
	IndicatorClosed IndicatorState = iota
	IndicatorSession
	IndicatorGrant
	IndicatorFault
)

// Door is one door of a Snapshot.
type Door struct {
	Known bool
	Open  bool
}

// Snapshot is the state of the house after one control tick, the only thing the
// keeper ever learns about it. Every field carries exactly one category in its
// tag; a test walks the struct and refuses a field without one. "never" marks
// what no basis can release.
type Snapshot struct {
	Seq         uint64        `category:"never"` // 1 for the first tick after start
	Boot        time.Duration `category:"never"` // CLOCK_BOOTTIME of the tick
	Wall        time.Time     `category:"never"` // wall time of the tick, UTC
	WallTrusted bool          `category:"never"`

	SampleBoot  time.Duration `category:"never"`               // CLOCK_BOOTTIME of the climate sample; 0 = never sampled
	Temperature float64       `category:"climate.temperature"` // °C
	Humidity    float64       `category:"climate.humidity"`    // % RH
	Pressure    float64       `category:"climate.pressure"`    // Pa
	Sensor      Health        `category:"device.health"`

	Setpoint float64 `category:"setpoint"` // °C
	Mode     Mode    `category:"setpoint"`
	Preset   uint8   `category:"setpoint"` // 0 none, 1 home, 2 away, 3 sleep, 4 eco, 5 frost

	Action Action  `category:"hvac.state"`
	Demand float64 `category:"hvac.state"` // -1 to 1
	Heat   bool    `category:"hvac.state"` // relay commanded
	Cool   bool    `category:"hvac.state"`
	Fan    bool    `category:"hvac.state"`

	DoorCount int            `category:"never"`
	Doors     [MaxDoors]Door `category:"door.state"`

	TalkPresses  uint32 `category:"never"` // counters since control started; a lost frame loses none
	QuietPresses uint32 `category:"never"`
	QuietHolds   uint32 `category:"never"` // quiet button held 3 s

	Indicator      IndicatorState `category:"never"` // what the light was last set to
	IndicatorEpoch uint64         `category:"never"` // the epoch it was set for; Set returned nil
	IndicatorOK    bool           `category:"never"`

	TicksLate   uint64        `category:"diagnostics"`
	TicksMissed uint64        `category:"diagnostics"`
	Lateness    time.Duration `category:"diagnostics"`
}
