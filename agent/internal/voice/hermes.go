package voice

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"quietstat/consent"
)

// Broker is a connection to an MQTT broker on this device that is only listened to,
// apart from answers. Package mqtt has one; this package may not know it.
type Broker interface {
	// Listen connects, subscribes to the filters and hands every message to heard,
	// one at a time in the order they came, until the link goes or ctx ends. heard
	// must not block for long. The payload is heard's to keep.
	Listen(ctx context.Context, filters []string, heard func(topic string, retained bool, payload []byte)) error
	// Say publishes one message while a Listen stands: quality of service 0, not
	// retained. It does not wait until it has left.
	Say(topic string, payload []byte) error
}

// Hermes follows a dialogue manager of the Hermes protocol (Rhasspy 2.5, Snips) over
// an MQTT broker on this device (rhasspy-hermes, rhasspy-dialogue-hermes).
//
// Start: hermes/hotword/<id>/detected, and within ten seconds sessionStarted of the
// same site; only then is the wake word said. A session that anything else started
// (startSession, an action or a notification, by whomever) has no hotword and proves
// nobody. The end of speech is the recognised intent: a hotword that nobody followed
// up with words releases nothing, and no topic that exists to carry words is
// subscribed to.
//
// End: sessionEnded, intentNotRecognized, hermes/error of the site or of no site, a
// second session on the same site, words of another session on the same site, and
// the end of the connection. continueSession is not listened to: further intents of
// a session are further events of it, within the same caps.
//
// What can get lost: everything while the connection is down (the session is clean,
// the quality of service 0); the dialogue manager may die without a word, and gives
// 30 s to every step. The timers of the consent state machine close. Retained
// messages are old news by definition and dropped.
//
// What can be forged: whoever may publish to the broker can say that a hotword was
// heard. So the broker must be of this device and not the one that is also a
// recipient, and its access list must let only the wake service publish hotwords.
// For Mosquitto, with a user for each service:
//
//	user wake
//	topic write hermes/hotword/+/detected
//	topic read hermes/#
//	user rhasspy
//	topic read hermes/#
//	topic write hermes/dialogueManager/#
//	topic write hermes/asr/#
//	topic write hermes/nlu/#
//	topic write hermes/intent/#
//	topic write hermes/tts/#
//	topic write hermes/error/#
//	topic write hermes/audioServer/#
//	topic write hermes/hotword/toggleOn
//	topic write hermes/hotword/toggleOff
//	user quietstat
//	topic read hermes/#
//	topic write hermes/dialogueManager/endSession
//
// Answers are said with hermes/dialogueManager/endSession, which the dialogue
// manager speaks in the room of the session and ends it.
type Hermes struct {
	broker  Broker
	sites   []string
	intents HermesIntents
	log     *slog.Logger
}

var _ Adapter = (*Hermes)(nil)

// hermesAnswer is how long the keeper may think about a wish.
const hermesAnswer = 5 * time.Second

// NewHermes makes the adapter. Sites are the siteIds that are listened to, none
// means all of the broker.
func NewHermes(broker Broker, sites []string, intents HermesIntents, log *slog.Logger) *Hermes {
	return &Hermes{broker: broker, sites: sites, intents: intents, log: quietLog(log)}
}

// String names the adapter.
func (h *Hermes) String() string { return "hermes" }

// Run follows the dialogue manager until ctx ends.
func (h *Hermes) Run(ctx context.Context, sink Sink) error {
	return redial(ctx, h.log, h.String(), func(ctx context.Context) error { return h.follow(ctx, sink) })
}

func (h *Hermes) follow(ctx context.Context, sink Sink) error {
	ctx, cancel := context.WithCancelCause(ctx)
	d := dialogue{intents: h.intents, only: h.sites}
	pass := func(events []consent.SessionEvent) {
		for _, e := range events {
			sink.Heard(e)
		}
	}
	wishes, answered := make(chan *hermesWish, 1), make(chan struct{})
	go func() {
		defer close(answered)
		h.answer(ctx, sink, wishes)
	}()
	var rate flood
	var queued *hermesWish // the newest, which may wait for the answer to the one before
	err := h.broker.Listen(ctx, hermesFilters, func(topic string, retained bool, payload []byte) {
		if retained || context.Cause(ctx) != nil {
			return
		}
		m, err := decodeHermes(topic, payload)
		if err == nil && m.what != hermesNothing {
			err = rate.add(time.Now())
		}
		if err != nil {
			cancel(err)
			return
		}
		events, wish := d.on(m, time.Now())
		if queued != nil && !d.holds(queued) {
			queued.over.Store(true)
		}
		pass(events)
		if wish != nil {
			select {
			case wishes <- wish:
				queued = wish
			default: // one at a time: people do not speak faster
			}
		}
	})
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	cancel(nil)
	<-answered
	pass(d.lost())
	return err
}

// answer asks the keeper about wishes, one after the other, and has the dialogue
// manager say what it said.
func (h *Hermes) answer(ctx context.Context, sink Sink, wishes <-chan *hermesWish) {
	for {
		var w *hermesWish
		select {
		case <-ctx.Done():
			return
		case w = <-wishes:
		}
		if w.over.Load() {
			continue
		}
		asking, cancel := context.WithTimeout(ctx, hermesAnswer)
		a, err := sink.Ask(asking, w.intent)
		cancel()
		if err != nil {
			continue // the session ends by itself
		}
		end, err := json.Marshal(struct {
			SessionID string `json:"sessionId"`
			Words     string `json:"text"`
		}{w.session, a.Text})
		if err == nil {
			err = h.broker.Say("hermes/dialogueManager/endSession", end)
		}
		if err != nil {
			h.log.Info("an answer could not be said", "adapter", h.String(), "reason", fmt.Sprint(err))
		}
	}
}
