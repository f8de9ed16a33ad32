package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Mirror makes a folder hold exactly these files, by name: what differs is
// written atomically, what is not wanted is removed. Folders in it are left alone.
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
		if _, wanted := files[name]; !wanted && !isFolder(filepath.Join(dir, name)) {
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

// Add puts files into a folder, each atomically, and leaves what else is there.
func (d *Disk) Add(dir string, files map[string][]byte) error {
	if err := d.makeDir(dir); err != nil {
		return fmt.Errorf("cannot make %s: %w", dir, err)
	}
	for name, content := range files {
		if err := d.WriteAtomic(filepath.Join(dir, name), content); err != nil {
			return err
		}
	}
	return nil
}

func isFolder(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

// RemoveFolder removes a folder and the files in it; one that is not there is
// removed. Folders in it are not followed, and are an error.
func (d *Disk) RemoveFolder(dir string) error {
	names, err := d.list(dir)
	if err != nil {
		return fmt.Errorf("cannot look into %s: %w", dir, err)
	}
	for _, name := range names {
		if err := d.remove(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return d.remove(dir)
}
