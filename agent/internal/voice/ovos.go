package voice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"quietstat/consent"
)

// OVOS follows OpenVoiceOS by its message bus, a WebSocket at /core, by default on
// port 8181 (ovos-messagebus, ovos-dinkum-listener).
//
// Start: recognizer_loop:wakeword, then record_begin, and the listener's answer to
// recognizer_loop:state.get, asked for after the wake word, that its mode is
// wakeword: in the modes continuous and hybrid it records without one. The command
// mycroft.mic.listen gives record_begin alone, and injected audio (b64_audio) an
// utterance alone: neither opens.
//
// Then: utterance (thinking; its words are not read), audio_output_start (speaking).
//
// End: audio_output_end, speech.recognition.unknown, complete_intent_failure,
// mycroft.stop, sleep, muting, a mode other than wakeword, and the end of the
// connection. The bus has no message that says a session is over: when nothing is
// spoken, the timers of the consent state machine close.
//
// What can get lost: everything while the connection is down.
//
// What can be forged: everything, by everybody who reaches the bus, which has no
// password and by default listens on the network. The address must be of this
// device; the bus itself must be told to stay there ("websocket": {"host":
// "127.0.0.1"} in mycroft.conf), and while its port answers on the network the
// adapter refuses to follow it, unlike LVA's, whose port cannot be lied into.
type OVOS struct {
	address string
	log     *slog.Logger
	tables  []string // the kernel's tables of sockets
}

var _ Adapter = (*OVOS)(nil)

// ovosLimit bounds one message, in bytes. Skills send each other whole pages.
const ovosLimit = 1 << 20

// ovosAsk asks the listener for its mode; the answer is recognizer_loop:state.
const ovosAsk = `{"type":"recognizer_loop:state.get","data":{},"context":{}}`

// NewOVOS makes the adapter for the bus at a loopback address, by default
// 127.0.0.1:8181.
func NewOVOS(address string, log *slog.Logger) (*OVOS, error) {
	if err := onLoopback(address); err != nil {
		return nil, fmt.Errorf("ovos: %w", err)
	}
	return &OVOS{address: address, log: quietLog(log), tables: socketTables}, nil
}

// String names the adapter.
func (a *OVOS) String() string { return "ovos" }

// Run follows the bus until ctx ends.
func (a *OVOS) Run(ctx context.Context, sink Sink) error {
	return redial(ctx, a.log, a.String(), func(ctx context.Context) error { return a.follow(ctx, sink) })
}

func (a *OVOS) follow(ctx context.Context, sink Sink) error {
	if exposed(a.tables, a.address) {
		return errors.New("the bus can be spoken to from the network, so nothing on it proves anybody; bind it to 127.0.0.1")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := openSocket(ctx, a.address, "/core", ovosLimit)
	if err != nil {
		return err
	}
	defer s.conn.CloseNow()
	hear := func(kind consent.EventKind) {
		sink.Heard(consent.SessionEvent{Source: consent.SourceOVOS, Site: a.String(), Kind: kind, Live: true})
	}
	defer hear(consent.KindLost)

	var r recogniser
	var rate flood
	for b := range s.frames {
		m, err := decodeOVOS(b)
		if err != nil {
			return err
		}
		kinds, ask := r.on(m, time.Now())
		if len(kinds) == 0 && !ask {
			continue
		}
		if err := rate.add(time.Now()); err != nil {
			return err
		}
		for _, kind := range kinds {
			hear(kind)
		}
		if ask {
			if err := s.say(ctx, ovosAsk); err != nil {
				return err
			}
		}
	}
	return s.gone
}
