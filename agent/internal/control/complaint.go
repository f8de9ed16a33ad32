package control

import (
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"

	"quietstat/drivers"
)

// complaint is what the climate sensor last failed with, in the drivers' words: which
// bus, which address, which chip, and the remedy. The controller judges by the kind of
// fault alone; a person who wired the wrong chip needs the words. They hold no reading.
type complaint struct {
	now    atomic.Pointer[string] // nil: the last sample was good
	logged string                 // owned by whoever calls note
}

// note takes the outcome of one sample. A failure is logged when it is not the one that
// was logged last, so a loose cable fills no journal. A sample that could not be begun
// says nothing new.
func (c *complaint) note(err error, log *slog.Logger) {
	switch {
	case err == nil:
		c.now.Store(nil)
		return
	case errors.Is(err, drivers.ErrBusy), errors.Is(err, drivers.ErrClosed):
		return
	}
	text := strings.ReplaceAll(err.Error(), "\n", "; ") // of two sensors: one line each
	c.now.Store(&text)
	if text != c.logged {
		c.logged = text
		log.Warn("the climate sensor cannot be read", "problem", text)
	}
}

// text is the present complaint, empty if there is none. It is safe for concurrent use.
func (c *complaint) text() string {
	if now := c.now.Load(); now != nil {
		return *now
	}
	return ""
}
