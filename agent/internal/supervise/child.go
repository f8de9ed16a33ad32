package supervise

import (
	"io"
	"os"
	"time"
)

// Child describes one process the parent keeps alive.
type Child struct {
	Name string   // unique among the children; "control", "keeper", "mdns", ...
	Args []string // after the executable's own path

	// Sockets are the listening sockets the child is given at every start.
	Sockets []*Socket
	// Prepare makes what must be new at every start (a clock link, a board
	// connection). The files are closed on this side once the child has them.
	Prepare func() ([]File, error)
	// Died is called after every unasked end, before the next start, and after an
	// end at Stop that was not clean: killed, or an exit status other than 0. It
	// must return within a bounded time, for Stop waits for it.
	Died func()

	Isolated bool          // an empty network namespace, where the kernel allows
	Limit    time.Duration // between SIGTERM and SIGKILL; 0 = DefaultLimit
	// Watchdog is how long the child may be silent on the real clock before it is
	// killed as one that hangs, which is an unasked end; 0 = for ever, and what a
	// child on a virtual clock needs. The child finds it in WATCHDOG_USEC and says
	// WATCHDOG=1 more often. It counts from READY=1, or from the first WATCHDOG=1
	// if that is earlier.
	Watchdog time.Duration

	Stdout, Stderr io.Writer // nil = discarded
}

// File is an open file for a child. Its number is put into the variable.
type File struct {
	Variable string
	File     *os.File
}

// DefaultLimit is how long a child may take to end after SIGTERM.
const DefaultLimit = 5 * time.Second

func (c *Child) limit() time.Duration {
	if c.Limit > 0 {
		return c.Limit
	}
	return DefaultLimit
}

// Args are the arguments every role is started with.
func Args(role, config, runtime, state string) []string {
	return []string{role, "--config", config, "--runtime", runtime, "--state", state}
}
