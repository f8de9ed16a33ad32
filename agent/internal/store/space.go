package store

import "fmt"

// What must stay free on the file system: a twentieth, as the last blocks of a
// nearly full file system are the slowest and the first to fail, but never more
// than a gibibyte.
const (
	minFreePart  = 20
	minFreeBytes = 1 << 30
)

// enoughSpace answers ErrSpace when too little is left.
func (d *Disk) enoughSpace(dir string) error {
	free, total, err := d.free(dir)
	if err != nil {
		return fmt.Errorf("cannot tell how much space is left: %w", spaceful(err))
	}
	return checkSpace(free, total)
}

func checkSpace(free, total uint64) error {
	if free < min(total/minFreePart, minFreeBytes) {
		return ErrSpace
	}
	return nil
}
