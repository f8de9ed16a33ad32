package control

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// deaf are the signals that control does not hear.
var deaf = []os.Signal{syscall.SIGPIPE, syscall.SIGUSR1, syscall.SIGUSR2}

// untilSignalled ends the context at every signal by which people end programs: a
// Raspberry Pi's kernel keeps a relay as it was when its program dies, so a closed
// terminal (SIGHUP) or Ctrl-\ (SIGQUIT) must not be a way to leave the heating on.
// Signals that mean something to other roles, and the one for writing to a log that
// nobody reads any more, would end the program just as suddenly; they are ignored.
func untilSignalled(ctx context.Context) (context.Context, context.CancelFunc) {
	signal.Ignore(deaf...)
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM)
	return ctx, func() {
		stop()
		signal.Reset(deaf...)
	}
}
