package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// appendFile is a file of frames that only grows: the tail of the ledger, a day
// of values, a month of history. Its first frame is a header that says what the
// file is, so that every byte of the file is under a checksum.
type appendFile struct {
	w   *file
	end int64 // the end of what is whole and durable: where the next record goes

	// unsure: an append has failed, and bytes of it may be on the disk behind end.
	unsure bool
}

// createAppend makes an append-only file, whole and durable with its header, in
// place of whatever is at path.
func (d *Disk) createAppend(path string, header []byte) error {
	if err := d.makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	return d.WriteAtomic(path, appendFrame(nil, header))
}

// openAppend opens an append-only file and shows visit every record with its
// offset, the header at 0. A torn last record is cut off, durably; cut says how
// many bytes that were. Every other damage is a *DamagedError with the given
// remedy, and the file is left as it is. A file that is not there is fs.ErrNotExist.
func (d *Disk) openAppend(path, remedy string, visit func(at int64, record []byte) error) (a *appendFile, cut int64, err error) {
	data, err := d.read(path)
	if err != nil {
		return nil, 0, err
	}
	whole, err := eachFrame(data, visit)
	if err != nil && !errors.Is(err, errTorn) {
		return nil, 0, &DamagedError{Path: path, Reason: err.Error(), Remedy: remedy}
	}
	w, err := d.open(path, 0)
	if err != nil {
		return nil, 0, err
	}
	a = &appendFile{w: w, end: whole}
	cut = int64(len(data)) - whole
	if cut > 0 {
		a.unsure = true
		err = a.mend()
	}
	// The name may be younger than the last fsync of the folder: a creation that
	// failed halfway. What is appended must not vanish with the name.
	if err == nil {
		err = d.syncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("cannot repair %s: %w", path, err), w.close())
	}
	return a, cut, nil
}

// append writes one frame, or several back to back, in one write and one
// fdatasync. When it returns nil they are durable. When it fails they may be on
// the disk or not, wholly or in part; the next append first cuts off what may be
// there, and a restart finds either a torn record, which is repaired, or a whole
// one that nobody was told of.
func (a *appendFile) append(frames []byte) error {
	if a.unsure {
		if err := a.mend(); err != nil {
			return err
		}
	}
	a.unsure = true
	if err := a.w.writeAt(frames, a.end); err != nil {
		return err
	}
	if err := a.w.sync(); err != nil {
		return err
	}
	a.unsure = false
	a.end += int64(len(frames))
	return nil
}

// mend cuts the file back to what is known to be whole.
func (a *appendFile) mend() error {
	if err := a.w.truncate(a.end); err != nil {
		return err
	}
	if err := a.w.sync(); err != nil {
		return err
	}
	a.unsure = false
	return nil
}

func (a *appendFile) close() error {
	if a == nil {
		return nil
	}
	return a.w.close()
}

// notThere reports whether an error says that a file does not exist.
func notThere(err error) bool { return errors.Is(err, fs.ErrNotExist) }
