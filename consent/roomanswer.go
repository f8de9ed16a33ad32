package consent

import (
	"slices"
	"strconv"
	"strings"
)

// sayInRoom is the grammar of answers in the room. It has no words but these, and no
// number but the rounded ones that the policy covers:
//
//	It is 20.5 degrees, heating to 21.
//	It is 20.5 degrees.
//	It is heating, and set to 21.
//	It is set to 21.
//	It is heating.
//
// ok is false when the policy covers nothing that was asked: then there is nothing to
// say, and whoever asked is told so in words that are always the same.
func sayInRoom(m message) (rendering, bool) {
	if m.question == nil || m.question.Kind != CommandReport || len(m.fields) != len(m.values) {
		return rendering{}, false
	}
	s := spoken{message: m}
	at, warm := s.number("temperature")
	doing, acts := s.doing()
	to, set := s.target()
	text := ""
	switch {
	case warm && acts && set:
		text = "It is " + at + " degrees, " + doing + s.joint() + to
	case warm && acts:
		text = "It is " + at + " degrees, " + doing
	case warm && set:
		text = "It is " + at + " degrees, set to " + to
	case warm:
		text = "It is " + at + " degrees"
	case acts && set:
		text = "It is " + doing + ", and set to " + to
	case acts:
		text = "It is " + doing
	case set:
		text = "It is set to " + to
	default:
		return rendering{}, false
	}
	return rendering{topic: m.recipient.TopicPrefix + "/say", payload: []byte(text + "."), categories: sortedCategories(s.told), fields: len(s.used)}, true
}

// spoken notes which values a sentence takes, for the ledger.
type spoken struct {
	message
	used []string
	told []Category
}

// take is a value and its note; ok is false when it is not covered, or not known.
func (s *spoken) take(field string) (value string, ok bool) {
	i := slices.IndexFunc(s.fields, func(f Field) bool { return f.Name == field })
	if i < 0 || s.values[i] == "null" {
		return "", false
	}
	s.used = append(s.used, field)
	s.told = append(s.told, s.fields[i].Category)
	return strings.Trim(s.values[i], `"`), true
}

// number is a number as it is said: "21" for 21.0.
func (s *spoken) number(field string) (string, bool) {
	v, ok := s.take(field)
	if strings.Contains(v, ".") {
		v = strings.TrimRight(strings.TrimRight(v, "0"), ".")
	}
	_, err := strconv.ParseFloat(v, 64)
	return v, ok && err == nil
}

var doingWords = map[string]string{
	"off": "switched off", "idle": "resting", "heating": "heating", "cooling": "cooling", "paused": "paused", "fault": "in need of help", "drying": "drying the air",
}

func (s *spoken) doing() (string, bool) {
	v, ok := s.take("action")
	word, known := doingWords[v]
	return word, ok && known
}

// target is the setpoint, unless it is known that nobody holds it.
func (s *spoken) target() (string, bool) {
	if mode, ok := s.take("mode"); ok && mode == modeNames[ModeOff] {
		return "", false
	}
	return s.number("setpoint")
}

// joint joins what is done and to what end.
func (s *spoken) joint() string {
	switch v, _ := s.value("action"); v {
	case `"heating"`, `"cooling"`:
		return " to "
	}
	return ", set to "
}
