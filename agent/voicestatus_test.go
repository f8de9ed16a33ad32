package main

import (
	"strings"
	"testing"

	"quietstat/agent/internal/local"
)

// What is heard in the room is told in words that cannot be missed, and where nothing
// is heard nothing is said about it.
func TestPrintVoice(t *testing.T) {
	for _, tt := range []struct {
		name   string
		keeper local.KeeperStatus
		want   []string
	}{
		{"no voice", local.KeeperStatus{}, nil},
		{"a press", local.KeeperStatus{Session: &local.Session{Evidence: "press", Source: "button", BeganS: 12, LeftS: 18}},
			[]string{"session    open, as somebody pressed talk 12s ago; closes in 18s"}},
		{"a wake word", local.KeeperStatus{
			Session: &local.Session{Evidence: "wake", Source: "lva", BeganS: 3, LeftS: 17},
			Voice:   &local.VoiceStatus{Connected: true, Stacks: []local.VoiceStack{{Name: "lva", Events: 4, LastS: 1}, {Name: "hermes", LastS: 180}}},
		}, []string{"session    open, as somebody said the wake word to lva 3s ago; closes in 17s", "voice      last heard: lva 1s ago, hermes 3m ago"}},
		{"nobody listens", local.KeeperStatus{Voice: &local.VoiceStatus{}},
			[]string{"voice      the voice role is not running, so no wake word is heard; a press of talk works"}},
		{"nothing yet", local.KeeperStatus{Voice: &local.VoiceStatus{Connected: true}}, []string{"voice      no voice stack has said anything yet"}},
		{"a flood", local.KeeperStatus{Voice: &local.VoiceStatus{Connected: true, HeldS: 1800, Refusals: map[string]uint64{"unproven": 2, "flood": 7}, LastRefusal: "too many"}},
			[]string{"voice      no voice stack has said anything yet", "voice      TOO MANY wake words: none is believed for 30m; a press of talk works",
				"voice      not believed: 7 flood, 2 unproven; the last: too many"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			serve(t, answers{"status": local.Status{}}, answers{"status": tt.keeper})
			_, out, _ := call(t, "status")
			var got []string
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "session ") || strings.HasPrefix(line, "voice ") {
					got = append(got, strings.TrimSpace(line))
				}
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("it says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}
