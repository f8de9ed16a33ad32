package mdns

import (
	"context"
	"io"
	"log"
	"log/slog"
	"sync/atomic"
	"time"
)

// poll is how often the interface's addresses are looked at. A change counts when
// it is seen twice running.
const poll = 5 * time.Second

// Responder is the role.
type Responder struct {
	options    Options
	registered atomic.Bool

	// The seams to the kernel and the library.
	choose   func(configured string) (string, error)
	look     func(name string) place
	register func(o Options, name string, p place) (withdrawer, error)
}

type withdrawer interface{ withdraw() }

// New validates the options.
func New(o Options) (*Responder, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	return &Responder{options: o, choose: choose, look: look, register: func(o Options, name string, p place) (withdrawer, error) {
		r, err := register(o, name, p)
		if err != nil {
			return nil, err
		}
		return r, nil
	}}, nil
}

// Registered reports whether the record stands now. Any goroutine may ask.
func (r *Responder) Registered() bool { return r.registered.Load() }

// Run keeps the record standing until ctx ends, then withdraws it, which may take
// 3.5 s. It returns an error only if it cannot tell which interface is meant
// (ErrInterface); everything else is tried again.
func (r *Responder) Run(ctx context.Context) error {
	before := log.Writer()
	log.SetOutput(io.Discard)
	defer log.SetOutput(before)

	s := state{responder: r}
	defer s.withdraw()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		if err := s.step(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// state is what Run knows between two looks.
type state struct {
	responder *Responder
	name      string // the interface; "" = not chosen yet
	standing  place  // what is announced
	record    withdrawer
	seen      place // at the last look
	said      string
}

// step looks once and does what is due.
func (s *state) step() error {
	r := s.responder
	if s.name == "" {
		name, err := r.choose(r.options.Interface)
		if err != nil {
			return err
		}
		if s.name = name; name == "" {
			s.say("there is no interface to be found on yet")
			return nil
		}
	}
	now := r.look(s.name)
	lasts := now.equal(s.seen)
	s.seen = now
	if s.record != nil {
		if now.equal(s.standing) || !lasts {
			return nil
		}
		s.withdraw()
	}
	if len(now.addresses) == 0 {
		s.say("the interface has no address yet")
		return nil
	}
	record, err := r.register(r.options, s.name, now)
	if err != nil {
		s.say("the record cannot be announced on this interface; it is tried again", "error", err)
		return nil
	}
	s.record, s.standing = record, now
	r.registered.Store(true)
	s.say("the record is announced")
	return nil
}

func (s *state) withdraw() {
	if s.record != nil {
		s.responder.registered.Store(false)
		s.record.withdraw()
		s.record = nil
	}
}

// say logs what is new.
func (s *state) say(what string, more ...any) {
	if s.said != what {
		s.said = what
		s.responder.options.Log.Info(what, append([]any{slog.String("interface", s.name)}, more...)...)
	}
}
