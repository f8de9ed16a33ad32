package demo

import (
	"encoding/json"
	"testing"
)

func fields(names ...string) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for _, n := range names {
		m[n] = json.RawMessage("1")
	}
	return m
}

func TestJudge(t *testing.T) {
	voice := &window{Name: "voice", From: 10, To: 20, Fields: []string{"temperature", "setpoint"}}
	optIn := &window{Name: "opt-in", From: 30, Fields: []string{"temperature"}}
	windows := []*window{voice, optIn}
	msg := func(number uint64, names ...string) sightings {
		return sightings{Messages: []message{{Number: number, Legible: true, Fields: fields(names...)}}}
	}
	conn := func(opened, closed uint64) sightings {
		return sightings{Connections: []*connection{{Opened: opened, Closed: closed}}}
	}
	for _, row := range []struct {
		name string
		seen sightings
		want account
	}{
		{"nothing", sightings{}, account{}},
		{"message just before", msg(10, "temperature"), account{Messages: 1, MessagesOutside: 1, FieldsOutside: 1}},
		{"first inside", msg(11, "temperature"), account{Messages: 1}},
		{"last inside", msg(19, "setpoint", "temperature"), account{Messages: 1}},
		{"just after", msg(20, "setpoint"), account{Messages: 1, MessagesOutside: 1, FieldsOutside: 1}},
		{"open window", msg(1000, "temperature"), account{Messages: 1}},
		{"field of another window", msg(31, "setpoint"), account{Messages: 1, FieldsOutside: 1}},
		{"field of none", msg(15, "humidity", "temperature"), account{Messages: 1, FieldsOutside: 1}},
		{"connection inside", conn(11, 19), account{Connections: 1}},
		{"connection opened before", conn(10, 15), account{Connections: 1, ConnectionsOutside: 1}},
		{"connection closed after", conn(11, 20), account{Connections: 1, ConnectionsOutside: 1}},
		{"connection never closed", conn(11, 0), account{Connections: 1, ConnectionsOutside: 1}},
		{"connection across two windows", conn(15, 35), account{Connections: 1, ConnectionsOutside: 1}},
		{"connection open in an open window", conn(31, 0), account{Connections: 1}},
		{"illegible", sightings{Messages: []message{{Number: 15}}}, account{Messages: 1, FieldsOutside: 1}},
		{"retained", sightings{Messages: []message{{Number: 15, Legible: true, Retain: true}}}, account{Messages: 1, Retained: 1}},
		{"QoS 1", sightings{Messages: []message{{Number: 15, Legible: true, QoS: 1}}}, account{Messages: 1, Retained: 1}},
		{"will", sightings{Connections: []*connection{{Opened: 11, Closed: 12, Greeted: true, Greeting: greeting{clean: true, will: true}}}}, account{Connections: 1, Wills: 1}},
		{"kept session", sightings{Connections: []*connection{{Opened: 11, Closed: 12, Greeted: true}}}, account{Connections: 1, Wills: 1}},
		{"malformed", sightings{Malformed: 1}, account{Malformed: 1}},
	} {
		got := judge(row.seen, windows)
		if got != row.want {
			t.Errorf("%s: %+v, want %+v", row.name, got, row.want)
		}
		calm := got.ConnectionsOutside+got.MessagesOutside+got.FieldsOutside+got.Retained+got.Wills+got.Malformed == 0
		if got.quiet() != calm {
			t.Errorf("%s: quiet() = %t", row.name, got.quiet())
		}
	}
}

func TestBetween(t *testing.T) {
	var s sightings
	for n := range uint64(5) {
		s.Messages = append(s.Messages, message{Number: n + 1})
	}
	for _, row := range []struct {
		from, to uint64
		want     int
	}{{0, 0, 0}, {1, 0, 4}, {1, 5, 3}, {5, 0, 0}, {4, 0, 1}} {
		if got := len(between(s, row.from, row.to)); got != row.want {
			t.Errorf("between(%d, %d): %d messages, want %d", row.from, row.to, got, row.want)
		}
	}
}
