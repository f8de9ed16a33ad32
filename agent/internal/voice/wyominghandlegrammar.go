package voice

import (
	"strings"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// sentence is what is left of a sentence: a wish and its number. The zero sentence
// wishes for nothing.
type sentence struct {
	kind   wire.IntentKind
	number float64
}

// Bounds of the grammar.
const (
	sentenceBytes = 200
	lowestWish    = 5.0  // °C; what may really be set is control's to limit
	highestWish   = 35.0 // °C
	plainStep     = 0.5  // K: "make it warmer"
	highestStep   = 10.0 // K
)

// word is what a word is for.
type word uint8

const (
	filler  word = iota + 1
	asking       // what, how
	measure      // temperature, warm, cold: what can be asked for
	setting      // set, turn
	rising       // raise, up, warmer
	falling      // lower, down, cooler
	thing        // what is set: thermostat, it
	wayTo        // to
	wayBy        // by
	modeOff
	modeHeat
	modeCool
	modeAuto
	modeDry
)

// vocabulary is every word that may stand in a sentence, numbers apart. A sentence
// with any other word is not for a thermostat: "set the alarm to seven".
var vocabulary = map[string]word{
	"please": filler, "the": filler, "a": filler, "degree": filler, "degrees": filler, "celsius": filler,
	"c": filler, "of": filler, "my": filler, "can": filler, "could": filler, "you": filler, "now": filler,
	"is": filler, "me": filler, "in": filler, "here": filler, "inside": filler, "mode": filler,
	"current": filler, "currently": filler, "at": filler, "on": filler,

	"what": asking, "whats": asking, "how": asking, "tell": asking,
	"temperature": measure, "warm": measure, "cold": measure, "hot": measure,
	"set": setting, "make": setting, "change": setting, "adjust": setting, "put": setting,
	"turn": setting, "switch": setting,
	"raise": rising, "increase": rising, "up": rising, "warmer": rising, "hotter": rising, "higher": rising,
	"lower": falling, "decrease": falling, "reduce": falling, "down": falling, "cooler": falling, "colder": falling,
	"it": thing, "thermostat": thing, "heater": thing, "room": thing, "house": thing, "setpoint": thing,
	"target": thing, "system": thing,
	"to": wayTo, "by": wayBy,
	"off": modeOff, "heat": modeHeat, "heating": modeHeat, "cool": modeCool, "cooling": modeCool,
	"auto": modeAuto, "automatic": modeAuto, "dry": modeDry,
}

var modes = map[word]consent.Mode{
	modeOff: consent.ModeOff, modeHeat: consent.ModeHeat, modeCool: consent.ModeCool,
	modeAuto: consent.ModeAuto, modeDry: consent.ModeDry,
}

// parseSentence holds English words against the grammar and gives the wish in them:
//
//	what is the temperature          how warm is it
//	set the temperature to 21        set the thermostat to twenty and a half degrees
//	raise it by one degree           turn the heating down        make it warmer
//	set the mode to cooling          turn the heating off         turn off
//
// Anything else, anything twice and anything beyond the bounds is no wish.
func parseSentence(words string) sentence {
	if len(words) > sentenceBytes || negative(words) {
		return sentence{}
	}
	clean := strings.NewReplacer("'", "", "’", "", "°", " ", "-", " ", "?", " ", "!", " ", ", ", " ", ". ", " ").
		Replace(strings.ToLower(words) + " ")
	tokens := strings.Fields(clean)
	number, rest, ok := takeNumber(tokens)
	if !ok {
		return sentence{}
	}
	count := map[word]int{}
	for _, token := range rest {
		w, known := vocabulary[token]
		if !known {
			return sentence{}
		}
		count[w]++
	}
	return wishOf(count, number)
}

// negative reports whether a figure stands behind a minus, which in front of a letter
// joins words: no temperature here is below zero, and "-20" is not twenty.
func negative(words string) bool {
	for i := range len(words) - 1 {
		if words[i] == '-' && words[i+1] >= '0' && words[i+1] <= '9' {
			return true
		}
	}
	return false
}

// wishOf decides by what kinds of words a sentence has.
func wishOf(count map[word]int, number *float64) sentence {
	direction := count[rising] - count[falling]
	moved := count[rising] + count[falling]
	mode, named := modeOf(count)
	switch {
	case count[asking] > 0:
		if count[measure] == 0 || count[setting]+moved+count[wayTo]+count[wayBy]+named > 0 || number != nil {
			return sentence{}
		}
		return sentence{kind: wire.IntentGetTemperature}
	case moved > 1 || named > 1:
		return sentence{}
	case moved == 1 && number != nil && count[wayTo] > 0: // "raise it to 21"
		return setTo(*number)
	case moved == 1 && mode == consent.ModeHeat: // "turn the cooling up" can be meant both ways
		step := plainStep
		if number != nil {
			step = *number
		}
		if step <= 0 || step > highestStep || count[wayTo] > 0 {
			return sentence{}
		}
		return sentence{kind: wire.IntentChangeTemperature, number: float64(direction) * step}
	case count[setting] == 0 || count[wayBy] > 0 || moved > 0:
		return sentence{}
	case number != nil && mode != consent.ModeOff && count[measure]+count[thing]+named > 0:
		return setTo(*number)
	case number == nil && named == 1:
		return sentence{kind: wire.IntentSetMode, number: float64(mode)}
	}
	return sentence{}
}

func setTo(celsius float64) sentence {
	if celsius < lowestWish || celsius > highestWish {
		return sentence{}
	}
	return sentence{kind: wire.IntentSetTemperature, number: celsius}
}

// modeOf is the mode that is named and how many are: "turn the heating off" names
// off, as the heating is then what is turned. ModeHeat stands for none, as it
// changes no other decision.
func modeOf(count map[word]int) (mode consent.Mode, named int) {
	mode = consent.ModeHeat
	for w, m := range modes {
		if count[w] > 0 && (w != modeHeat || count[modeOff]+count[modeCool]+count[modeAuto]+count[modeDry] == 0) {
			mode, named = m, named+1
		}
	}
	return mode, named
}
