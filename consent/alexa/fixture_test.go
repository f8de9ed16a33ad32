package alexa

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/replies anew")

const (
	ourID    = "q7f3a01c2"
	ourToken = "dFMb0z+PgpgdDmluhJ1LddFvSqZ/jCc8ptlAKulUj90jSqg=="
)

var (
	sampled = time.Date(2026, 1, 5, 6, 1, 1, 0, time.UTC)
	asked   = time.Date(2026, 1, 5, 6, 1, 3, 0, time.UTC)
)

// columns are the three states the gate can be in when a directive comes, each with
// what is covered and what was decided to be told.
var columns = []struct {
	name  string
	cover Cover
	told  Told
}{
	// Nothing is told; discovery says what the owner's policy for sessions would let be asked.
	{"closed", Cover{Temperature: true, Setpoint: true}, Told{}},
	{"session", Cover{Temperature: true, Setpoint: true}, Told{At: sampled, Temperature: "20.5", Setpoint: "21.0", Mode: ModeHeat}},
	{"grant", Cover{Temperature: true, Health: true, Doors: [MaxDoors]bool{true}},
		Told{At: sampled, Temperature: "20.5", Health: HealthOK, Doors: [MaxDoors]Contact{ContactOpen}}},
}

// rows are the requests there can be, with the fault control answered a wish with.
var rows = []struct {
	name  string
	want  Directive
	fault Fault
}{
	{name: "discover", want: Directive{Kind: KindDiscover}},
	{name: "accept-grant", want: Directive{Kind: KindAcceptGrant}},
	{name: "report-state", want: Directive{Kind: KindReportState, EndpointID: ourID}},
	{name: "report-state-door", want: Directive{Kind: KindReportState, EndpointID: ourID + "-d1"}},
	{name: "report-state-other-door", want: Directive{Kind: KindReportState, EndpointID: ourID + "-d2"}},
	{name: "report-state-stranger", want: Directive{Kind: KindReportState, EndpointID: "endpoint-001"}},
	{name: "set-target", want: Directive{Kind: KindSetTarget, EndpointID: ourID, Number: 21.5}},
	{name: "set-target-fahrenheit", want: Directive{Kind: KindSetTarget, EndpointID: ourID, Number: 21.11}},
	{name: "set-target-unwilling", want: Directive{Kind: KindSetTarget, EndpointID: ourID, Number: 34}, fault: FaultUnwilling},
	{name: "set-target-range", want: Directive{Kind: KindRefused, EndpointID: ourID, Fault: FaultRange}},
	{name: "set-target-two", want: Directive{Kind: KindRefused, EndpointID: ourID, Fault: FaultTwoSetpoints}},
	{name: "set-target-schedule", want: Directive{Kind: KindRefused, EndpointID: ourID, Fault: FaultSchedule}},
	{name: "adjust-target", want: Directive{Kind: KindAdjustTarget, EndpointID: ourID, Number: -1.11}},
	{name: "set-mode", want: Directive{Kind: KindSetMode, EndpointID: ourID, Mode: ModeCool}},
	{name: "set-mode-eco", want: Directive{Kind: KindRefused, EndpointID: ourID, Fault: FaultMode}},
	{name: "resume-schedule", want: Directive{Kind: KindResume, EndpointID: ourID}},
	{name: "turn-on", want: Directive{Kind: KindRefused, EndpointID: ourID, Fault: FaultDirective}},
}

func directive(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "directives", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// answer encodes a reply that must be possible.
func answer(t testing.TB, r Reply) []byte {
	t.Helper()
	b, _, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryRowInEveryColumn(t *testing.T) {
	files, err := filepath.Glob("testdata/directives/*.json")
	if err != nil || len(files) != len(rows) {
		t.Fatalf("%d directives for %d rows: %v", len(files), len(rows), err)
	}
	for _, row := range rows {
		d, err := Decode(directive(t, row.name))
		row.want.MessageID = "1bd5d003-31b9-476f-ad03-71d471922820"
		if row.want.EndpointID != "" {
			row.want.CorrelationToken = ourToken
		}
		if err != nil || d != row.want {
			t.Errorf("%s: %+v, %v, want %+v", row.name, d, err, row.want)
		}
		for _, c := range columns {
			got := answer(t, Reply{To: d, MessageID: "52fdfc072182654f", Endpoint: ourID, At: asked, Cover: c.cover, Told: c.told, Fault: row.fault})
			file := filepath.Join("testdata", "replies", row.name+"."+c.name+".json")
			if *update {
				if err := os.WriteFile(file, []byte(strings.TrimRight(string(got), " ")+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(bytes.TrimRight(got, " ")) != strings.TrimRight(string(want), "\n") {
				t.Errorf("%s, %s:\n%s\nwant\n%s", row.name, c.name, bytes.TrimRight(got, " "), want)
			}
			checkEvent(t, got)
		}
	}
}

// What the middle column of the manual says, without looking at the fixtures: closed,
// an answer holds nothing but what was just sent and what is the same everywhere.
func TestClosedTellsNothing(t *testing.T) {
	for _, row := range rows {
		d, err := Decode(directive(t, row.name))
		if err != nil {
			t.Fatal(err)
		}
		b, told, err := Reply{To: d, MessageID: "m", Endpoint: ourID, At: asked, Fault: row.fault}.Encode()
		if err != nil || len(told) != 0 {
			t.Errorf("%s: tells %q, %v", row.name, told, err)
		}
		var names []string
		for _, p := range properties(t, b) {
			names = append(names, p["name"].(string))
			if p["timeOfSample"] != "2026-01-05T06:01:03Z" {
				t.Errorf("%s: an echo of another time than the answer's: %v", row.name, p)
			}
		}
		want := map[string]string{"set-target": "targetSetpoint", "set-target-fahrenheit": "targetSetpoint", "set-mode": "thermostatMode"}[row.name]
		if strings.Join(names, " ") != want {
			t.Errorf("%s: echoes %q, want %q", row.name, names, want)
		}
	}
}

// Secrets of a directive are in none of its parts and in no answer.
func TestNoSecretIsKept(t *testing.T) {
	for _, row := range rows {
		text := directive(t, row.name)
		if !bytes.Contains(text, []byte("secret-")) {
			t.Errorf("%s holds no secret: the test proves nothing", row.name)
		}
		d, _ := Decode(text)
		for _, part := range []string{d.MessageID, d.CorrelationToken, d.EndpointID, string(answer(t, Reply{To: d, MessageID: "m", Endpoint: ourID}))} {
			if strings.Contains(part, "secret") || strings.Contains(part, "Atza") {
				t.Errorf("%s: %q", row.name, part)
			}
		}
	}
}
