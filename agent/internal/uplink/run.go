package uplink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/wire"
)

// linkTimeout bounds every frame we write. The keeper always reads.
const linkTimeout = time.Second

// Run serves one window over conn, which it closes, for the recipient of the file
// at path, and returns when nothing can leave any more: with nil when the keeper
// or ctx has ended it, otherwise with an error for ExitCode. The process should
// exit then.
func Run(ctx context.Context, conn net.Conn, path string) error {
	return run(ctx, conn, path, wire.LeaseTime)
}

func run(ctx context.Context, conn net.Conn, path string, life time.Duration) error {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()

	r, err := load(path)
	if err != nil {
		return err
	}
	o, err := options(r, path)
	if err != nil {
		return err
	}
	if err := hello(conn, r); err != nil {
		return err
	}
	open, err := awaitOpen(conn)
	if open == nil {
		return err
	}
	if open.Fingerprint != r.Fingerprint().String() {
		err := fmt.Errorf("%w: the keeper's fingerprint of it is another; its file is not the one that was enrolled", ErrRecipient)
		return errors.Join(err, say(conn, wire.KindOpened, wire.Opened{Epoch: open.Epoch, Error: err.Error()}))
	}
	o.Epoch = open.Epoch
	w := &window{conn: conn, epoch: open.Epoch, lease: newLease(clock.Boottime, life), lost: make(chan struct{})}
	w.hear(&o, r)
	return w.serve(o)
}

// awaitOpen waits for Open, without a limit: the keeper's death is the end of the
// link. No frame and no error means that no window is wanted.
func awaitOpen(conn net.Conn) (*wire.Open, error) {
	buf := make([]byte, wire.MaxFrame+1)
	kind, body, err := wire.Receive(conn, buf)
	switch {
	case ended(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrLink, err)
	case kind == wire.KindShut:
		var shut wire.Shut
		if err := wire.Decode(body, &shut); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrLink, err)
		}
		return nil, say(conn, wire.KindClosed, wire.Closed{Epoch: shut.Epoch})
	case kind != wire.KindOpen:
		return nil, fmt.Errorf("%w: a frame of kind %q came before the window was opened", ErrLink, kind)
	}
	var open wire.Open
	if err := wire.Decode(body, &open); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLink, err)
	}
	if open.Epoch == 0 {
		return nil, fmt.Errorf("%w: a window without an epoch", ErrLink)
	}
	return &open, nil
}

// ended reports whether the link ended, on either side.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || reset(err)
}

// say writes a frame to a keeper that may be gone.
func say(conn net.Conn, kind wire.Kind, body any) error {
	if err := conn.SetWriteDeadline(time.Now().Add(linkTimeout)); err != nil {
		return fmt.Errorf("%w: %w", ErrLink, err)
	}
	if err := wire.Send(conn, kind, body); err != nil {
		return fmt.Errorf("%w: %w", ErrLink, err)
	}
	return nil
}
