package voice

import (
	"fmt"
	"strings"
	"testing"

	"quietstat/consent"
)

// phrase is what somebody said; it must turn up nowhere.
const phrase = "is anybody home at nine"

func lvaMessage(event, data string) []byte {
	if data == "" {
		return fmt.Appendf(nil, `{"event": %q}`, event)
	}
	return fmt.Appendf(nil, `{"event": %q, "data": %s}`, event, data)
}

const lvaSnapshot = `{"muted": true, "volume": 0.8, "ha_connected": true, "last_stt_text": "` + phrase + `", "last_tts_text": null}`

// Nothing is live before the greeting is over.
func TestLVAReplay(t *testing.T) {
	const settle = "(settle)"
	for _, test := range []struct {
		name   string
		events []string
		want   string // kinds of what was live
	}{
		{"a wake word after a repeated idle", []string{"snapshot", "idle", "wake_word_detected", "listening"}, "2 3"},
		{"the repeated state is a wake word", []string{"snapshot", "wake_word_detected"}, ""},
		{"and what follows is live, without evidence", []string{"snapshot", "wake_word_detected", "listening", "thinking"}, "3 4"},
		{"the repeated state is thinking", []string{"snapshot", "thinking", "tts_speaking"}, "5"},
		{"no state was repeated", []string{"snapshot", settle, "wake_word_detected"}, "2"},
		{"before the snapshot", []string{"wake_word_detected", "thinking"}, ""},
		{"no snapshot at all", []string{settle, "wake_word_detected"}, "2"},
		{"a snapshot that is late", []string{settle, "snapshot", "wake_word_detected"}, ""},
		{"a second snapshot", []string{"snapshot", "idle", "snapshot", "wake_word_detected", "listening"}, "3"},
		{"things that mean nothing are repeated too", []string{"snapshot", "timer_ticking", "wake_word_detected"}, "2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var l lvaLink
			var live []string
			for _, e := range test.events {
				if e == settle {
					l.settle()
					continue
				}
				data := ""
				if e == "snapshot" {
					data = lvaSnapshot
				}
				kind, isLive, err := l.decode(lvaMessage(e, data))
				if err != nil {
					t.Fatal(err)
				}
				if kind != consent.KindNone && isLive {
					live = append(live, fmt.Sprint(int(kind)))
				}
			}
			if got := strings.Join(live, " "); got != test.want {
				t.Errorf("live kinds %q, want %q", got, test.want)
			}
		})
	}
}

func TestLVAKinds(t *testing.T) {
	for _, test := range []struct {
		event, data string
		want        consent.EventKind
	}{
		{"wake_word_detected", "", consent.KindWake},
		{"listening", "", consent.KindListening},
		{"stt_text", `{"text": "` + phrase + `"}`, consent.KindNone},
		{"thinking", "", consent.KindThinking},
		{"tts_text", `{"text": "` + phrase + `"}`, consent.KindNone},
		{"tts_speaking", "", consent.KindSpeaking},
		{"tts_finished", "", consent.KindEnd},
		{"idle", "", consent.KindEnd},
		{"pipeline_error", `{"reason": "stt"}`, consent.KindError},
		{"pipeline_error", "", consent.KindError},
		{"disconnected", "", consent.KindLost},
		{"muted", `{"muted": true}`, consent.KindMuted},
		{"muted", `{"muted": false}`, consent.KindNone},
		{"muted", "", consent.KindMuted}, // the older form, and the safe side
		{"volume_muted", `{"muted": true}`, consent.KindNone},
		{"timer_ringing", `{"id": "1", "name": "egg", "total_seconds": 3, "seconds_left": 0}`, consent.KindNone},
		{"something_new", "", consent.KindError},
		{"Wake_word_detected", "", consent.KindError},
	} {
		l := lvaLink{snapshot: true, replayed: true}
		got, live, err := l.decode(lvaMessage(test.event, test.data))
		if err != nil || got != test.want || !live {
			t.Errorf("%s %s: kind %d live %v, %v; want %d", test.event, test.data, got, live, err, test.want)
		}
	}
	for _, bad := range []string{"", "{", `[]`, `{}`, `{"event": 7}`, `{"event": "idle", "data": "` + phrase + `"}`} {
		var l lvaLink
		_, _, err := l.decode([]byte(bad))
		if err == nil || strings.Contains(err.Error(), phrase) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// Whatever comes, what is understood is one of a few numbers, and nothing is live
// that came first.
func FuzzLVADecode(f *testing.F) {
	f.Add(lvaMessage("snapshot", lvaSnapshot), lvaMessage("wake_word_detected", ""))
	f.Add(lvaMessage("muted", `{"muted": true}`), lvaMessage("stt_text", `{"text": "x"}`))
	f.Add([]byte(`{"event":"idle","data":null}`), []byte("\x00"))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var l lvaLink
		kind, live, err := l.decode(first)
		if live || kind > consent.KindLost || err != nil && kind != consent.KindNone {
			t.Fatalf("kind %d live %v: %v", kind, live, err)
		}
		if kind, live, err := l.decode(second); live || kind > consent.KindLost || err != nil && kind != consent.KindNone {
			t.Fatalf("second: kind %d live %v: %v", kind, live, err)
		}
	})
}
