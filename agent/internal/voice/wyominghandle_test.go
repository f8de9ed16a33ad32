package voice

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

func TestParseSentence(t *testing.T) {
	set := func(c float64) sentence { return sentence{wire.IntentSetTemperature, c} }
	change := func(k float64) sentence { return sentence{wire.IntentChangeTemperature, k} }
	get := sentence{kind: wire.IntentGetTemperature}
	mode := func(m consent.Mode) sentence { return sentence{wire.IntentSetMode, float64(m)} }
	for words, want := range map[string]sentence{
		"What is the temperature?":                    get,
		"what's the current temperature in the house": get,
		"how warm is it in here":                      get,
		"tell me the temperature please":              get,
		"what is the temperature outside":             {},
		"how are you":                                 {},
		"what is 21":                                  {},
		"Set the temperature to 21.":                  set(21),
		"set the thermostat to 20.5 degrees celsius":  set(20.5),
		"set it to 20,5°":                             set(20.5),
		"set the heating to twenty one point five":    set(21.5),
		"make it twenty-one and a half degrees":       set(21.5),
		"turn the thermostat up to nineteen":          set(19),
		"lower the temperature to eighteen degrees":   set(18),
		"set the temperature to 5":                    set(5),
		"set the temperature to 4.9":                  {},
		"set the temperature to 35":                   set(35),
		"set the temperature to 35.1":                 {},
		"set the temperature to seventy":              {},
		"set the temperature to 21 to 22":             {},
		"set the temperature to minus five":           {},
		"set the alarm to seven":                      {},
		"set a timer for 20 minutes":                  {},
		"to 21":                                       {},
		"set 21":                                      {},
		"raise the temperature by one degree":         change(1),
		"raise it by half a degree":                   change(0.5),
		"lower it by two":                             change(-2),
		"turn the heating down":                       change(-0.5),
		"turn up the heat":                            change(0.5),
		"make it warmer":                              change(0.5),
		"make it warmer and warmer":                   {},
		"turn it up and down":                         {},
		"turn it up down":                             {},
		"raise it by ten":                             change(10),
		"raise it by 11":                              {},
		"raise it by zero":                            {},
		"turn the cooling up":                         {},
		"turn the heating off":                        mode(consent.ModeOff),
		"turn off the thermostat":                     mode(consent.ModeOff),
		"set the mode to cooling":                     mode(consent.ModeCool),
		"switch the thermostat to automatic":          mode(consent.ModeAuto),
		"set the thermostat to heating":               mode(consent.ModeHeat),
		"switch to dry mode":                          mode(consent.ModeDry),
		"switch to cooling and heating":               {},
		"switch to auto dry":                          {},
		"off":                                         {},
		"turn it on":                                  {},
		"turn the lights off":                         {},
		"set the temperature to 1e1":                  {},
		"set the temperature to 021":                  set(21),
		"set the temperature to 0021":                 {},
		"set the temperature to NaN":                  {},
		"set it to -20":                               {},
		"set the temperature to twenty-one":           set(21),
		"raise it by -2":                              {},
		"-":                                           {},
		"":                                            {},
		phrase:                                        {},
		"set the temperature to 21" + strings.Repeat(" ", 175): set(21),
		"set the temperature to 21" + strings.Repeat(" ", 176): {},
	} {
		if got := parseSentence(words); got != want {
			t.Errorf("%q is %+v, want %+v", words, got, want)
		}
	}
}

// Whatever is said, the wish is one of the closed list with a number in its bounds.
func FuzzParseSentence(f *testing.F) {
	f.Add("set the temperature to twenty one point five degrees")
	f.Add("turn the heating off")
	f.Add("raise it by half a degree")
	f.Add("what is the temperature")
	f.Add("’°-, . 20,5c 9.99.9")
	f.Fuzz(func(t *testing.T, words string) {
		s := parseSentence(words)
		ok := false
		switch s.kind {
		case wire.IntentNone, wire.IntentGetTemperature:
			ok = s.number == 0
		case wire.IntentSetTemperature:
			ok = s.number >= lowestWish && s.number <= highestWish
		case wire.IntentChangeTemperature:
			ok = s.number != 0 && math.Abs(s.number) <= highestStep
		case wire.IntentSetMode:
			ok = s.number >= 0 && s.number <= float64(consent.ModeDry) && s.number == math.Trunc(s.number)
		}
		if !ok {
			t.Errorf("%q is %+v", words, s)
		}
	})
}

// A sentence in the header line, in the block, in both, and in neither.
func TestSentenceInEvents(t *testing.T) {
	for _, test := range []struct {
		name, line, data string
		want             sentence
	}{
		{"in the block", `{"type":"transcript"}`, `{"text":"make it warmer"}`, sentence{wire.IntentChangeTemperature, 0.5}},
		{"in the line", `{"type":"transcript","data":{"text":"make it warmer"}}`, ``, sentence{wire.IntentChangeTemperature, 0.5}},
		{"the block wins", `{"type":"transcript","data":{"text":"make it warmer"}}`, `{"text":"make it colder"}`, sentence{wire.IntentChangeTemperature, -0.5}},
		{"nowhere", `{"type":"transcript","data":{}}`, `{"language":"en"}`, sentence{}},
		{"not text", `{"type":"transcript"}`, `{"text":21}`, sentence{}},
		{"not JSON", `{`, `{`, sentence{}},
	} {
		got, found := sentenceOf([]byte(test.line))
		if in, ok := sentenceIn([]byte(test.data)); ok {
			got, found = in, true
		}
		if got != test.want || !found && test.want != (sentence{}) {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

type handlePeer struct {
	net.Conn
	r *bufio.Reader
}

// read reads one event and its data.
func (p handlePeer) read(t *testing.T) (kind string, data map[string]any) {
	t.Helper()
	p.SetReadDeadline(time.Now().Add(10 * time.Second))
	line, err := p.r.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var h struct {
		Type       string `json:"type"`
		DataLength int    `json:"data_length"`
		Version    string `json:"version"`
	}
	if err := json.Unmarshal(line, &h); err != nil || h.Version == "" {
		t.Fatalf("%s: %v", line, err)
	}
	b := make([]byte, h.DataLength)
	if _, err := io.ReadFull(p.r, b); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &data); err != nil {
		t.Fatal(err)
	}
	return h.Type, data
}

func TestWyomingHandleAnswers(t *testing.T) {
	address := freeAddress(t)
	w, err := NewWyomingHandle(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := newSinkLog()
	s.answer = func(i wire.Intent) (wire.Answer, error) {
		if i.Kind == wire.IntentSetMode {
			return wire.Answer{}, errors.New("the keeper is away")
		}
		return wire.Answer{ID: 1, Text: "It is 20.5 degrees."}, nil
	}
	run(t, w, s)
	conn := satellite(t, address)
	p := handlePeer{conn, bufio.NewReader(conn)}
	for _, test := range []struct{ words, kind, text string }{
		{"what is the temperature", "handled", "It is 20.5 degrees."},
		{phrase, "not-handled", ""},
		{"turn the heating off", "not-handled", ""}, // nobody there to do it
		{"set the temperature to 21", "handled", "It is 20.5 degrees."},
	} {
		data, _ := json.Marshal(map[string]any{"text": test.words, "language": "en", "context": map[string]any{"conversation_id": "x"}})
		fmt.Fprint(conn, wyomingEvent("ping", ""), wyomingEvent("transcript", string(data)))
		kind, got := p.read(t)
		text, _ := got["text"].(string)
		if kind != test.kind || text != test.text {
			t.Errorf("%q was answered %s %v", test.words, kind, got)
		}
	}
	asked := s.asked()
	if len(asked) != 3 || asked[2].Number != 21 || asked[0].Source != consent.SourceWyoming || !strings.HasPrefix(asked[0].Site, "handle-") {
		t.Errorf("asked %+v", asked)
	}
	if len(s.heard()) != 0 {
		t.Errorf("a sentence is no session: %v", s.heard())
	}

	fmt.Fprint(conn, wyomingEvent("describe", ""))
	kind, info := p.read(t)
	programs, _ := info["handle"].([]any)
	if kind != "info" || len(programs) != 1 || info["satellite"] != nil {
		t.Fatalf("%s %v", kind, info)
	}
	// Every field that wyoming/info.py needs to build a HandleProgram of.
	program := programs[0].(map[string]any)
	model := program["models"].([]any)[0].(map[string]any)
	for _, field := range []string{"name", "attribution", "installed", "description", "version"} {
		if program[field] == nil || model[field] == nil {
			t.Errorf("info without %s", field)
		}
	}
	if model["languages"].([]any)[0] != "en" || program["attribution"].(map[string]any)["name"] == nil {
		t.Errorf("info %v", info)
	}
	for _, part := range []string{"asr", "tts", "intent", "wake", "mic", "snd"} {
		if list, ok := info[part].([]any); !ok || len(list) != 0 {
			t.Errorf("info says %s is %v", part, info[part])
		}
	}
}

// A peer that asks faster than people is turned away.
func TestWyomingHandleFlood(t *testing.T) {
	address := freeAddress(t)
	w, err := NewWyomingHandle(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := newSinkLog()
	s.answer = func(wire.Intent) (wire.Answer, error) { return wire.Answer{}, nil }
	run(t, w, s)
	conn := satellite(t, address)
	go fmt.Fprint(conn, strings.Repeat(wyomingEvent("transcript", `{"text":"make it warmer"}`), 500))
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.Copy(io.Discard, conn); err != nil && strings.Contains(err.Error(), "timeout") {
		t.Errorf("still open: %v", err)
	}
	if n := len(s.asked()); n > int(floodBurst)+int(20*floodPerSec) {
		t.Errorf("%d wishes came through", n)
	}
}
