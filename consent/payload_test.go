package consent

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestGoldenPayload(t *testing.T) {
	r := ready(t, BasisSession)
	got := r.mustRelease()
	want := `{"v":1,"id":"52fdfc072182654f","basis":"session","purpose":"answer.voice_request",` +
		`"categories":["climate.temperature","climate.humidity","setpoint","hvac.state"],"sampled_at":"2026-01-05T06:00:01Z",` +
		`"fields":{"temperature":20.5,"humidity":45,"setpoint":21.0,"mode":"heat","action":"heating"},"pad":"`
	p := string(got.Payload())
	if head, tail := p[:min(len(p), len(want))], strings.Trim(p[min(len(p), len(want)):], "."); head != want || tail != `"}` || len(p) != 512 {
		t.Errorf("%d bytes\n%s\nwant 512 of\n%s", len(p), p, want)
	}
	if got.Topic() != "quietstat/7f3a/state" || got.ID() != "52fdfc072182654f" || got.Fields() != 5 {
		t.Errorf("topic %q, id %q, %d fields", got.Topic(), got.ID(), got.Fields())
	}
}

// A message is one flat JSON object of known keys, whatever the house does.
func TestPayloadIsJSON(t *testing.T) {
	r := newRig(t)
	g := r.give("hub", GrantRequest{Scope: Scope{
		{CategoryTemperature, Granularity{Period: MinGrantPeriod}},
		{CategoryHVAC, Granularity{Fields: []string{"action", "demand", "heat", "cool", "fan"}}},
		{CategoryDoor, Granularity{Fields: []string{"door_1", "door_2", "door_3"}}},
		{Category: CategoryHealth},
	}})
	r.after(time.Second)
	var m struct {
		V          int            `json:"v"`
		ID         string         `json:"id"`
		Basis      string         `json:"basis"`
		Purpose    string         `json:"purpose"`
		Categories []string       `json:"categories"`
		SampledAt  time.Time      `json:"sampled_at"`
		Fields     map[string]any `json:"fields"`
		Pad        string         `json:"pad"`
	}
	if err := strictJSON(r.mustRelease().Payload(), &m); err != nil {
		t.Fatal(err)
	}
	if m.V != 1 || m.Basis != "grant" || m.Purpose != g.Purpose.String() || len(m.Fields) != 10 || len(m.Categories) != 4 || !m.SampledAt.Equal(start.Add(time.Second)) {
		t.Errorf("%+v", m)
	}
	for k, want := range map[string]any{"door_1": true, "door_2": false, "door_3": nil, "heat": true, "demand": 0.5, "sensor": "ok"} {
		if got := m.Fields[k]; got != want {
			t.Errorf("%s is %v, want %v", k, got, want)
		}
	}
}

// Size says which fields are shared and nothing about the house.
func TestSizeTellsNothing(t *testing.T) {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom(Fields()), 1, len(fields), func(f Field) string { return f.Name })
	snapshot := rapid.Custom(func(t *rapid.T) Snapshot {
		f := rapid.Float64Range(-1e6, 1e6)
		s := Snapshot{Temperature: f.Draw(t, "t"), Humidity: f.Draw(t, "h"), Pressure: f.Draw(t, "p"), Setpoint: f.Draw(t, "s"), Demand: f.Draw(t, "d"),
			Mode: Mode(rapid.IntRange(0, 3).Draw(t, "m")), Action: Action(rapid.IntRange(0, 5).Draw(t, "a")), Sensor: Health(rapid.IntRange(0, 3).Draw(t, "n")),
			Heat: rapid.Bool().Draw(t, "heat"), DoorCount: rapid.IntRange(0, MaxDoors).Draw(t, "doors")}
		for i := range s.Doors {
			s.Doors[i] = Door{Known: rapid.Bool().Draw(t, "known"), Open: rapid.Bool().Draw(t, "open")}
		}
		return s
	})
	rapid.Check(t, func(t *rapid.T) {
		fs := names.Draw(t, "fields")
		size := 0
		for _, at := range []string{"+0s", "+86399s", "2026-01-05T06:00:01Z"} {
			s := snapshot.Draw(t, "snapshot")
			e := envelope{id: "0123456789abcdef", basis: BasisGrant, purpose: PurposeAutomation, categories: []Category{CategoryDoor}, sampledAt: at, fields: fs}
			for _, f := range fs {
				v, err := f.value(&s, 0.05)
				if err != nil {
					t.Fatal(err)
				}
				e.values = append(e.values, v)
			}
			b, ok := e.encode()
			if !ok || !json.Valid(b) || size != 0 && len(b) != size {
				t.Fatalf("%v, %d bytes after %d: %s", ok, len(b), size, b)
			}
			size = len(b)
		}
	})
}

func TestSizeClasses(t *testing.T) {
	for i, size := range sizes {
		wide := Field{Name: "x", width: 1}
		e := envelope{sampledAt: "2026-01-05T06:00:01Z", values: []string{"1"}, fields: []Field{wide}}
		b, _ := e.encode()
		bare := strings.Index(string(b), `"pad":"`) + len(`"pad":""}`)
		e.fields[0].width = 1 + size - bare // just fills the class
		if b, ok := e.encode(); !ok || len(b) != size {
			t.Errorf("full class %d: %d bytes, %v", size, len(b), ok)
		}
		e.fields[0].width++
		b, ok := e.encode()
		if last := i == len(sizes)-1; ok == last || !last && len(b) != sizes[i+1] {
			t.Errorf("one more than class %d: %d bytes, %v", size, len(b), ok)
		}
	}
}

func TestSampleTime(t *testing.T) {
	wall := time.Date(2026, 1, 5, 7, 0, 0, 999, time.FixedZone("", 3600))
	if got := sampleTime(wall, true, 0); got != "2026-01-05T06:00:00Z" {
		t.Error(got)
	}
	if got := sampleTime(wall, false, 12999*time.Millisecond); got != "+12s" {
		t.Error(got)
	}
	r := newRig(t)
	r.now.WallTrusted = false
	r.must(TalkPress{})
	r.after(3 * time.Second)
	if p := string(r.mustRelease().Payload()); !strings.Contains(p, `"sampled_at":"+3s"`) {
		t.Errorf("without trusted time: %s", p)
	}
}

// The canary: a reading in full does not stand in anything that is kept or sent.
func TestCanary(t *testing.T) {
	r := newRig(t)
	r.snap.Temperature, r.snap.Humidity, r.snap.Pressure = 17.3719, 43.219, 98765.4321
	r.give("hub", GrantRequest{})
	r.must(TalkPress{})
	r.run(time.Minute)
	kept := ""
	for _, s := range r.sent {
		kept += string(s.Payload())
	}
	for _, e := range r.ledger.entries {
		b, err := e.Format()
		if err != nil {
			t.Fatal(err)
		}
		kept += string(b)
	}
	for _, l := range Statement(r.ledger.entries) {
		kept += l.String()
	}
	b, _, _ := Save(r.st)
	kept += string(b)
	for _, canary := range []string{"17.37", "43.2", "98765"} {
		if strings.Contains(kept, canary) {
			t.Errorf("%s stands in what was kept or sent", canary)
		}
	}
	if len(r.sent) == 0 {
		t.Error("nothing was sent")
	}
	if math.Abs(r.snap.Temperature-17.3719) > 0 {
		t.Error("the snapshot was changed")
	}
}
