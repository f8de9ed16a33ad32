package hvac

import (
	"fmt"
	"strings"
)

var (
	modeWords   = [...]string{ModeOff: "off", ModeHeat: "heat", ModeCool: "cool", ModeAuto: "auto", ModeDry: "dry"}
	callWords   = [...]string{CallNone: "none", CallHeat: "heat", CallCool: "cool"}
	actionWords = [...]string{
		ActionOff: "off", ActionIdle: "idle", ActionHeating: "heating",
		ActionCooling: "cooling", ActionPaused: "paused", ActionFault: "fault", ActionDrying: "drying",
	}
	faultWords = [...]string{
		FaultNone: "none", FaultBus: "bus", FaultResetValue: "reset_value", FaultStuck: "stuck",
		FaultTimeout: "timeout", FaultChip: "chip", FaultRange: "range",
	}
)

// word is the name of v, or "what(v)" for a value outside the table.
func word(words []string, what string, v uint8) string {
	if int(v) < len(words) {
		return words[v]
	}
	return fmt.Sprintf("%s(%d)", what, v)
}

// String is "off", "heat", "cool", "auto" or "dry".
func (m Mode) String() string { return word(modeWords[:], "mode", uint8(m)) }

// Valid reports whether m is one of the five modes.
func (m Mode) Valid() bool { return int(m) < len(modeWords) }

// ParseMode reads what Mode.String writes, ignoring case and surrounding space. The
// error lists what is allowed; the mode beside an error is ModeOff.
func ParseMode(s string) (Mode, error) {
	t := strings.ToLower(strings.TrimSpace(s))
	for i, w := range modeWords {
		if t == w {
			return Mode(i), nil
		}
	}
	return ModeOff, fmt.Errorf("mode %q is not known: use one of %s", s, strings.Join(modeWords[:], ", "))
}

// String is "none", "heat" or "cool".
func (c Call) String() string { return word(callWords[:], "call", uint8(c)) }

// String is "off", "idle", "heating", "cooling", "paused", "fault"
// or "drying".
func (a Action) String() string { return word(actionWords[:], "action", uint8(a)) }

// String is a short stable name: "none", "bus", "reset_value", "stuck",
// "timeout", "chip" or "range".
func (f SensorFault) String() string { return word(faultWords[:], "fault", uint8(f)) }
