package store

import (
	"errors"
	"fmt"
	"syscall"
)

// ErrSpace says that the file system is too full to promise that what is decided
// can also be written down: less than 5 % (at most 1 GiB) is left, or a write has
// failed with ENOSPC. Nothing may leave the house while it stands.
var ErrSpace = errors.New("too little space on the state folder's file system; free some")

// DamagedError says that a file is not what was written to it.
type DamagedError struct {
	Path   string // the file
	Reason string // what is wrong with it; no content
	Remedy string // what a person can do
	Used   string // the file that was used in its place; "" = none
}

// Error names the file, what is wrong and the remedy.
func (e *DamagedError) Error() string {
	text := fmt.Sprintf("%s is damaged: %s; %s", e.Path, e.Reason, e.Remedy)
	if e.Used != "" {
		text += "; using " + e.Used
	}
	return text
}

// SchemaError says that a whole and undamaged file is of a kind or version this
// program does not know, as after going back to an older release.
type SchemaError struct {
	Path string
	Have string // what the file says it is
	Want string // what was asked for
}

// Error names the file, both schemas and the remedy.
func (e *SchemaError) Error() string {
	return fmt.Sprintf("%s has schema %q, this program reads %q; install the release that wrote it or move the file away", e.Path, e.Have, e.Want)
}

// spaceful adds ErrSpace to an error that is about space.
func spaceful(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrSpace, err)
	}
	return err
}

// diskError reports whether an error came from the operating system rather than
// from what a file says; a file that is not there is not one.
func diskError(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) && errno != syscall.ENOENT
}
