package config

import (
	"time"

	"quietstat/hvac"
)

// Config is a configuration that has passed every check. Nothing in it is unset:
// keys missing from the file have their default. The zero Config is not valid;
// Parse and Load make one.
type Config struct {
	State   State
	Board   Board
	Sensor  Sensor
	Relays  Relays
	Doors   []Door // at most hvac.MaxDoors, in the order of the file
	Control Control
	Comfort Comfort
	Pause   Pause
	Safety  Safety
	Tuning  Tuning
	Session Session
	Consent Consent
	MDNS    MDNS

	Equipment Equipment

	Household Household

	Voice Voice
}

// MaxPeriod is the longest control.period. A press of the talk button must open, be
// shown by the light and be answered while somebody waits for it, and the keeper
// takes control for lost after 5 s without a snapshot.
const MaxPeriod = 2 * time.Second

// DefaultFolder is where state is kept unless the file says otherwise.
const DefaultFolder = "/var/lib/quietstat"

// State is where files and sockets live.
type State struct {
	Folder  string // absolute: state, ledger and history of all roles
	Runtime string // absolute, at most 54 bytes: the roles' unix sockets
}

// Kind is the sort of board the house hangs on. The zero Kind is invalid.
type Kind string

const (
	KindGPIO Kind = "gpio" // a Raspberry Pi's own pins and I2C bus
	KindSim  Kind = "sim"  // the simulated board; its house lives in the parent
)

// Pin is a line of the 40-pin header by its GPIO number, GPIO2 to GPIO27 (never
// the physical position). The zero Pin is "not wired".
type Pin string

// Line is an output that may be inverted.
type Line struct {
	Pin       Pin
	ActiveLow bool // the output is on when the pin is low
}

// Wired reports whether the line exists at all.
func (l Line) Wired() bool { return l.Pin != "" }

// Board is the hardware and the lines that are neither relay nor door.
type Board struct {
	Kind    Kind
	Bus     string // number of the I2C bus, "1" for /dev/i2c-1
	Address uint16 // of the BME280: 0x76 or 0x77
	Chip    string // how the label of the GPIO chip begins
	Talk    Pin    // button: presence and voice session
	Quiet   Pin    // button: close everything
	// CallForHeat is an input: the dry contact of an old thermostat, closed to ground
	// while it calls.
	CallForHeat Pin
	Indicator   Line
}

// Sensor is how often the room is sampled and how long a sample counts.
type Sensor struct {
	Period     time.Duration // 1 s to 60 s
	StaleAfter time.Duration // 30 s to 15 min, at least two periods

	Offset      float64       // K, -5 to 5, added to what the first sensor says
	FrozenAfter time.Duration // 30 min to 24 h
	Second      SecondSensor
}

// Relays are the outputs that move the house. At least one of Heat, Cool and
// Compressor is wired, and nothing beside them that Equipment could not use.
type Relays struct {
	Heat, Cool, Fan Line
	Heat2           Line // the second stage
	Compressor      Line // of a heat pump
	Reversing       Valve
	Aux             Line // auxiliary heat
	Dehumidifier    Line
}

// Door is one reed contact, wired to ground and closed while the door is closed,
// so that a cut cable reads as an open door.
type Door struct {
	ID    string // 1 to 16 of a-z, 0-9 and -, unique
	Pin   Pin
	Label string // for people, at most 40 characters; never leaves the house
}

// Control is the loop and the equipment's minimum times.
type Control struct {
	Period     time.Duration // 100 ms to 10 s
	MinOn      time.Duration // shortest heating run, 60 s to 30 min
	MinOff     time.Duration // shortest pause before heating, 60 s to 30 min
	CoolMinOff time.Duration // shortest run and pause of the compressor, 60 s to 30 min
	Realtime   bool          // ask for SCHED_FIFO and locked memory
	Shadow     bool          // decide beside an old thermostat and touch no relay
}

// Comfort bounds what anybody may ask for.
type Comfort struct {
	SetpointMin        hvac.Celsius // 5 to 25
	SetpointMax        hvac.Celsius // 15 to 35, at least 1 K above SetpointMin
	Deadband           float64      // K, 0 to 1
	HeatCoolDifference float64      // K, 1.5 to 10
}

// Pause is what an open door does to heating and cooling.
type Pause struct {
	OpenDelay  time.Duration // 0 to 10 min
	CloseDelay time.Duration // 0 to 30 min
	Maximum    time.Duration // 5 min to 24 h

	FallMaximum time.Duration // of a pause for a fall of temperature; 0 (never) to 60 min
	FallRate    float64       // K/min, 0.1 to 2
}

// Safety is the envelope above every wish.
type Safety struct {
	FrostFloor hvac.Celsius // 4 to 12
	Overheat   hvac.Celsius // 28 to 45, at least 2 K above Comfort.SetpointMax

	MaxRun      time.Duration // 1 h to 48 h
	NoRiseAfter time.Duration // 3 h to 24 h
	StuckRise   float64       // K, 3 to 10
	HoldFor     time.Duration // 0 to 6 h
}

// Tuning is the gains of the controller.
type Tuning struct {
	KP     float64       // demand per kelvin, 0.01 to 20
	TI     time.Duration // integral time, 1 min to 48 h
	TD     time.Duration // derivative time, 0 to 2 h
	Filter time.Duration // of the measurement, 1 s to 10 min

	Restart     Restart // where the integral begins after a restart
	RestartDuty float64 // share it begins with if Restart is fixed, 0 to 0.5
}

// Session bounds what a button press opens.
type Session struct {
	ButtonWindow time.Duration // 5 s to 120 s
}

// Consent is where the household's own page is served, and for how long it can show
// exactly what left.
type Consent struct {
	PagePort   uint16        // 1024 to 65535
	KeepValues time.Duration // 24 h to 365 days
}

// MDNS is the announcement on the local network.
type MDNS struct {
	Enabled   bool
	Interface string // name of the one interface; empty chooses the only one there is
	Port      uint16 // announced port, 1 to 65535
}
