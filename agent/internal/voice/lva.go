package voice

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"quietstat/consent"
)

// LVA follows linux-voice-assistant by its peripheral API, a WebSocket that it
// serves on port 6055 (v1.1.15; docs/peripheral_api.md, and peripheral_api.py for
// what the document leaves out).
//
// Start: wake_word_detected, heard as it happens. It is followed by listening,
// thinking and tts_speaking. A button on the satellite and the command
// start_listening give listening alone, and an announcement that asks something back
// gives tts_speaking, tts_finished, listening: neither has a wake word, so neither
// opens.
//
// End: tts_finished, idle, pipeline_error, disconnected, muted, any event that is
// not known, and the end of the connection. A conversation that the assistant
// continues by itself needs a new wake word.
//
// What can get lost: everything while the connection is down. The assistant repeats
// its present state to whoever connects, so a wake word heard then is old news and
// does not count; nor does anything before it. idle after an error comes only if
// Home Assistant ends the run; the consent state machine's timers close then.
//
// What can be forged: the API has no password, and everybody who reaches the port
// can send commands, though no events. So the address must be of this device, the
// assistant should be started with --peripheral-host 127.0.0.1, and while its port
// answers on the network too the log says so, once.
type LVA struct {
	address string
	log     *slog.Logger
	tables  []string // the kernel's tables of sockets
}

var _ Adapter = (*LVA)(nil)

// lvaLimit bounds one message, in bytes. The longest carry a sentence or two.
const lvaLimit = 64 << 10

// lvaSettle is how long after the snapshot a repeated state may still come, which is
// sent in the same breath; lvaGreeting is how long to wait for the snapshot.
const (
	lvaSettle   = time.Second
	lvaGreeting = 5 * time.Second
)

// NewLVA makes the adapter for the assistant at a loopback address, by default
// 127.0.0.1:6055. No logger means silence.
func NewLVA(address string, log *slog.Logger) (*LVA, error) {
	if err := onLoopback(address); err != nil {
		return nil, fmt.Errorf("linux-voice-assistant: %w", err)
	}
	return &LVA{address: address, log: quietLog(log), tables: socketTables}, nil
}

// String names the adapter.
func (a *LVA) String() string { return "lva" }

// Run follows the assistant until ctx ends.
func (a *LVA) Run(ctx context.Context, sink Sink) error {
	warned := false
	return redial(ctx, a.log, a.String(), func(ctx context.Context) error {
		return a.follow(ctx, sink, &warned)
	})
}

func (a *LVA) follow(ctx context.Context, sink Sink, warned *bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := openSocket(ctx, a.address, "", lvaLimit)
	if err != nil {
		return err
	}
	defer s.conn.CloseNow()
	if !*warned && exposed(a.tables, a.address) {
		*warned = true
		a.log.Warn("linux-voice-assistant can be commanded from the network; start it with --peripheral-host 127.0.0.1")
	}
	hear := func(kind consent.EventKind, live bool) {
		sink.Heard(consent.SessionEvent{Source: consent.SourceLVA, Site: a.String(), Kind: kind, Live: live})
	}
	defer hear(consent.KindLost, true)

	var link lvaLink
	var rate flood
	settled := time.NewTimer(lvaGreeting)
	defer settled.Stop()
	for {
		select {
		case b, open := <-s.frames:
			if !open {
				return s.gone
			}
			greeted := link.snapshot
			kind, live, err := link.decode(b)
			if err != nil {
				return err
			}
			if link.snapshot && !greeted {
				settled.Reset(lvaSettle)
			}
			if kind == consent.KindNone {
				continue
			}
			if err := rate.add(time.Now()); err != nil {
				return err
			}
			hear(kind, live)
		case <-settled.C:
			link.settle()
		}
	}
}
