package hvac

// Mode is what the household asked for. The zero value is off.
type Mode uint8

const (
	ModeOff Mode = iota
	ModeHeat
	ModeCool
	ModeAuto
	ModeDry // take humidity out of the air, by short runs of cooling or by a dehumidifier
)

// Call is what the equipment is told. Heating and cooling at once cannot be
// written down. The zero value is nothing.
type Call uint8

const (
	CallNone Call = iota
	CallHeat
	CallCool
)

// Action is what the house sees the thermostat doing (Home Assistant's climate
// action names). The zero value is off.
type Action uint8

const (
	ActionOff Action = iota
	ActionIdle
	ActionHeating
	ActionCooling
	ActionPaused // a door is open
	ActionFault  // the sensor cannot be trusted
	ActionDrying // mode dry at work
)
