package cosim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"quietstat/hvac"
)

// keys are what a line may hold, in the order in which they are documented.
var keys = []string{"t", "temperature", "humidity", "setpoint", "outdoor", "doors", "mode", "schedule"}

// furthest is the largest t of either sign, in seconds: 3000 years, of which float64
// still tells 20 µs apart.
const furthest = 1e11

// figure is a number that may be missing.
type figure struct {
	known bool
	value float64
}

// transition is a change of setpoint that is known ahead.
type transition struct {
	at, setpoint float64
}

// line is one line of input, read and judged. What is missing or null is not known.
type line struct {
	t        json.RawMessage // as written, nil if it could not be read
	at       float64         // s
	clock    bool            // at holds
	room     figure          // °C
	humidity figure          // %
	setpoint figure          // °C
	outdoor  figure          // °C
	doors    map[string]bool // true: open; a door that is not here is not known
	moded    bool            // mode holds
	mode     hvac.Mode
	ahead    []transition
}

// parse reads one line. Beside an error t and at hold if they could be read, so that
// the answer can say which line it is about.
func parse(text []byte) (l line, err error) {
	values, err := object(text)
	l.clocked(values["t"])
	if err != nil {
		return l, err
	}
	for key := range values {
		if !slices.Contains(keys, key) {
			return l, fmt.Errorf("unknown key %q: use %s", shorten(key), strings.Join(keys, ", "))
		}
	}
	if !l.clock {
		return l, fmt.Errorf("t must be a number of seconds between -%g and %g", furthest, furthest)
	}
	for key, into := range map[string]*figure{"temperature": &l.room, "humidity": &l.humidity, "setpoint": &l.setpoint, "outdoor": &l.outdoor} {
		if *into, err = number(key, values[key]); err != nil {
			return l, err
		}
	}
	if h := l.humidity; h.known && !(h.value >= 0 && h.value <= 100) {
		return l, errors.New("humidity must be between 0 and 100 %")
	}
	if err := l.takeDoors(values["doors"]); err != nil {
		return l, err
	}
	if err := l.takeMode(values["mode"]); err != nil {
		return l, err
	}
	return l, l.takeSchedule(values["schedule"])
}

// object splits the members of one JSON object. Package json itself would let the last
// of two equal keys win, and a key in other letters pass.
func object(text []byte) (map[string]json.RawMessage, error) {
	values := map[string]json.RawMessage{}
	d := json.NewDecoder(bytes.NewReader(text))
	first, err := d.Token()
	if err != nil {
		return values, broken(err)
	}
	if first != json.Delim('{') {
		return values, errors.New(`a line must be one JSON object such as {"t":0,"temperature":20.5,"setpoint":21}`)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return values, broken(err)
		}
		key := name.(string) // the decoder lets nothing else be a key
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return values, broken(err)
		}
		if _, twice := values[key]; twice {
			return values, fmt.Errorf("the key %q stands there twice", shorten(key))
		}
		values[key] = value
	}
	if _, err := d.Token(); err != nil {
		return values, broken(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return values, errors.New("something follows the object: one object per line")
	}
	return values, nil
}

func broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the line ends before its JSON object does")
	}
	return fmt.Errorf("not JSON: %w", err)
}

// clocked takes in t if it is one.
func (l *line) clocked(raw json.RawMessage) {
	f, err := number("t", raw)
	if err != nil || !f.known || math.Abs(f.value) > furthest {
		return
	}
	l.t, l.at, l.clock = raw, f.value, true
}

// absent is true for a key that is missing or null.
func absent(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func number(key string, raw json.RawMessage) (figure, error) {
	if absent(raw) {
		return figure{}, nil
	}
	var v float64
	if err := json.Unmarshal(raw, &v); err != nil {
		return figure{}, fmt.Errorf("%s must be a number, or null if it is not known", key)
	}
	return figure{known: true, value: v}, nil
}

func (l *line) takeDoors(raw json.RawMessage) error {
	if absent(raw) {
		return nil
	}
	members, err := object(raw)
	if err != nil {
		return fmt.Errorf(`doors must be an object such as {"front":false}: %w`, err)
	}
	if len(members) > hvac.MaxDoors {
		return fmt.Errorf("doors names %d doors: at most %d", len(members), hvac.MaxDoors)
	}
	l.doors = map[string]bool{}
	for name, value := range members {
		if absent(value) {
			continue
		}
		var open bool
		if err := json.Unmarshal(value, &open); err != nil {
			return fmt.Errorf("door %q must be true (open), false (closed) or null (not known)", shorten(name))
		}
		l.doors[name] = open
	}
	return nil
}

func (l *line) takeMode(raw json.RawMessage) (err error) {
	if absent(raw) {
		return nil
	}
	var word string
	if err := json.Unmarshal(raw, &word); err != nil {
		return errors.New(`mode must be a word such as "heat"`)
	}
	l.mode, err = hvac.ParseMode(shorten(word))
	l.moded = err == nil
	return err
}

func (l *line) takeSchedule(raw json.RawMessage) error {
	if absent(raw) {
		return nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return errors.New(`schedule must be a list such as [{"at":21600,"setpoint":21}]`)
	}
	for _, e := range list {
		members, err := object(e)
		if err != nil {
			return fmt.Errorf(`schedule must be a list such as [{"at":21600,"setpoint":21}]: %w`, err)
		}
		at, err1 := number("at", members["at"])
		setpoint, err2 := number("setpoint", members["setpoint"])
		if err1 != nil || err2 != nil || !at.known || !setpoint.known || len(members) > 2 {
			return errors.New("each entry of schedule needs at (in seconds, on the clock of t) and setpoint (in °C), and nothing else")
		}
		l.ahead = append(l.ahead, transition{at.value, setpoint.value})
	}
	return nil
}

// next is the first change of setpoint after now: an entry that repeats what holds
// already changes nothing.
func (l *line) next(setpoint float64) hvac.Transition {
	var next hvac.Transition
	soonest := math.Inf(1)
	for _, e := range l.ahead {
		if e.at > l.at && e.at < soonest && e.setpoint != setpoint {
			soonest = e.at
			next = hvac.Transition{Known: true, In: span(e.at - l.at), Setpoint: hvac.Celsius(e.setpoint)}
		}
	}
	return next
}

// shorten keeps somebody else's word from filling an answer.
func shorten(word string) string {
	const most = 40
	if r := []rune(word); len(r) > most {
		return string(r[:most]) + "..."
	}
	return word
}
