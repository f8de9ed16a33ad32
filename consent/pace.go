package consent

import (
	"encoding/hex"
	"io"
	"time"
)

// stream is what is paced by itself: one basis, to one recipient. A session is a
// basis for several, none of which waits for another.
type stream struct {
	recipient, basis string
	of               speech
}

// speech is what kind of message a stream is of; each is paced by itself.
type speech uint8

const (
	speechState speech = iota
	speechIntroduction
	speechAnswer
)

func (q *request) stream() stream { return stream{q.id, q.consent.id, q.speech()} }

func (q *request) speech() speech {
	switch {
	case q.consent.introduces:
		return speechIntroduction
	case q.consent.question != nil:
		return speechAnswer
	}
	return speechState
}

// answersPerHour bounds what a recipient that asks can make the house say.
const answersPerHour = 240

// rhythm is the least time between two messages of the stream, and the most in an hour.
func (q *request) rhythm() (period time.Duration, perHour int) {
	switch q.speech() {
	case speechIntroduction:
		return introductionPeriod, introductionsPerH
	case speechAnswer:
		return MinSessionPeriod, answersPerHour
	}
	return max(q.consent.scope.Period(), MinSessionPeriod), max(1, q.consent.scope.MaxPerHour())
}

// pace is how often one stream has spoken. The period is a fixed grid, so that
// when a message leaves says nothing about what happened in the house; the hourly
// bound is a token bucket, kept as the time at which it would be full again.
type pace struct {
	next time.Duration // BOOTTIME at which the next message is due
	full time.Duration // BOOTTIME at which the bucket is full
	cost time.Duration // what the next message adds to full
}

func (p pace) allows(now time.Duration) *Refusal {
	if now < p.next {
		return refuse(ReasonNotDue)
	}
	if p.full+p.cost > now+time.Hour {
		return refuse(ReasonRate)
	}
	return nil
}

func (p pace) spend(now, period time.Duration, perHour int) pace {
	p.cost = time.Hour / time.Duration(perHour)
	p.full = max(p.full, now) + p.cost
	if p.next == 0 {
		p.next = now
	}
	for p.next <= now { // stay on the grid
		p.next += period * (1 + (now-p.next)/period)
	}
	return p
}

// forget drops the pace of bases that are gone. A grant's stays while the grant
// does, so that closing and opening its window gains nothing.
func (g *Gate) forget(st *State) {
	for of := range g.pace {
		_, grant := st.grants[of.basis]
		_, once := st.onces[of.basis]
		if !grant && !once && (st.session == nil || st.session.ID != of.basis) {
			delete(g.pace, of)
			delete(g.known, of)
		}
	}
}

func (g *Gate) random(n int) (string, *Refusal) {
	b := make([]byte, n)
	if err := g.read(b); err != nil {
		return "", err
	}
	return hex.EncodeToString(b), nil
}

func (g *Gate) salt() (salt [32]byte, no *Refusal) {
	no = g.read(salt[:])
	return salt, no
}

func (g *Gate) read(b []byte) *Refusal {
	if g.entropy == nil {
		return refuse(ReasonEntropy)
	}
	if _, err := io.ReadFull(g.entropy, b); err != nil {
		return &Refusal{Reason: ReasonEntropy, Err: err}
	}
	return nil
}
