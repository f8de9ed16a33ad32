package config

// The raw structs are the file as written: a nil pointer is a key that is not
// there, and no value has been judged. Their toml tags are the one list of keys;
// the survey refuses whatever is not among them.

type rawFile struct {
	State   rawState   `toml:"state"`
	Board   rawBoard   `toml:"board"`
	Sensor  rawSensor  `toml:"sensor"`
	Relays  rawRelays  `toml:"relays"`
	Doors   []rawDoor  `toml:"doors"`
	Control rawControl `toml:"control"`
	Comfort rawComfort `toml:"comfort"`
	Pause   rawPause   `toml:"pause"`
	Safety  rawSafety  `toml:"safety"`
	Tuning  rawTuning  `toml:"tuning"`
	Session rawSession `toml:"session"`
	Consent rawConsent `toml:"consent"`
	MDNS    rawMDNS    `toml:"mdns"`

	Equipment rawEquipment `toml:"equipment"`

	Household rawHousehold `toml:"household"`

	Voice rawVoice `toml:"voice"`
}

// duration and pin are strings in the file; the names tell the survey what to
// say when something else stands there.
type (
	duration string
	pin      string
)

type rawState struct {
	Folder  *string `toml:"folder"`
	Runtime *string `toml:"runtime"`
}

type rawBoard struct {
	Kind    *string `toml:"kind"`
	Bus     *string `toml:"bus"`
	Address *int64  `toml:"address"`
	Chip    *string `toml:"chip"`
	Talk    *pin    `toml:"talk"`
	Quiet   *pin    `toml:"quiet"`

	CallForHeat *pin `toml:"call_for_heat"`

	Indicator *rawIndicator `toml:"indicator"`
}

type rawIndicator struct {
	Pin       *pin  `toml:"pin"`
	ActiveLow *bool `toml:"active_low"`
}

type rawSensor struct {
	Period     *duration `toml:"period"`
	StaleAfter *duration `toml:"stale_after"`

	Offset      *float64   `toml:"offset"`
	FrozenAfter *duration  `toml:"frozen_after"`
	Second      *rawSecond `toml:"second"`
}

type rawRelays struct {
	Heat *rawRelay `toml:"heat"`
	Cool *rawRelay `toml:"cool"`
	Fan  *rawRelay `toml:"fan"`

	Heat2        *rawRelay `toml:"heat2"`
	Compressor   *rawRelay `toml:"compressor"`
	Reversing    *rawValve `toml:"reversing"`
	Aux          *rawRelay `toml:"aux"`
	Dehumidifier *rawRelay `toml:"dehumidifier"`
}

type rawRelay struct {
	Pin       *pin    `toml:"pin"`
	Type      *string `toml:"type"`
	ActiveLow *bool   `toml:"active_low"`
}

type rawDoor struct {
	ID    *string `toml:"id"`
	Pin   *pin    `toml:"pin"`
	Label *string `toml:"label"`
}

type rawControl struct {
	Period     *duration `toml:"period"`
	MinOn      *duration `toml:"min_on"`
	MinOff     *duration `toml:"min_off"`
	CoolMinOff *duration `toml:"cool_min_off"`
	Realtime   *bool     `toml:"realtime"`
	Shadow     *bool     `toml:"shadow"`
}

type rawComfort struct {
	SetpointMin        *float64 `toml:"setpoint_min"`
	SetpointMax        *float64 `toml:"setpoint_max"`
	Deadband           *float64 `toml:"deadband"`
	HeatCoolDifference *float64 `toml:"heat_cool_difference"`
}

type rawPause struct {
	OpenDelay  *duration `toml:"open_delay"`
	CloseDelay *duration `toml:"close_delay"`
	Maximum    *duration `toml:"maximum"`

	FallMaximum *duration `toml:"fall_maximum"`
	FallRate    *float64  `toml:"fall_rate"`
}

type rawSafety struct {
	FrostFloor *float64 `toml:"frost_floor"`
	Overheat   *float64 `toml:"overheat"`

	MaxRun      *duration `toml:"max_run"`
	NoRiseAfter *duration `toml:"no_rise_after"`
	StuckRise   *float64  `toml:"stuck_rise"`
	HoldFor     *duration `toml:"hold_for"`
}

type rawTuning struct {
	KP     *float64  `toml:"kp"`
	TI     *duration `toml:"ti"`
	TD     *duration `toml:"td"`
	Filter *duration `toml:"filter"`

	Restart     *string  `toml:"restart"`
	RestartDuty *float64 `toml:"restart_duty"`
}

type rawSession struct {
	ButtonWindow *duration `toml:"button_window"`
}

type rawConsent struct {
	PagePort   *int64    `toml:"page_port"`
	KeepValues *duration `toml:"keep_values"`
}

type rawMDNS struct {
	Enabled   *bool   `toml:"enabled"`
	Interface *string `toml:"interface"`
	Port      *int64  `toml:"port"`
}
