package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// narrator writes the story, for people or for programs.
type narrator struct {
	out  io.Writer
	json bool
}

// happening is one event of --json.
type happening struct {
	Event    string    `json:"event"`
	At       time.Time `json:"at"` // virtual wall time
	ElapsedS float64   `json:"elapsed_s"`
	Text     string    `json:"text"`
}

// tell writes one event.
func (s *show) tell(event, format string, arguments ...any) {
	text := fmt.Sprintf(format, arguments...)
	now := s.moment.since()
	if s.story.json {
		s.story.object(happening{Event: event, At: s.moment.wall(), ElapsedS: now.Seconds(), Text: text})
		return
	}
	s.story.paragraph(clockFace(now), text)
}

// object writes a line of JSON.
func (n *narrator) object(v any) {
	e := json.NewEncoder(n.out)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // none of our values can fail, and nobody is left to tell if the output does
}

// width is where the story's lines end.
const width = 92

// paragraph writes a time and a text beside it.
func (n *narrator) paragraph(head, text string) {
	const indent = 9
	line := fmt.Sprintf("%-*s", indent, head)
	empty := true
	for _, word := range strings.Fields(text) {
		if !empty && len([]rune(line))+1+len([]rune(word)) > width {
			fmt.Fprintln(n.out, line)
			line, empty = strings.Repeat(" ", indent), true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	fmt.Fprintln(n.out, line)
}

// begin introduces the story.
func (s *show) begin() {
	if s.story.json {
		s.tell("begin", "house %s, seed %d, %s from %s", s.kind, s.options.Seed, span(s.options.For), clockFace(0))
		return
	}
	fmt.Fprintf(s.story.out, "quietstat demo: a simulated house (%s, seed %d), %s of January from %s on.\n", s.kind, s.options.Seed, span(s.options.For), clockFace(0))
	fmt.Fprintf(s.story.out, "The roles run as they do on a Pi. A broker of the demo's own counts whatever arrives.\n")
	fmt.Fprintf(s.story.out, "Look in from another terminal:\n  quietstat --runtime %s status\n\n", s.home.runtime)
}

// tellLeft says what a window let out, as it arrived.
func (s *show) tellLeft(w *window) {
	var first, last *message
	count := 0
	seen := s.broker.seen()
	for i := range seen.Messages {
		if m := &seen.Messages[i]; w.holds(m.Number) {
			if count == 0 {
				first = m
			}
			last = m
			count++
		}
	}
	gone := "no connection is left"
	for _, c := range seen.Connections {
		if c.Closed == 0 {
			gone = "A CONNECTION IS LEFT"
		}
	}
	switch count {
	case 0:
		s.tell("left", "-> nothing left the house in this %s; %s.", w.Name, gone)
	case 1:
		s.tell("left", "-> 1 message left the house in this %s: %s; %s.", w.Name, contents(first), gone)
	default:
		s.tell("left", "-> %d messages left the house in this %s, from %s to %s; %s.", count, w.Name, contents(first), contents(last), gone)
	}
}

// contents are a message's fields as the broker read them.
func contents(m *message) string {
	var parts []string
	for _, name := range sortedNames(m.Fields) {
		parts = append(parts, name+" "+strings.Trim(string(m.Fields[name]), `"`))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// end writes the summary.
func (n *narrator) end(out Summary) {
	if n.json {
		n.object(out)
		return
	}
	line := func(head, format string, arguments ...any) {
		n.paragraph(head, fmt.Sprintf(format, arguments...))
	}
	fmt.Fprintln(n.out)
	line("time", "%.4g h in %.0f s", out.Hours, out.WallSeconds)
	comfort := "no occupied hours to count yet"
	if out.OccupiedHours > 0 {
		comfort = fmt.Sprintf("%.2f K rms from the setpoint over %.1f occupied hours", out.RMSErrorC, out.OccupiedHours)
	}
	line("comfort", "%s; %.1f relay cycles/h, shortest run %s, shortest pause %s; %.1f kWh",
		comfort, out.CyclesPerHour, runTime(out.MinOnS), runTime(out.MinOffS), out.EnergyKWh)
	line("loop", "%d ticks, %d missed; door pauses: %d, sensor faults: %d", out.Ticks, out.TicksMissed, out.DoorPauses, out.SensorFaults)
	line("left", "%d connections and %d messages, counted at the broker; without consent: %d connections, %d messages, %d fields",
		out.Connections, out.Messages, out.ConnectionsOutside, out.MessagesOutside, out.FieldsOutside)
	verified := "verified"
	if !out.LedgerVerified {
		verified = "NOT VERIFIED"
	}
	line("ledger", "%d entries, %s", out.LedgerEntries, verified)
	if out.MDNSRegistered {
		line("network", "announced as a thermostat, and nothing else about it")
	} else {
		line("network", "not announced: no interface for it here")
	}
	if out.FaultReport != "" {
		line("fault", "%s", out.FaultReport)
	}
	switch out.Verdict {
	case verdictKept:
		line("verdict", "kept: %s nothing left that nobody had agreed to.", warmth(out))
	default:
		line("verdict", "%s", out.Verdict)
	}
	for _, p := range out.Problems {
		line("", "- %s", p)
	}
}

// comfortable is the rms error up to which the house counts as warm when it was
// wanted, in kelvin.
const comfortable = 0.5

// warmth says whether the house was warm, as far as that can be told.
func warmth(out Summary) string {
	switch {
	case out.OccupiedHours == 0:
		return "safe relays, and"
	case out.RMSErrorC <= comfortable:
		return "warm when it was wanted, and"
	}
	return fmt.Sprintf("safe relays, and %.1f K off the setpoint, as this house is too heavy to be heated up in a morning without a start before it;", out.RMSErrorC)
}

func runTime(s *float64) string {
	if s == nil {
		return "none"
	}
	return span(time.Duration(*s * float64(time.Second)))
}
