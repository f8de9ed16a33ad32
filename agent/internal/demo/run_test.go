package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// perform plays the short day with a keeper of the given kind.
func perform(t *testing.T, part string, o Options) (Summary, []happening, int) {
	t.Helper()
	var out, words bytes.Buffer
	if o.For == 0 {
		o.For = 10 * time.Minute
	}
	o.JSON, o.Stdout, o.Stderr, o.script = true, &out, &words, shortDay
	if o.StateFolder == "" {
		o.StateFolder = t.TempDir()
	}
	if err := os.WriteFile(filepath.Join(o.StateFolder, "part"), []byte(part), 0o600); err != nil {
		t.Fatal(err)
	}
	exit := Run(t.Context(), o)
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	var events []happening
	for _, line := range lines[:len(lines)-1] {
		var h happening
		if err := json.Unmarshal(line, &h); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, &words)
		}
		events = append(events, h)
	}
	var s Summary
	if err := json.Unmarshal(lines[len(lines)-1], &s); err != nil || s.Event != "summary" {
		t.Fatalf("the last line is no summary: %s (%v)\n%s", lines[len(lines)-1], err, &words)
	}
	if t.Failed() || testing.Verbose() {
		t.Logf("%s\n%s", &out, &words)
	}
	return s, events, exit
}

func TestHonestKeeper(t *testing.T) {
	t.Setenv("TMPDIR", shortTemp(t))
	s, events, exit := perform(t, "honest", Options{Seed: 7})
	if exit != exitKept || s.Verdict != verdictKept || len(s.Problems) != 0 {
		t.Fatalf("exit %d, verdict %s, problems %q", exit, s.Verdict, s.Problems)
	}
	if s.Connections != 2 || s.Messages != 3 || s.Ticks != 600 || s.TicksMissed != 0 || s.LedgerEntries != 12 ||
		!s.LedgerVerified || !s.MDNSRegistered || s.RolesLost != 0 || s.Hours != 1.0/6 {
		t.Errorf("summary %+v", s)
	}
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Event)
	}
	if got, want := strings.Join(kinds, " "), "begin night enrol policy set talk session-end left grant revoke left"; got != want {
		t.Errorf("events %s\nwant   %s", got, want)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "quietstat-*")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

// shortTemp is a temporary folder whose path leaves room for the sockets' names.
func shortTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "qs")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func TestSpeedDoesNotChangeTheTrace(t *testing.T) {
	first, _, _ := perform(t, "honest", Options{Seed: 1})
	again, _, _ := perform(t, "honest", Options{Seed: 1, Speed: 2000})
	if first.TraceSHA256 != again.TraceSHA256 {
		t.Errorf("one seed, two traces: %s, %s", first.TraceSHA256, again.TraceSHA256)
	}
}

// Every kind of leak is seen from the broker's side, whatever the keeper says.
func TestDishonestKeepers(t *testing.T) {
	for _, row := range []struct {
		part string
		bad  func(Summary) bool
	}{
		{"leaker", func(s Summary) bool {
			return s.MessagesOutside == 1 && s.ConnectionsOutside == 1 && s.FieldsOutside == 1
		}},
		{"prober", func(s Summary) bool { return s.MessagesOutside == 0 && s.ConnectionsOutside == 1 }},
		{"clinger", func(s Summary) bool { return s.MessagesOutside == 0 && s.ConnectionsOutside == 2 }},
		{"gossip", func(s Summary) bool { return s.FieldsOutside == 1 && s.MessagesOutside == 0 }},
		{"retainer", func(s Summary) bool { return s.Retained == 1 }},
		{"testator", func(s Summary) bool { return s.Wills == 2 }},
		{"forger", func(s Summary) bool { return !s.LedgerVerified }},
		{"mortal", func(s Summary) bool { return s.RolesLost == 1 && s.Ticks == 600 && s.TicksMissed == 0 }},
	} {
		t.Run(row.part, func(t *testing.T) {
			s, _, exit := perform(t, row.part, Options{Seed: 1})
			if exit != exitBroken || s.Verdict != verdictBroken || !row.bad(s) {
				t.Errorf("exit %d, summary %+v", exit, s)
			}
		})
	}
}

func TestKeptStateGoesOnADayLater(t *testing.T) {
	dir := t.TempDir()
	_, events, _ := perform(t, "honest", Options{StateFolder: dir})
	if got := events[0].At; !got.Equal(midnight.Add(startOfDay)) {
		t.Errorf("the first began at %v", got)
	}
	_, events, exit := perform(t, "honest", Options{StateFolder: dir})
	if got := events[0].At; exit != exitKept || !got.Equal(midnight.Add(day+startOfDay)) {
		t.Errorf("the second began at %v, exit %d", got, exit)
	}
}

// watchful ends a context when a word has been written.
type watchful struct {
	bytes.Buffer
	word string
	end  context.CancelFunc
}

func (w *watchful) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.word) {
		w.end()
	}
	return w.Buffer.Write(p)
}

func TestInterruptIsClean(t *testing.T) {
	t.Setenv("TMPDIR", shortTemp(t))
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	out := &watchful{word: "a question", end: cancel}
	var words bytes.Buffer
	exit := Run(ctx, Options{For: time.Hour, StateFolder: dir, Stdout: out, Stderr: &words, script: shortDay})
	if exit != exitInterrupted {
		t.Fatalf("exit %d: %s", exit, &words)
	}
	text := out.String()
	for _, want := range []string{"verdict  interrupted", "nothing left the house in this voice session", "0.05028 h"} {
		if !strings.Contains(text, want) {
			t.Errorf("not said: %q in\n%s", want, text)
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if n := len([]rune(line)); n > width {
			t.Errorf("a line of %d: %s", n, line)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "quietstat-*")); len(left) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestWrongOptions(t *testing.T) {
	for _, row := range []struct {
		name string
		o    Options
		want string
	}{
		{"house", Options{House: 'Q'}, "use one of A, E, R, U"},
		{"too short", Options{For: shortest - time.Second}, "a demo lasts"},
		{"too long", Options{For: longest + time.Second}, "a demo lasts"},
		{"speed", Options{Speed: -1}, "--speed -1"},
		{"fault", Options{Fault: "fire"}, "use one of sensor-frozen, sensor-dead, sensor-reset, door-stuck, broker-down, disk-full, clock-back"},
		{"fault in too short a time", Options{Fault: "sensor-dead", For: at(0, hm(11, 45)) - time.Second}, "use --for 7h or longer"},
	} {
		var out, words bytes.Buffer
		row.o.Stdout, row.o.Stderr = &out, &words
		if exit := Run(t.Context(), row.o); exit != exitUsage || !strings.Contains(words.String(), row.want) || out.Len() != 0 {
			t.Errorf("%s: exit %d, %s%s", row.name, exit, &out, &words)
		}
	}
}
