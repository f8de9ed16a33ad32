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
	// Died is called after every unasked end, before the next start.
	Died func()

	Isolated bool          // an empty network namespace, where the kernel allows
	Limit    time.Duration // between SIGTERM and SIGKILL; 0 = DefaultLimit

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
