package voice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"
)

// Pauses between two tries to reach a voice stack: the first, doubled every time up
// to the last. A link that stood for as long as the last pause begins anew.
const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
)

// redial calls follow, which returns when its link has gone, again and again until
// ctx ends. It logs that a link went, and why, once for every reason in a row.
func redial(ctx context.Context, log *slog.Logger, name string, follow func(context.Context) error) error {
	pause, said := firstPause, ""
	for {
		began := time.Now()
		err := follow(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(began) >= pause {
			pause, said = firstPause, ""
		}
		if text := fmt.Sprint(err); text != said {
			said = text
			log.Info("the voice stack cannot be followed; trying again", "adapter", name, "reason", text)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

// quietLog stands in for a logger nobody gave.
func quietLog(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}

// onLoopback refuses an address that is not a literal one of this device: a name
// could come to mean another machine, and whoever reaches a voice stack can say
// that somebody spoke.
func onLoopback(address string) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%q is no address; write one of this device with its port, such as 127.0.0.1:6055", address)
	}
	if !a.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("%q is not on this device; a voice stack is heard on the loopback only, such as 127.0.0.1:%d", address, a.Port())
	}
	return nil
}

// dialLoopback opens a connection within this device. It asks no resolver and no
// proxy, whatever the environment says.
func dialLoopback(ctx context.Context, _, address string) (net.Conn, error) {
	if err := onLoopback(address); err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// errFlood ends a link that says more than a voice stack has to say.
var errFlood = errors.New("more events than a voice stack has")

// Bounds on what one link may say. A session is six to ten events, and people do
// not hold ten sessions a minute.
const (
	floodBurst  = 40.0 // events at once
	floodPerSec = 2.0
)

// flood counts events against those bounds. The zero flood has counted nothing.
type flood struct {
	level float64 // events held against the link
	last  time.Time
}

// add counts one event at now and reports whether the link is within the bounds.
func (f *flood) add(now time.Time) error {
	if !f.last.IsZero() {
		f.level = max(0, f.level-now.Sub(f.last).Seconds()*floodPerSec)
	}
	f.last = now
	if f.level++; f.level > floodBurst {
		return errFlood
	}
	return nil
}
