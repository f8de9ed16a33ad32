package link

import (
	"errors"
	"time"

	"quietstat/agent/internal/wire"
)

// How is the way a window ended.
type How uint8

const (
	// Unended is the zero value: nobody knows.
	Unended How = iota
	// Confirmed means that the uplink said Closed, or ended by itself.
	Confirmed
	// Killed means that it had to be killed, and is dead.
	Killed
)

// String returns "unended", "confirmed" or "killed".
func (h How) String() string {
	return [...]string{"unended", "confirmed", "killed"}[min(h, 2)]
}

// End says how a window ended and how long it took, in real time.
type End struct {
	How  How
	Took time.Duration
}

// ShutTime is what revoking may take altogether.
const ShutTime = 200 * time.Millisecond

// ErrAlive means that the uplink's process could not be confirmed dead in time.
// It has been sent SIGKILL and gets no more leases.
var ErrAlive = errors.New("uplink: its process is still there")

// Shut ends the window within the limit (ShutTime, usually): it asks, waits an eighth
// of it for Closed or for the end of the process, then kills and waits for the death,
// or for a Closed that was on its way. It may be called at any time and more than once;
// later callers wait for the first and get its answer.
//
// The kill comes that early because dying takes time where many want to run: each of a
// process's threads must be scheduled once more to leave it. Nothing is lost by it: the
// connection is discarded by its end as by the uplink's own hand.
func (l *Link) Shut(limit time.Duration) (End, error) {
	l.shutting.Do(func() { l.end, l.endErr = l.shut(limit) })
	return l.end, l.endErr
}

func (l *Link) shut(limit time.Duration) (End, error) {
	begun := time.Now()
	close(l.stopping) // no more leases
	l.ask()

	defer func() { go l.bury() }()
	if l.confirmed(begun.Add(limit / 8)) {
		return End{Confirmed, time.Since(begun)}, nil
	}
	err := l.process.kill()
	if l.confirmed(begun.Add(limit)) {
		return End{Killed, time.Since(begun)}, nil
	}
	return End{Unended, time.Since(begun)}, errors.Join(ErrAlive, err)
}

func (l *Link) ask() {
	if frame, err := wire.Encode(wire.KindShut, wire.Shut{Epoch: l.epoch.Load()}); err == nil {
		_ = l.offer(frame)
	}
	_ = l.conn.CloseWrite() // what it does not read as Shut it reads as the end
}

// confirmed waits for the uplink's word, or for its death: that the link ended is
// not enough, for the uplink may have closed it for another reason.
func (l *Link) confirmed(deadline time.Time) bool {
	timer := time.NewTimer(time.Until(deadline))
	defer timer.Stop()
	select {
	case <-l.closed:
		return true
	case <-l.ended:
	case <-timer.C:
	}
	select {
	case <-l.closed: // it came last
		return true
	default:
		return l.process.wait(deadline)
	}
}

// leaving is how long an uplink that has nothing left to send may take to exit.
const leaving = 5 * time.Second

// bury makes sure that no process stays behind a closed window, and lets go of
// what the link held.
func (l *Link) bury() {
	if !l.process.wait(time.Now().Add(leaving)) {
		_ = l.process.kill()
		l.process.wait(time.Now().Add(leaving))
	}
	_ = l.process.close()
	_ = l.conn.Close()
}
