package store

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// file is an open file of a Disk. Writes say where they go, so that bytes left
// behind by a failed write are overwritten or cut off, never built upon.
type file struct {
	disk *Disk
	path string
	f    *os.File
}

// open opens a file for reading and writing and makes it, 0600, where flag says
// so. O_NOFOLLOW: nothing this package writes is ever a symbolic link.
func (d *Disk) open(path string, flag int) (*file, error) {
	w := &file{disk: d, path: path}
	err := d.do(Op{Kind: OpOpen, Path: path}, func() (err error) {
		w.f, err = os.OpenFile(path, os.O_RDWR|unix.O_NOFOLLOW|flag, 0o600)
		return err
	})
	if err != nil {
		if w.f != nil {
			return nil, errors.Join(err, w.f.Close())
		}
		return nil, err
	}
	return w, nil
}

func (w *file) writeAt(data []byte, offset int64) error {
	op := Op{Kind: OpWrite, Path: w.path, Size: len(data)}
	if f := w.disk.fault.Load(); f != nil {
		if v := (*f)(op); v.Err != nil {
			n := v.Applied
			if n < 0 || n > len(data) {
				n = len(data)
			}
			_, err := w.f.WriteAt(data[:n], offset)
			return errors.Join(&os.PathError{Op: "write", Path: w.path, Err: v.Err}, err)
		}
	}
	_, err := w.f.WriteAt(data, offset)
	return err
}

// sync is fdatasync(2): the bytes and the length they need, not the times.
func (w *file) sync() error {
	return w.disk.do(Op{Kind: OpSync, Path: w.path}, func() error {
		for {
			err := unix.Fdatasync(int(w.f.Fd()))
			if err == nil {
				return nil
			}
			if !errors.Is(err, unix.EINTR) {
				return &os.PathError{Op: "fdatasync", Path: w.path, Err: err}
			}
		}
	})
}

func (w *file) truncate(size int64) error {
	return w.disk.do(Op{Kind: OpTruncate, Path: w.path}, func() error { return w.f.Truncate(size) })
}

func (w *file) close() error { return w.f.Close() }
