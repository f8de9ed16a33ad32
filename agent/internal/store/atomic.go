package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// temporary is what a file is called until it is whole. The name is fixed, so
// that a crash leaves at most one behind, which the next write overwrites.
func temporary(path string) string { return path + ".tmp" }

// WriteAtomic replaces the file at path (0600) by data. When it returns nil the
// new content survives a power cut; when it returns an error or the program dies
// inside it, the file is wholly the old one or wholly the new one:
//
//	openat("f.tmp", O_CREAT|O_TRUNC)   crash: old f, a useless f.tmp
//	pwrite, fdatasync                  crash: the same
//	renameat("f.tmp", "f")             crash: old f or new f
//	fsync of the folder                crash: new f
//
// One goroutine at a time may write a given path. Errors are those of the
// operations, wrapped; syscall.ENOSPC, EIO and EROFS can be asked for.
func (d *Disk) WriteAtomic(path string, data []byte) error {
	if err := d.stage(path, data); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	if err := d.rename(temporary(path), path); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	if err := d.syncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("cannot make %s durable: %w", path, err)
	}
	return nil
}

// stage writes the durable content that a rename will put in place.
func (d *Disk) stage(path string, data []byte) error {
	w, err := d.open(temporary(path), os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if err := w.writeAt(data, 0); err != nil {
		return errors.Join(err, w.close())
	}
	return errors.Join(w.sync(), w.close())
}
