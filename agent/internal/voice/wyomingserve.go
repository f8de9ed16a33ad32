package voice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
)

// wyomingPeers is how many connections a service of ours holds at once. A house has
// fewer satellites on one device; whoever comes next is turned away.
const wyomingPeers = 4

// serveWyoming listens at a loopback address until ctx ends, and hands each
// connection to serve with the number of its place, 0 to wyomingPeers-1, which is
// free again when serve returns.
func serveWyoming(ctx context.Context, log *slog.Logger, name, address string, serve func(ctx context.Context, place int, c *wyomingConn) error) error {
	if err := onLoopback(address); err != nil {
		return err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", withoutAddress(err))
	}
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	defer l.Close()
	defer context.AfterFunc(ctx, func() { l.Close() })()

	places := make(chan int, wyomingPeers)
	for i := range wyomingPeers {
		places <- i
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return fmt.Errorf("cannot accept: %w", withoutAddress(err))
		}
		select {
		case place := <-places:
			all.Go(func() {
				defer func() { places <- place }()
				defer conn.Close()
				defer context.AfterFunc(ctx, func() { conn.Close() })()
				if err := serve(ctx, place, newWyomingConn(conn)); errors.Is(err, errWyoming) || errors.Is(err, errFlood) {
					log.Info("a connection was closed", "adapter", name, "reason", err)
				}
			})
		default:
			conn.Close()
		}
	}
}
