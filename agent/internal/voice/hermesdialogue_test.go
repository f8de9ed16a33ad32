package voice

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

var (
	sessionOf = func(what hermesWhat, site, session string) hermesMessage {
		return hermesMessage{what: what, site: site, session: session}
	}
	words = map[consent.EventKind]string{consent.KindWake: "wake", consent.KindListening: "listening", consent.KindThinking: "thinking",
		consent.KindSpeaking: "speaking", consent.KindEnd: "end", consent.KindError: "error", consent.KindMuted: "muted", consent.KindLost: "lost"}
)

// tell writes events as "wake:kitchen/s1 …".
func tell(events []consent.SessionEvent) string {
	var list []string
	for _, e := range events {
		list = append(list, fmt.Sprintf("%s:%s/%s", words[e.Kind], e.Site, e.ExtID))
	}
	return strings.Join(list, " ")
}

func TestDialogue(t *testing.T) {
	hotword := sessionOf(hermesHotword, "kitchen", "")
	started := sessionOf(hermesStarted, "kitchen", "s1")
	intent := sessionOf(hermesIntent, "kitchen", "s1")
	for _, test := range []struct {
		name     string
		messages []hermesMessage
		apart    time.Duration
		want     string
	}{
		{"a session", []hermesMessage{hotword, started, intent, sessionOf(hermesEnded, "kitchen", "s1")}, time.Second,
			"wake:kitchen/s1 listening:kitchen/s1 thinking:kitchen/s1 end:kitchen/s1"},
		{"a hotword alone", []hermesMessage{hotword}, 0, ""},
		{"just in time", []hermesMessage{hotword, started}, hermesWake, "wake:kitchen/s1 listening:kitchen/s1"},
		{"too late", []hermesMessage{hotword, started}, hermesWake + 1, "listening:kitchen/s1"},
		{"started from elsewhere", []hermesMessage{started, intent}, 0, "listening:kitchen/s1 thinking:kitchen/s1"},
		{"a hotword counts once", []hermesMessage{hotword, started, sessionOf(hermesEnded, "kitchen", "s1"), sessionOf(hermesStarted, "kitchen", "s2")}, 0,
			"wake:kitchen/s1 listening:kitchen/s1 end:kitchen/s1 listening:kitchen/s2"},
		{"a hotword of another room", []hermesMessage{sessionOf(hermesHotword, "bath", ""), started}, 0, "listening:kitchen/s1"},
		{"a session without an id", []hermesMessage{hotword, sessionOf(hermesStarted, "kitchen", "")}, 0, "listening:kitchen/"},
		{"two sessions in one room", []hermesMessage{hotword, started, sessionOf(hermesStarted, "kitchen", "s2")}, 0,
			"wake:kitchen/s1 listening:kitchen/s1 end:kitchen/s1 listening:kitchen/s2"},
		{"words of another session", []hermesMessage{hotword, started, sessionOf(hermesIntent, "kitchen", "s2"), intent}, 0,
			"wake:kitchen/s1 listening:kitchen/s1 error:kitchen/s1 thinking:kitchen/s1"},
		{"not understood", []hermesMessage{hotword, started, sessionOf(hermesNotRecognized, "kitchen", "s1")}, 0,
			"wake:kitchen/s1 listening:kitchen/s1 end:kitchen/s1"},
		{"an end without a room", []hermesMessage{hotword, started, sessionOf(hermesEnded, "", "s1")}, 0,
			"wake:kitchen/s1 listening:kitchen/s1 end:kitchen/s1"},
		{"an end of nobody", []hermesMessage{hotword, started, sessionOf(hermesEnded, "", "s9")}, 0, "wake:kitchen/s1 listening:kitchen/s1"},
		{"an error of the room", []hermesMessage{hotword, started, sessionOf(hermesFailed, "kitchen", "")}, 0,
			"wake:kitchen/s1 listening:kitchen/s1 error:kitchen/s1"},
		{"an error of no room", []hermesMessage{hotword, started, sessionOf(hermesFailed, "", "")}, 0,
			"wake:kitchen/s1 listening:kitchen/s1 error:kitchen/s1"},
		{"and after it nothing is proven", []hermesMessage{hotword, started, sessionOf(hermesFailed, "", ""), intent}, 0,
			"wake:kitchen/s1 listening:kitchen/s1 error:kitchen/s1 thinking:kitchen/s1"},
		{"a room that is not listened to", []hermesMessage{sessionOf(hermesHotword, "attic", ""), sessionOf(hermesStarted, "attic", "s1")}, 0, ""},
		{"no room", []hermesMessage{sessionOf(hermesHotword, "", ""), sessionOf(hermesStarted, "", "s1")}, 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := dialogue{only: []string{"kitchen", "bath"}}
			now, got := time.Unix(1, 0), []consent.SessionEvent(nil)
			for _, m := range test.messages {
				events, _ := d.on(m, now)
				got = append(got, events...)
				now = now.Add(test.apart)
			}
			if told := tell(got); told != test.want {
				t.Errorf("told %s\nwant %s", told, test.want)
			}
		})
	}
}

func TestDialogueWishes(t *testing.T) {
	number, cool := 21.5, consent.ModeCool
	full := hermesSlots{temperature: &number, delta: &number, mode: &cool}
	huge := 1001.0
	for _, test := range []struct {
		intent string
		slots  hermesSlots
		want   wire.Intent
	}{
		{"GetTemperature", hermesSlots{}, wire.Intent{Kind: wire.IntentGetTemperature}},
		{"SetTemperature", full, wire.Intent{Kind: wire.IntentSetTemperature, Number: 21.5}},
		{"ChangeTemperature", full, wire.Intent{Kind: wire.IntentChangeTemperature, Number: 21.5}},
		{"SetMode", full, wire.Intent{Kind: wire.IntentSetMode, Number: float64(consent.ModeCool)}},
		{"SetTemperature", hermesSlots{}, wire.Intent{}},
		{"ChangeTemperature", hermesSlots{temperature: &number}, wire.Intent{}},
		{"SetMode", hermesSlots{temperature: &number}, wire.Intent{}},
		{"SetTemperature", hermesSlots{temperature: &huge}, wire.Intent{}},
		{"OpenTheDoor", full, wire.Intent{}},
		{"", full, wire.Intent{}},
	} {
		d := dialogue{intents: DefaultHermesIntents}
		now := time.Unix(1, 0)
		ask := hermesMessage{what: hermesIntent, site: "kitchen", session: "s1", intent: test.intent, slots: test.slots}
		if _, wish := d.on(ask, now); wish != nil {
			t.Errorf("%s: a wish without a session", test.intent)
		}
		d.on(sessionOf(hermesHotword, "kitchen", ""), now)
		d.on(sessionOf(hermesStarted, "kitchen", "s1"), now)
		_, wish := d.on(ask, now)
		if test.want.Kind == wire.IntentNone {
			if wish != nil {
				t.Errorf("%s %+v: %+v", test.intent, test.slots, wish)
			}
			continue
		}
		test.want.Source, test.want.Site = consent.SourceHermes, "kitchen"
		if wish == nil || wish.intent != test.want || wish.session != "s1" {
			t.Errorf("%s: %+v, want %+v", test.intent, wish, test.want)
		}
	}
}

// Whatever is published, a wake word is said only for a session whose room had a
// hotword within hermesWake that no earlier session used; the memory is bounded; and
// after the link is lost every room that had something is told, and nothing is left.
func TestDialogueNeedsHotwords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := dialogue{intents: DefaultHermesIntents}
		now := time.Unix(1, 0)
		hotwords := map[string]time.Time{}
		for range rapid.IntRange(1, 60).Draw(t, "messages") {
			now = now.Add(time.Duration(rapid.IntRange(0, 6).Draw(t, "pause")) * time.Second)
			m := hermesMessage{
				what:    hermesWhat(rapid.IntRange(int(hermesHotword), int(hermesFailed)).Draw(t, "what")),
				site:    rapid.SampledFrom([]string{"", "kitchen", "bath", "hall"}).Draw(t, "site"),
				session: rapid.SampledFrom([]string{"", "s1", "s2"}).Draw(t, "session"),
				intent:  "GetTemperature",
			}
			if rapid.IntRange(0, 9).Draw(t, "stranger") == 0 {
				m.site = fmt.Sprint("room", rapid.IntRange(0, 99).Draw(t, "room"))
			}
			events, wish := d.on(m, now)
			for _, e := range events {
				if !e.Live || e.Source != consent.SourceHermes || words[e.Kind] == "" {
					t.Fatalf("%+v", e)
				}
				if e.Kind == consent.KindWake {
					heard, ok := hotwords[e.Site]
					if !ok || now.Sub(heard) > hermesWake || e.ExtID == "" {
						t.Fatalf("a wake word in %s without a hotword: %v", e.Site, tell(events))
					}
				}
			}
			if wish != nil && (m.what != hermesIntent || wish.session == "") {
				t.Fatalf("a wish out of %+v", m)
			}
			switch m.what {
			case hermesHotword:
				hotwords[m.site] = now
			case hermesStarted, hermesEnded, hermesNotRecognized:
				delete(hotwords, m.site)
			case hermesFailed:
				if delete(hotwords, m.site); m.site == "" {
					clear(hotwords)
				}
			}
			if len(d.sites) > hermesSites {
				t.Fatalf("%d rooms are remembered", len(d.sites))
			}
		}
		open := 0
		for _, s := range d.sites {
			if *s != (hermesSite{}) {
				open++
			}
		}
		if lost := d.lost(); len(lost) != open || len(d.sites) != 0 || len(d.lost()) != 0 {
			t.Fatalf("lost %s, %d were open", tell(lost), open)
		}
	})
}
