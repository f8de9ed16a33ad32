package voice

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// brokerScript is a broker that plays messages to whoever listens.
type brokerScript struct {
	play    chan overheardMessage
	cut     chan error
	said    chan [2]string
	filters chan []string
}

type overheardMessage struct {
	topic, payload string
	retained       bool
}

func newBrokerScript() *brokerScript {
	return &brokerScript{play: make(chan overheardMessage), cut: make(chan error), said: make(chan [2]string, 16), filters: make(chan []string, 16)}
}

func (b *brokerScript) Listen(ctx context.Context, filters []string, heard func(string, bool, []byte)) error {
	b.filters <- filters
	for {
		select {
		case m := <-b.play:
			heard(m.topic, m.retained, []byte(m.payload))
		case err := <-b.cut:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (b *brokerScript) Say(topic string, payload []byte) error {
	b.said <- [2]string{topic, string(payload)}
	return nil
}

func hotwordIn(site string) overheardMessage {
	return overheardMessage{topic: "hermes/hotword/default/detected", payload: `{"siteId": "` + site + `", "modelId": "x"}`}
}

func startedIn(site, session string) overheardMessage {
	return overheardMessage{topic: "hermes/dialogueManager/sessionStarted", payload: `{"siteId": "` + site + `", "sessionId": "` + session + `"}`}
}

func TestHermesAnswersInTheRoom(t *testing.T) {
	b, s := newBrokerScript(), newSinkLog()
	s.answer = func(i wire.Intent) (wire.Answer, error) { return wire.Answer{ID: 1, Text: "It is 20.5 degrees."}, nil }
	run(t, NewHermes(b, nil, DefaultHermesIntents, nil), s)
	if filters := <-b.filters; slices.ContainsFunc(filters, func(f string) bool {
		return f == "#" || f == "hermes/#" || strings.Contains(f, "asr") || strings.Contains(f, "tts") || strings.Contains(f, "nlu")
	}) {
		t.Errorf("subscribed to words: %v", filters)
	}
	b.play <- hotwordIn("kitchen")
	b.play <- startedIn("kitchen", "s1")
	b.play <- overheardMessage{topic: "hermes/intent/GetTemperature", payload: string(intentMessage("kitchen", "s1", ""))}
	s.until(t, 4)
	said := <-b.said
	var end map[string]string
	if err := json.Unmarshal([]byte(said[1]), &end); err != nil {
		t.Fatal(err)
	}
	if said[0] != "hermes/dialogueManager/endSession" || end["sessionId"] != "s1" || end["text"] != "It is 20.5 degrees." || len(end) != 2 {
		t.Errorf("said %v", said)
	}
	if got := tell(s.heard()); got != "wake:kitchen/s1 listening:kitchen/s1 thinking:kitchen/s1" {
		t.Errorf("told %s", got)
	}
	b.cut <- errors.New("the broker is gone")
	s.until(t, 1)
	if got := s.heard(); got[3].Kind != consent.KindLost || got[3].Site != "kitchen" {
		t.Errorf("after the link went: %s", tell(got))
	}
	select {
	case <-b.filters: // and it listens again
	case <-time.After(20 * time.Second):
		t.Error("it did not come back")
	}
}

// What was retained is old news: a hotword that the broker kept proves nobody.
func TestHermesDropsRetained(t *testing.T) {
	b, s := newBrokerScript(), newSinkLog()
	run(t, NewHermes(b, []string{"kitchen"}, DefaultHermesIntents, nil), s)
	<-b.filters
	kept := hotwordIn("kitchen")
	kept.retained = true
	b.play <- kept
	b.play <- startedIn("kitchen", "s1")
	s.until(t, 1)
	if got := tell(s.heard()); got != "listening:kitchen/s1" {
		t.Errorf("told %s", got)
	}
}

// A link that says what no dialogue manager says, or more than one says, is given up.
func TestHermesGivesUpALink(t *testing.T) {
	for name, play := range map[string]func(*brokerScript){
		"not JSON": func(b *brokerScript) { b.play <- overheardMessage{topic: "hermes/error/nlu", payload: phrase} },
		"a flood": func(b *brokerScript) {
			for range int(floodBurst) + 1 {
				b.play <- startedIn("bath", "s2")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, s := newBrokerScript(), newSinkLog()
			run(t, NewHermes(b, nil, DefaultHermesIntents, nil), s)
			<-b.filters
			b.play <- hotwordIn("kitchen")
			b.play <- startedIn("kitchen", "s1")
			if name == "a flood" {
				go play(b)
			} else {
				play(b)
			}
			select {
			case <-b.filters:
			case <-time.After(20 * time.Second):
				t.Fatal("the link was kept")
			}
			if got := tell(s.heard()); !strings.Contains(got, "lost:kitchen/s1") {
				t.Errorf("told %s", got)
			}
		})
	}
}

// Nobody answers: nothing is said, and the adapter goes on.
func TestHermesWithoutAnAnswer(t *testing.T) {
	b, s := newBrokerScript(), newSinkLog()
	s.answer = func(wire.Intent) (wire.Answer, error) { return wire.Answer{}, errors.New("the keeper is away") }
	run(t, NewHermes(b, nil, DefaultHermesIntents, nil), s)
	<-b.filters
	for range 2 {
		b.play <- hotwordIn("kitchen")
		b.play <- startedIn("kitchen", "s1")
		b.play <- overheardMessage{topic: "hermes/intent/GetTemperature", payload: string(intentMessage("kitchen", "s1", ""))}
		s.until(t, 4)
		b.play <- overheardMessage{topic: "hermes/dialogueManager/sessionEnded", payload: `{"siteId": "kitchen", "sessionId": "s1"}`}
		s.until(t, 1)
	}
	if len(b.said) != 0 {
		t.Errorf("said %v", <-b.said)
	}
	if len(s.asked()) != 2 {
		t.Errorf("asked %d times", len(s.asked()))
	}
}

// A wish that waits for the answer to another is dropped when its session ends: by then
// somebody else's may be open.
func TestHermesForgetsAWishWithItsSession(t *testing.T) {
	b, s := newBrokerScript(), newSinkLog()
	asking, answer := make(chan wire.IntentKind, 8), make(chan struct{})
	s.answer = func(i wire.Intent) (wire.Answer, error) {
		asking <- i.Kind
		<-answer
		return wire.Answer{}, errors.New("too late")
	}
	run(t, NewHermes(b, nil, DefaultHermesIntents, nil), s)
	<-b.filters
	speak := func(session, intent, slots string) {
		b.play <- hotwordIn("kitchen")
		b.play <- startedIn("kitchen", session)
		b.play <- overheardMessage{topic: "hermes/intent/" + intent, payload: string(intentMessage("kitchen", session, slots))}
	}
	speak("s1", "GetTemperature", "")
	if kind := <-asking; kind != wire.IntentGetTemperature {
		t.Fatalf("asked for %d", kind)
	}
	b.play <- overheardMessage{topic: "hermes/dialogueManager/sessionEnded", payload: `{"siteId": "kitchen", "sessionId": "s1"}`}
	speak("s2", "SetMode", `{"slotName": "mode", "value": {"kind": "Unknown", "value": "heat"}}`)
	b.play <- overheardMessage{topic: "hermes/dialogueManager/sessionEnded", payload: `{"siteId": "kitchen", "sessionId": "s2"}`}
	b.play <- hotwordIn("kitchen") // the end before it has been taken in
	close(answer)
	b.play <- startedIn("kitchen", "s3")
	for kind := wire.IntentNone; kind == wire.IntentNone; { // until there is room for it
		b.play <- overheardMessage{topic: "hermes/intent/GetTemperature", payload: string(intentMessage("kitchen", "s3", ""))}
		select {
		case kind = <-asking:
		case <-time.After(100 * time.Millisecond):
		}
		if kind == wire.IntentSetMode {
			t.Error("asked for what was wished in a session that is over")
		}
	}
}
