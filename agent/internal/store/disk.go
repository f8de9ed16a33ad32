package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"io"
	"quietstat/agent/internal/clock"
	"syscall"
)

// Disk is the disk as this package sees it. Every file operation of the package
// is one of its methods, and each asks the injected Fault first. The zero Disk is
// the real disk. A Disk may be shared by any number of writers and goroutines.
type Disk struct {
	fault atomic.Pointer[Fault]
}

// Inject makes f judge every operation from now on; nil takes the fault away.
// It may be called at any time from any goroutine.
func (d *Disk) Inject(f Fault) {
	if f == nil {
		d.fault.Store(nil)
		return
	}
	d.fault.Store(&f)
}

// Obey injects the faults of a virtual clock's tick, and takes them away when
// the tick no longer carries them.
func (d *Disk) Obey(faults clock.Fault) {
	if faults&clock.FaultDiskFull != 0 {
		d.Inject(Full())
		return
	}
	d.Inject(nil)
}

// do asks the fault about an operation and performs it. An operation that fails
// although it took effect is performed before its error is returned.
func (d *Disk) do(op Op, perform func() error) error {
	f := d.fault.Load()
	if f == nil {
		return perform()
	}
	v := (*f)(op)
	if v.Err == nil {
		return perform()
	}
	err := &fs.PathError{Op: op.Kind.String(), Path: op.Path, Err: v.Err}
	if v.Applied != 0 {
		return errors.Join(err, perform())
	}
	return err
}

// maxFile is more than any file this package writes can hold.
const maxFile = 64 << 20

// read returns a whole file. What is no regular file, or larger than any of ours,
// is an error: a device or a pipe under one of our names would fill the memory or
// hold the role up for ever, and with it the frost protection.
func (d *Disk) read(path string) (data []byte, err error) {
	err = d.do(Op{Kind: OpRead, Path: path}, func() error {
		data, err = readRegular(path)
		return err
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}

func readRegular(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s is not a file of ours (%s, %d bytes); move it away", path, info.Mode().Type(), info.Size())
	}
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// list returns the names in a folder, sorted; a folder that is not there is empty.
func (d *Disk) list(dir string) (names []string, err error) {
	err = d.do(Op{Kind: OpRead, Path: dir}, func() error {
		entries, err := os.ReadDir(dir)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return names, err
}

// makeDir makes a folder and its parents, 0700, and makes each new name durable.
func (d *Disk) makeDir(dir string) error {
	if info, err := os.Stat(dir); err == nil {
		if !info.IsDir() {
			return fmt.Errorf("%s is a file where a folder is needed; move it away", dir)
		}
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := d.makeDir(parent); err != nil {
			return err
		}
	}
	err := d.do(Op{Kind: OpMakeDir, Path: dir}, func() error { return os.Mkdir(dir, 0o700) })
	if err != nil {
		return err
	}
	return d.syncDir(parent)
}

// syncDir makes the names in a folder durable: without it a file that was made,
// renamed or removed may be as before after a power cut (fsync(2)).
func (d *Disk) syncDir(dir string) error {
	return d.do(Op{Kind: OpSyncDir, Path: dir}, func() error {
		f, err := os.Open(dir)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

func (d *Disk) rename(from, to string) error {
	return d.do(Op{Kind: OpRename, Path: to}, func() error { return os.Rename(from, to) })
}

func (d *Disk) link(from, to string) error {
	return d.do(Op{Kind: OpLink, Path: to}, func() error { return os.Link(from, to) })
}

// remove removes a file or an empty folder; one that is not there is removed.
func (d *Disk) remove(path string) error {
	err := d.do(Op{Kind: OpRemove, Path: path}, func() error { return os.Remove(path) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// free answers how many bytes an unprivileged writer may still use on the file
// system that holds dir, and its whole size.
func (d *Disk) free(dir string) (free, total uint64, err error) {
	err = d.do(Op{Kind: OpFree, Path: dir}, func() error {
		var s unix.Statfs_t
		if err := unix.Statfs(dir, &s); err != nil {
			return &fs.PathError{Op: "statfs", Path: dir, Err: err}
		}
		size := uint64(s.Bsize)
		free, total = uint64(s.Bavail)*size, uint64(s.Blocks)*size
		return nil
	})
	return free, total, err
}
