package config

import (
	"bytes"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

// TestExample wires what it says it wires.
func TestExample(t *testing.T) {
	c, err := Parse("reference.toml", Example())
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		State: State{Folder: "/var/lib/quietstat", Runtime: "/run/quietstat"},
		Board: Board{Kind: KindGPIO, Bus: "1", Address: 0x76, Chip: "pinctrl-",
			Talk: "GPIO24", Quiet: "GPIO23", CallForHeat: "GPIO16", Indicator: Line{Pin: "GPIO25"}},
		Sensor: Sensor{Period: 10 * time.Second, StaleAfter: 2 * time.Minute, FrozenAfter: 3 * time.Hour,
			Second: SecondSensor{0x77, UseFallback}},
		Relays:  Relays{Heat: Line{Pin: "GPIO17"}, Cool: Line{Pin: "GPIO27"}, Fan: Line{Pin: "GPIO26"}, Heat2: Line{Pin: "GPIO5"}, Dehumidifier: Line{Pin: "GPIO6"}},
		Doors:   []Door{{ID: "front", Pin: "GPIO22", Label: "Front door"}},
		Control: Control{Period: time.Second, MinOn: 3 * time.Minute, MinOff: 3 * time.Minute, CoolMinOff: 5 * time.Minute, Realtime: true},
		Comfort: Comfort{SetpointMin: 5, SetpointMax: 30, HeatCoolDifference: 2.8},
		Pause:   Pause{OpenDelay: 30 * time.Second, CloseDelay: time.Minute, Maximum: time.Hour, FallMaximum: 30 * time.Minute, FallRate: 0.2},
		Safety: Safety{FrostFloor: 7, Overheat: 35, MaxRun: 24 * time.Hour, NoRiseAfter: 6 * time.Hour,
			StuckRise: 5, HoldFor: 2 * time.Hour},
		Tuning:  Tuning{KP: shipped.Gains.Kp, TI: shipped.Gains.Ti, TD: shipped.Gains.Td, Filter: shipped.Gains.FilterTime, Restart: RestartLast},
		Session: Session{ButtonWindow: 30 * time.Second},
		Consent: Consent{PagePort: 8080, KeepValues: 720 * time.Hour},
		MDNS:    MDNS{Enabled: true, Port: 8080},
		Equipment: Equipment{Kind: PlantConventional, CyclesPerHour: 6, Changeover: 10 * time.Minute,
			SecondAfter: 15 * time.Minute, SecondError: 1.5, AuxAbove: 10, PumpBelow: -40, ValveRest: time.Minute,
			FanPostRun: time.Minute, Humidity: 55},
		Voice: Voice{OpenFrom: OpenFromThinking},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("example (-want +got)\n%s", diff)
	}
}

// TestExampleStatesTheDefaults compares the example with a file that says nothing
// beyond its wiring: whatever else the example writes must be the default.
func TestExampleStatesTheDefaults(t *testing.T) {
	example, err := Parse("reference.toml", Example())
	if err != nil {
		t.Fatal(err)
	}
	bare, err := Parse("bare.toml", []byte(smallest))
	if err != nil {
		t.Fatal(err)
	}
	// Wiring has no default, so it is taken out of both.
	for _, c := range []*Config{example, bare} {
		c.Relays, c.Doors, c.Sensor.Second = Relays{}, nil, SecondSensor{}
		c.Board.Talk, c.Board.Quiet, c.Board.CallForHeat, c.Board.Indicator = "", "", "", Line{}
	}
	if diff := cmp.Diff(bare, example); diff != "" {
		t.Errorf("the example differs from the defaults (-default +example)\n%s", diff)
	}
}

// TestExampleHasEveryKey walks the raw structs: a key that the code reads and the
// example does not set is one that nobody can find.
func TestExampleHasEveryKey(t *testing.T) {
	var raw rawFile
	if err := toml.NewDecoder(bytes.NewReader(Example())).DisallowUnknownFields().Decode(&raw); err != nil {
		t.Fatal(err)
	}
	// What only a heat pump has stands in its own example.
	pump, err := ExampleFor("heatpump")
	if err != nil {
		t.Fatal(err)
	}
	var beside rawFile
	if err := toml.NewDecoder(bytes.NewReader(pump)).DisallowUnknownFields().Decode(&beside); err != nil {
		t.Fatal(err)
	}
	raw.Relays.Compressor, raw.Relays.Reversing, raw.Relays.Aux = beside.Relays.Compressor, beside.Relays.Reversing, beside.Relays.Aux
	raw.Equipment.AuxLockout, raw.Equipment.PumpLockout, raw.Equipment.ValveRest = beside.Equipment.AuxLockout, beside.Equipment.PumpLockout, beside.Equipment.ValveRest
	// What listens to a voice stack, too: who runs none wants none.
	stacks, err := ExampleFor("voice")
	if err != nil {
		t.Fatal(err)
	}
	var voice rawFile
	if err := toml.NewDecoder(bytes.NewReader(stacks)).DisallowUnknownFields().Decode(&voice); err != nil {
		t.Fatal(err)
	}
	voice.Voice.OpenFrom, raw.Voice = raw.Voice.OpenFrom, voice.Voice
	if got := unset("", reflect.ValueOf(raw)); len(got) > 0 {
		t.Errorf("keys the example does not set: %v", got)
	}
	// The walk must be able to find a gap.
	raw.Sensor.Period, raw.Relays.Fan, raw.Doors = nil, nil, nil
	want := []string{"sensor.period", "relays.fan", "doors"}
	if diff := cmp.Diff(want, unset("", reflect.ValueOf(raw))); diff != "" {
		t.Errorf("gaps found (-want +got)\n%s", diff)
	}
}

// unset lists the keys below v that are nil.
func unset(path string, v reflect.Value) []string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return []string{path}
		}
		return unset(path, v.Elem())
	case reflect.Slice:
		if v.Len() == 0 {
			return []string{path}
		}
		return unset(path, v.Index(0))
	case reflect.Struct:
		var keys []string
		for i := range v.NumField() {
			keys = append(keys, unset(join(path, v.Type().Field(i).Tag.Get("toml")), v.Field(i))...)
		}
		return keys
	}
	return nil
}

// TestExampleDocumentsEveryKey wants a comment before each group of keys, and a
// default, or the word that there is none to choose, for each key that can be left
// out.
func TestExampleDocumentsEveryKey(t *testing.T) {
	key := regexp.MustCompile(`^[a-z_]+ = `)
	comment := ""
	for n, line := range strings.Split(string(Example()), "\n") {
		switch {
		case strings.HasPrefix(line, "#"):
			comment += line
		case key.MatchString(line) && comment == "" && !strings.HasPrefix(line, "min_off") &&
			!strings.HasPrefix(line, "setpoint_max") && !strings.HasPrefix(line, "talk") && !strings.HasPrefix(line, "pin"):
			t.Errorf("reference.toml:%d: %q has no comment", n+1, line)
		case !key.MatchString(line):
			comment = ""
		}
		if key.MatchString(line) {
			comment = ""
		}
	}
}

func TestExampleIsACopy(t *testing.T) {
	Example()[0] = 'x'
	if Example()[0] != '#' {
		t.Error("a caller can write into the embedded reference")
	}
}
