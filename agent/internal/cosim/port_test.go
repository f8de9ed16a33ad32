package cosim

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"quietstat/hvac"
)

// reply is an answer as a model's author reads it.
type reply struct {
	T       *float64  `json:"t"`
	Heat    *bool     `json:"heat"`
	Cool    *bool     `json:"cool"`
	Fan     *bool     `json:"fan"`
	Demand  *float64  `json:"demand"`
	Reasons *[]string `json:"reasons"`
	Lines   []string  `json:"lines"`
	Chain   []string  `json:"chain"`
	Tune    *Tuning   `json:"tune"`
	Error   string    `json:"error"`
}

func (r reply) on() bool { return *r.Heat || *r.Cool || *r.Fan }

// ask sends one line and holds the answer to its form.
func ask(t testing.TB, p *Port, text string) reply {
	t.Helper()
	b := p.Answer([]byte(text))
	if n := strings.Count(string(b), "\n"); n != 1 || b[len(b)-1] != '\n' {
		t.Fatalf("%q: the answer %q is not one line", text, b)
	}
	var r reply
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatalf("%q: the answer %q: %v", text, b, err)
	}
	switch {
	case r.Heat == nil || r.Cool == nil || r.Fan == nil || r.Demand == nil || r.Reasons == nil:
		t.Fatalf("%q: the answer %q lacks something", text, b)
	case *r.Heat && *r.Cool:
		t.Fatalf("%q: heats and cools", text)
	case !(math.Abs(*r.Demand) <= 1):
		t.Fatalf("%q: demand %v", text, *r.Demand)
	case r.Error != "" && (r.on() || *r.Demand != 0):
		t.Fatalf("%q: an error with outputs on: %q", text, b)
	case r.Error == "" && r.T == nil:
		t.Fatalf("%q: no time in %q", text, b)
	}
	return r
}

func newPort(t testing.TB, o Options) *Port {
	t.Helper()
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// has reports whether an answer gives a reason.
func (r reply) has(kind string) bool {
	return strings.Contains(" "+strings.Join(*r.Reasons, " ")+" ", " "+kind+" ")
}

func TestFirstRunWaitsForTheShortestPause(t *testing.T) {
	p := newPort(t, Options{})
	for i := range 400 {
		r := ask(t, p, fmt.Sprintf(`{"t":%d,"temperature":15,"setpoint":21}`, 1000+i))
		if want := i >= 180; *r.Heat != want {
			t.Fatalf("%d s after the first line: heat %v", i, *r.Heat)
		}
	}
}

func TestModes(t *testing.T) {
	for _, tt := range []struct {
		mode              string
		temperature       float64
		heat, cool, error bool
	}{
		{"", 15, true, false, false}, {"heat", 15, true, false, false}, {"heat", 30, false, false, false},
		{"cool", 30, false, true, false}, {"cool", 15, false, false, false},
		{"auto", 15, true, false, false}, {"auto", 30, false, true, false},
		{"off", 15, false, false, false}, {"off", 3, true, false, false}, // the frost floor holds in every mode
		{"warm", 15, false, false, true}, {"HEAT", 15, true, false, false},
	} {
		p := newPort(t, Options{})
		mode := ""
		if tt.mode != "" {
			mode = fmt.Sprintf(`,"mode":%q`, tt.mode)
		}
		var r reply
		for i := range 10 {
			r = ask(t, p, fmt.Sprintf(`{"t":%d,"temperature":%g,"setpoint":21%s}`, i*120, tt.temperature+float64(i)/1000, mode))
		}
		if *r.Heat != tt.heat || *r.Cool != tt.cool || (r.Error != "") != tt.error {
			t.Errorf("mode %q at %g: heat %v, cool %v, error %q", tt.mode, tt.temperature, *r.Heat, *r.Cool, r.Error)
		}
	}
}

// TestMissingIsNotKnown leaves things out, one after the other.
func TestMissingIsNotKnown(t *testing.T) {
	p := newPort(t, Options{})
	r := ask(t, p, `{"t":0,"temperature":15}`)
	if !r.has("setpoint_invalid") {
		t.Errorf("without any setpoint: %v", *r.Reasons)
	}
	ask(t, p, `{"t":60,"temperature":15,"setpoint":21,"mode":"off"}`)
	if r = ask(t, p, `{"t":120,"temperature":15}`); !r.has("mode_off") {
		t.Errorf("a missing mode is the last one: %v", *r.Reasons)
	}
	if r = ask(t, p, `{"t":180,"temperature":15,"mode":"heat"}`); *r.Demand != 1 {
		t.Errorf("a missing setpoint is the last one: demand %v, %v", *r.Demand, *r.Reasons)
	}
	for i := range 3 { // the sample of 180 counts for two minutes
		r = ask(t, p, fmt.Sprintf(`{"t":%d,"temperature":null}`, 240+i*60))
	}
	if !r.has("sensor_stale") {
		t.Errorf("three minutes without a temperature: %v", *r.Reasons)
	}
	if r = ask(t, p, `{"t":420,"temperature":15}`); r.has("sensor_stale") {
		t.Errorf("a temperature again: %v", *r.Reasons)
	}
}

func TestDoorsByNameInAnyOrder(t *testing.T) {
	p := newPort(t, Options{Explain: true})
	ask(t, p, `{"t":0,"temperature":18,"setpoint":21,"doors":{"front":false,"back":false}}`)
	ask(t, p, `{"t":10,"temperature":18,"doors":{"back":true,"front":false}}`)
	r := ask(t, p, `{"t":39,"temperature":18,"doors":{"front":false,"back":true}}`)
	if r.has("door_open") {
		t.Errorf("29 s open: %v", *r.Reasons)
	}
	r = ask(t, p, `{"t":40,"temperature":18,"doors":{"front":false,"back":true}}`)
	if !r.has("door_open") || !strings.Contains(strings.Join(r.Chain, "\n"), "paused: door back has been open for 30s") {
		t.Errorf("30 s open: %v\n%s", *r.Reasons, strings.Join(r.Chain, "\n"))
	}
	r = ask(t, p, `{"t":50,"temperature":18,"doors":{"front":false}}`)
	if !strings.Contains(strings.Join(r.Chain, "\n"), "door not known: back") {
		t.Errorf("a missing door is not known:\n%s", strings.Join(r.Chain, "\n"))
	}
	for i := range 6 {
		ask(t, p, fmt.Sprintf(`{"t":%d,"doors":{"d%d":false}}`, 60+i, i))
	}
	if r = ask(t, p, `{"t":70,"doors":{"ninth":true}}`); !strings.Contains(r.Error, `door "ninth" is one too many`) {
		t.Errorf("%q", r.Error)
	}
	fixed := newPort(t, Options{Doors: []string{"front"}})
	if r = ask(t, fixed, `{"t":0,"doors":{"frnt":true}}`); !strings.Contains(r.Error, `no door "frnt"`) {
		t.Errorf("%q", r.Error)
	}
}

func TestScheduleIsTheNearestChangeAhead(t *testing.T) {
	l, err := parse([]byte(`{"t":100,"schedule":[{"at":900,"setpoint":18},{"at":50,"setpoint":19},{"at":100,"setpoint":19},{"at":300,"setpoint":20},{"at":400,"setpoint":21.5}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for setpoint, want := range map[float64]hvac.Transition{
		20: {Known: true, In: 300 * time.Second, Setpoint: 21.5}, // the entry at 300 changes nothing
		17: {Known: true, In: 200 * time.Second, Setpoint: 20},
	} {
		if got := l.next(setpoint); got != want {
			t.Errorf("at %g: %+v, want %+v", setpoint, got, want)
		}
	}
	if l.at = 900; l.next(17).Known {
		t.Error("what is past is not ahead")
	}
}

func TestTimeMustGrow(t *testing.T) {
	p := newPort(t, Options{})
	ask(t, p, `{"t":-100.5,"temperature":20,"setpoint":20}`)
	for _, text := range []string{`{"t":-100.5}`, `{"t":-101}`, `{"t":3000000000}`, `{"t":1e12}`, `{"t":"0"}`, `{"t":null}`, `{}`} {
		if r := ask(t, p, text); r.Error == "" {
			t.Errorf("%s: accepted", text)
		}
	}
	if r := ask(t, p, `{"t":-100.4999}`); r.Error != "" || *r.T != -100.4999 {
		t.Errorf("%q, %v", r.Error, *r.T)
	}
}

// TestABadLineIsAShortestPause sends a bad line into a run: the answer to it switches
// the model's heater off, so the next run may begin no sooner than after a pause.
func TestABadLineIsAShortestPause(t *testing.T) {
	for _, bad := range []string{`}`, `{"t":1}`, `{"t":999,"warmth":3}`, ``, strings.Repeat("[", 100_000)} {
		p := newPort(t, Options{})
		var r reply
		for i := range 30 {
			r = ask(t, p, fmt.Sprintf(`{"t":%d,"temperature":15,"setpoint":21}`, i*10))
		}
		if !*r.Heat {
			t.Fatal("it does not heat")
		}
		if r = ask(t, p, bad); r.Error == "" || r.on() {
			t.Fatalf("%.20q: %+v", bad, r)
		}
		for i := range 19 {
			r = ask(t, p, fmt.Sprintf(`{"t":%d,"temperature":15,"setpoint":21}`, 300+i*10))
			if want := i >= 18; *r.Heat != want {
				t.Errorf("%.20q: %d s after the first line behind it: heat %v", bad, i*10, *r.Heat)
			}
		}
	}
}

func TestErrorsNameWhatIsWrong(t *testing.T) {
	p := newPort(t, Options{})
	for text, want := range map[string]string{
		`hello`:                            "not JSON",
		``:                                 "ends before",
		`[1]`:                              "one JSON object",
		`{"t":1} {"t":2}`:                  "one object per line",
		`{"t":1,"t":2}`:                    `"t" stands there twice`,
		`{"T":1}`:                          `unknown key "T"`,
		`{"t":1,"setPoint":21}`:            `unknown key "setPoint"`,
		`{"t":1,"temperature":"warm"}`:     "temperature must be a number",
		`{"t":1,"temperature":1e999}`:      "temperature must be a number",
		`{"t":1,"humidity":101}`:           "humidity must be between",
		`{"t":1,"doors":[true]}`:           "doors must be an object",
		`{"t":1,"doors":{"front":"open"}}`: `door "front" must be true`,
		`{"t":1,"mode":7}`:                 "mode must be a word",
		`{"t":1,"mode":"warm"}`:            `"warm" is not known`,
		`{"t":1,"schedule":{}}`:            "schedule must be a list",
		`{"t":1,"schedule":[{"at":5}]}`:    "needs at",
		`{"t":1,"schedule":[{"when":5}]}`:  "needs at",
		`{"t":1,"schedule":[5]}`:           "schedule must be a list",
		`{"t":1,"schedule":[{"AT":5,"setpoint":20}]}`:              "needs at",
		`{"t":1,"schedule":[{"at":5,"setpoint":20,"mode":"off"}]}`: "nothing else",
		`{"t":1,"schedule":[{"at":5,"at":6,"setpoint":20}]}`:       "stands there twice",
		`{"t":1,"setpoint":` + "\x00" + `}`:                        "not JSON",
	} {
		r := ask(t, p, text)
		if !strings.Contains(r.Error, want) {
			t.Errorf("%s: %q does not say %q", text, r.Error, want)
		}
		if strings.HasPrefix(text, `{"t":1,"`) && !strings.HasPrefix(text, `{"t":1,"t"`) && want != "not JSON" && (r.T == nil || *r.T != 1) {
			t.Errorf("%s: the answer does not say which line", text)
		}
	}
	if r := ask(t, p, `{"t":1e0,"temperature":20,"setpoint":20}`); r.Error != "" {
		t.Errorf("a good line after all of them: %q", r.Error)
	}
}

func TestNewRefusesParametersOutOfBounds(t *testing.T) {
	params := DefaultParams()
	params.MinOn = 0
	if _, err := New(Options{Params: &params}); err == nil {
		t.Error("accepted")
	}
}

func TestPaced(t *testing.T) {
	base := DefaultParams()
	for _, tt := range []struct{ dt, tick, stale time.Duration }{
		{0, time.Second, 2 * time.Minute}, {time.Second, time.Second, 2 * time.Minute}, {time.Minute, time.Minute, 2 * time.Minute},
		{61 * time.Second, time.Minute, 181 * time.Second}, {5 * time.Minute, time.Minute, 7 * time.Minute},
		{15 * time.Minute, time.Minute, 15 * time.Minute}, {time.Hour, time.Minute, 15 * time.Minute},
	} {
		p := paced(base, tt.dt)
		if p.Tick != tt.tick || p.StaleAfter != tt.stale || p.Validate() != nil {
			t.Errorf("%v: tick %v, stale after %v, %v", tt.dt, p.Tick, p.StaleAfter, p.Validate())
		}
	}
}

func FuzzAnswer(f *testing.F) {
	for _, text := range []string{`{"t":0,"temperature":20.5,"humidity":40,"setpoint":21,"outdoor":-3,"doors":{"front":false},"mode":"heat","schedule":[{"at":5,"setpoint":20}]}`,
		`{"t":1e308}`, `{"t":1,"t":2}`, "{\"t\":1,\"\xff\":2}", `{"doors":{"":null}}`, "\x00", `{"t":5,"doors":{"a":true}}`} {
		f.Add([]byte(text), []byte(`{"t":600,"temperature":3}`))
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		p := newPort(t, Options{Explain: true})
		for _, text := range [][]byte{first, second, first} {
			ask(t, p, string(text))
		}
	})
}
