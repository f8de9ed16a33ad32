package consent

import (
	"slices"
	"strconv"
)

// homeUnderstands reads what Home Assistant says: temperatures as it writes them,
// modes and presets by name, and that it has started.
func homeUnderstands(r Recipient, topic string, payload []byte) Question {
	if len(payload) > 32 {
		return Question{} // no number, mode or preset is that long
	}
	word := string(payload)
	switch set := homeFilters(r); topic {
	case set[0]:
		if t, ok := decimal(word); ok {
			return Question{Kind: CommandSetpoint, Number: t}
		}
	case set[1]:
		if i := slices.Index(modeNames, word); i >= 0 {
			return Question{Kind: CommandMode, Number: float64(i)}
		}
	case set[2]:
		switch i := slices.Index(presetNames, word); {
		case i > 0:
			return Question{Kind: CommandPreset, Number: float64(i)}
		case i == 0:
			return Question{Kind: CommandResume}
		}
	case BirthTopic:
		if word == "online" {
			return Question{Kind: CommandBirth}
		}
	}
	return Question{}
}

// decimal reads digits with at most one point between them, after a minus or nothing:
// no exponent, no comma, no sign of a larger kind of number.
func decimal(s string) (float64, bool) {
	digits, points := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && i > 0 && i < len(s)-1 && s[i-1] != '-':
			points++
		case c == '-' && i == 0:
		default:
			return 0, false
		}
	}
	if digits == 0 || digits > 9 || points > 1 {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// PresetName is the word for Snapshot.Preset. ok is false for a number without one,
// and for 0, which is none.
func PresetName(preset float64) (name string, ok bool) {
	i := int(preset)
	if float64(i) != preset || i < 1 || i >= len(presetNames) {
		return "", false
	}
	return presetNames[i], true
}
