package keeper

import (
	"context"
	"errors"
	"maps"
	"net"
	"sync"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// Bounds on what the voice role may say, on the real clock.
const (
	voiceFrames = 50              // in voiceSpan; a conversation is ten
	voiceSpan   = time.Second     //
	voiceLate   = 2 * time.Second // what the core hears of after so long is not live any more
	voiceWrite  = 50 * time.Millisecond
)

// ear serves voice.sock: one voice role at a time, of our own user or root, in frames
// of a closed form. Whatever else comes ends the connection, and with it every session
// that was opened through it.
type ear struct {
	listener net.Listener
	trusts   func(*net.UnixConn) bool // ours
	tell     func(func())             // hands work to the core
	to       *core                    // used in that work alone

	mu   sync.Mutex
	conn net.Conn // of the voice role; nil: none
}

// Why a connection of a voice role ended or was not taken, as status names it.
var (
	errVoiceMalformed = errors.New("malformed")
	errVoiceFlood     = errors.New("flood")
	errVoiceStranger  = errors.New("stranger")
	errVoiceSecond    = errors.New("second")
)

// Run serves until the context ends or the listener fails.
func (e *ear) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	defer context.AfterFunc(ctx, func() { e.listener.Close() })()
	for {
		conn, err := e.listener.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			time.Sleep(voiceWrite) // out of files, or somebody who was gone before he came
			continue
		}
		if why := e.take(conn); why != nil {
			conn.Close()
			e.tell(func() { e.to.voice.refuse(why) })
			continue
		}
		all.Go(func() {
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			why := e.follow(conn)
			e.leave(conn)
			e.tell(func() { e.to.voiceGone(why) })
		})
		e.tell(e.to.voiceCame)
	}
}

func (e *ear) take(conn net.Conn) error {
	unix, ok := conn.(*net.UnixConn)
	if !ok || !e.trusts(unix) {
		return errVoiceStranger
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.conn != nil {
		return errVoiceSecond
	}
	e.conn = conn
	return nil
}

func (e *ear) leave(conn net.Conn) {
	e.mu.Lock()
	defer e.mu.Unlock()
	conn.Close()
	e.conn = nil
}

// follow reads frames until the link ends, which is no fault, or says what it may not.
func (e *ear) follow(conn net.Conn) error {
	buf := make([]byte, wire.MaxFrame+1)
	frames, since := 0, time.Now()
	for {
		kind, body, err := wire.Receive(conn, buf)
		if errors.Is(err, wire.ErrFrame) {
			return errVoiceMalformed
		}
		if err != nil {
			return nil
		}
		at := time.Now()
		if at.Sub(since) >= voiceSpan {
			frames, since = 0, at
		}
		if frames++; frames > voiceFrames {
			return errVoiceFlood
		}
		work, err := e.understand(kind, body, at)
		if err != nil {
			return errVoiceMalformed
		}
		e.tell(work)
	}
}

// understand turns a frame into work for the core.
func (e *ear) understand(kind wire.Kind, body []byte, at time.Time) (func(), error) {
	switch kind {
	case wire.KindHeard:
		h, err := wire.DecodeHeard(body)
		return func() { e.to.heard(h.Event(), at) }, err
	case wire.KindIntent:
		i, err := wire.DecodeIntent(body)
		return func() { e.to.intend(i) }, err
	}
	return nil, errVoiceMalformed
}

// say gives the voice role an answer. It never waits for long.
func (e *ear) say(a wire.Answer) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.conn == nil {
		return errors.New("the voice role is not connected")
	}
	if err := e.conn.SetWriteDeadline(time.Now().Add(voiceWrite)); err != nil {
		return err
	}
	return wire.Send(e.conn, wire.KindAnswer, a)
}

// voiceBook is what status tells of the voice role.
type voiceBook struct {
	connected bool
	stacks    map[consent.Source]stackBook
	refusals  map[string]uint64 // since start
	last      string            // as a sentence
}

type stackBook struct {
	events uint64
	last   time.Duration // BOOTTIME
}

// refuse notes why the voice role, or something it said, was not believed.
func (b *voiceBook) refuse(err error) {
	word, sentence := err.Error(), linkRefusals[err]
	if r, ok := asRefusal(err); ok {
		word, sentence = r.Reason.String(), plain(r.Error())
	}
	b.refusals[word]++
	b.last = sentence
}

var linkRefusals = map[error]string{
	errVoiceMalformed: "the voice role said something that is no event, so it was cut off: keeper and voice role must be the same build",
	errVoiceFlood:     "the voice role said more than a voice stack can have to say, so it was cut off: look at the stack's own log",
	errVoiceStranger:  "somebody of another user came to voice.sock and was sent away: see who else runs on this device",
	errVoiceSecond:    "a second voice role came while the first was there, and was sent away: run one",
}

// voiceStatus is nil where nobody has anything to do with voice.
func (c *core) voiceStatus() *local.VoiceStatus {
	b := &c.voice
	if c.ear == nil || !b.connected && len(b.refusals)+len(b.stacks) == 0 && !c.o.Voice {
		return nil
	}
	now := c.now()
	s := &local.VoiceStatus{Connected: b.connected, Stacks: []local.VoiceStack{}, Refusals: maps.Clone(b.refusals), LastRefusal: b.last}
	if until, held := c.state.WakeHeld(now); held {
		s.HeldS = (until - now.Boot).Seconds()
	}
	for source := consent.SourceLVA; source <= consent.SourceESPHome; source++ {
		if k, ok := b.stacks[source]; ok {
			s.Stacks = append(s.Stacks, local.VoiceStack{Name: source.String(), Events: k.events, LastS: (now.Boot - k.last).Seconds()})
		}
	}
	return s
}
