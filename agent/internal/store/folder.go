package store

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
)

// Mirror makes a folder hold exactly these files, by name: what differs is
// written atomically, what is not wanted is removed.
func (d *Disk) Mirror(dir string, files map[string][]byte) error {
	if err := d.makeDir(dir); err != nil {
		return fmt.Errorf("cannot make %s: %w", dir, err)
	}
	names, err := d.list(dir)
	if err != nil {
		return fmt.Errorf("cannot look into %s: %w", dir, err)
	}
	var errs []error
	for _, name := range names {
		if _, wanted := files[name]; !wanted {
			errs = append(errs, d.remove(filepath.Join(dir, name)))
		}
	}
	for name, want := range files {
		path := filepath.Join(dir, name)
		if have, err := d.read(path); err == nil && bytes.Equal(have, want) {
			continue
		}
		errs = append(errs, d.WriteAtomic(path, want))
	}
	return errors.Join(append(errs, d.syncDir(dir))...)
}
