package voice

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"quietstat/consent"
)

// Wyoming hears satellites of the Wyoming protocol (OHF-Voice/wyoming) as their
// event service: wyoming-satellite, started with --event-uri tcp://127.0.0.1:10500,
// connects here and forwards what happens to it. That program is deprecated by its
// authors in favour of linux-voice-assistant; see LVA.
//
// Start: detection, and only where the configuration says that the wake word is
// heard by the satellite itself (wake = "local"): when a server listens for it, its
// detection looks the same and comes from the server. streaming-started without a
// detection is what satellites say that stream always or at any noise, and proves
// nobody.
//
// Then: streaming-started (listening), transcript (thinking; its words are skipped
// unread), audio-start (speaking).
//
// End: played, error, pause-satellite, satellite-disconnected, a new
// satellite-connected or run-satellite, any event that is not known, and the end of
// the connection.
//
// What can get lost: the satellite throws away what it could not write, and says
// nothing for three seconds after it could not connect; pausing it sends no
// streaming-stopped; a session without a spoken answer has no played. The timers of
// the consent state machine close in every one of these cases.
//
// What can be forged: anybody on this device can connect and say detection. Nobody
// else can: the address must be of the loopback. Each connection is a site of its
// own, so that one cannot end or prolong another's session; the end of a connection
// is an error of its site, and the adapter is lost when it can no longer listen.
type Wyoming struct {
	address string
	log     *slog.Logger
}

var _ Adapter = (*Wyoming)(nil)

// NewWyoming makes the event service at a loopback address, by convention
// 127.0.0.1:10500. wake must be "local", the maker's word that the satellite hears
// its wake word itself.
func NewWyoming(listen, wake string, log *slog.Logger) (*Wyoming, error) {
	if wake != "local" {
		return nil, fmt.Errorf(`wyoming: wake is %q and must be "local": a wake word that a server hears is the server's word, not the room's`, wake)
	}
	if err := onLoopback(listen); err != nil {
		return nil, fmt.Errorf("wyoming: %w", err)
	}
	return &Wyoming{address: listen, log: quietLog(log)}, nil
}

// String names the adapter.
func (w *Wyoming) String() string { return "wyoming" }

// Run serves until ctx ends.
func (w *Wyoming) Run(ctx context.Context, sink Sink) error {
	return redial(ctx, w.log, w.String(), func(ctx context.Context) error {
		defer sink.Heard(consent.SessionEvent{Source: consent.SourceWyoming, Kind: consent.KindLost, Live: true})
		return serveWyoming(ctx, w.log, w.String(), w.address, func(_ context.Context, place int, c *wyomingConn) error {
			return hearSatellite(c, strconv.Itoa(place+1), sink)
		})
	})
}

// hearSatellite passes on what one satellite says until its connection ends.
func hearSatellite(c *wyomingConn, site string, sink Sink) error {
	hear := func(kind consent.EventKind) {
		sink.Heard(consent.SessionEvent{Source: consent.SourceWyoming, Site: site, Kind: kind, Live: true})
	}
	defer hear(consent.KindError)
	var rate flood
	for {
		h, _, err := c.next(time.Time{})
		if err == nil {
			err = c.skip(h)
		}
		if err != nil {
			return err
		}
		kind := wyomingKind(h.Type)
		if kind == consent.KindNone {
			continue
		}
		if err := rate.add(time.Now()); err != nil {
			return err
		}
		hear(kind)
	}
}

// wyomingKinds is every event a satellite forwards (wyoming's modules wake, vad, asr,
// tts, snd, error, satellite, pipeline, timer) and what it means here; KindNone
// means nothing.
var wyomingKinds = map[string]consent.EventKind{
	"detection":         consent.KindWake,
	"streaming-started": consent.KindListening,
	"transcript":        consent.KindThinking,
	"audio-start":       consent.KindSpeaking,

	"played":                 consent.KindEnd,
	"error":                  consent.KindError,
	"pause-satellite":        consent.KindEnd,
	"run-satellite":          consent.KindEnd, // a server has taken over: what was, is over
	"satellite-connected":    consent.KindEnd,
	"satellite-disconnected": consent.KindError,

	"detect": consent.KindNone, "not-detected": consent.KindNone, "voice-started": consent.KindNone,
	"voice-stopped": consent.KindNone, "streaming-stopped": consent.KindNone, "transcribe": consent.KindNone,
	"transcript-start": consent.KindNone, "transcript-chunk": consent.KindNone, "transcript-stop": consent.KindNone,
	"synthesize": consent.KindNone, "synthesize-start": consent.KindNone, "synthesize-chunk": consent.KindNone,
	"synthesize-stop": consent.KindNone, "synthesize-stopped": consent.KindNone,
	"audio-chunk": consent.KindNone, "audio-stop": consent.KindNone, "run-pipeline": consent.KindNone,
	"describe": consent.KindNone, "info": consent.KindNone, "ping": consent.KindNone, "pong": consent.KindNone,
	"timer-started": consent.KindNone, "timer-updated": consent.KindNone, "timer-cancelled": consent.KindNone,
	"timer-finished": consent.KindNone,
}

// wyomingKind is what an event means. What is not in the list is taken for an error,
// which closes.
func wyomingKind(kind string) consent.EventKind {
	k, known := wyomingKinds[kind]
	if !known {
		return consent.KindError
	}
	return k
}
