package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/consent"
)

const (
	valuesMagic  = "quietstat-values/1"
	valuesRemedy = "move it away: the exact values in it can no longer be shown, the ledger stays whole"

	valueHeader = 8 + 32 // number and salt before the payload
)

// Values is the purgeable store of what exactly was sent: for a release entry of
// the ledger the payload and the salt of its commitment. Deleting from it leaves
// the ledger valid and makes the deleted unreadable for good, as a commitment
// does not tell what it was made of. It belongs to one goroutine.
//
// Values are kept in one file per day of trusted wall time, values/<yyyymmdd>.
// While the wall is not trusted they go to values/boot-<first 8 of the boot id>;
// such a file has no date until the first Purge under trusted time gives it that
// day's, so that it is kept too long rather than deleted too early, and not for
// ever.
type Values struct {
	disk *Disk
	dir  string
	boot string // name of the file for untrusted time
	name string // name of the open file; "" = none
	open *appendFile
}

// OpenValues opens the store in a folder. bootID is clock.BootID of this boot.
// Every file is checked: a torn last record is cut off when its file is next
// written to; any other damage is a *DamagedError, and as a release needs its
// value written first, nothing leaves until a person has moved the file away.
func OpenValues(d *Disk, dir, bootID string) (*Values, error) {
	v := &Values{disk: d, dir: dir, boot: "boot-" + bootPrefix(bootID)}
	if err := d.makeDir(dir); err != nil {
		return nil, spaceful(err)
	}
	names, err := v.files()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := v.each(name, func(uint64, [32]byte, []byte) bool { return true }); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// bootPrefix is enough of a boot id to tell the boots of one device apart.
func bootPrefix(bootID string) string {
	return strings.ReplaceAll(bootID, "/", "")[:min(8, len(strings.ReplaceAll(bootID, "/", "")))]
}

// Put makes the value of a release durable: the number, salt and payload as the
// Release has them. It comes after the intent and before the release is handed
// out, so that whatever has left can be shown; when it fails the release is
// dropped and its outcome is "failed".
func (v *Values) Put(now clock.Instant, seq uint64, salt [32]byte, payload []byte) error {
	if valueHeader+len(payload) > maxFrame {
		return fmt.Errorf("a value of %d bytes is longer than %d", len(payload), maxFrame-valueHeader)
	}
	if err := v.use(v.fileFor(now)); err != nil {
		return fmt.Errorf("cannot write the value: %w", spaceful(err))
	}
	record := binary.BigEndian.AppendUint64(make([]byte, 0, valueHeader+len(payload)), seq)
	record = append(append(record, salt[:]...), payload...)
	if err := v.open.append(appendFrame(nil, record)); err != nil {
		return fmt.Errorf("cannot write the value: %w", spaceful(err))
	}
	return nil
}

func (v *Values) fileFor(now clock.Instant) string {
	if !now.Trusted {
		return v.boot
	}
	return now.Wall.UTC().Format(dayName)
}

const dayName = "20060102"

// use makes name the file that is appended to.
func (v *Values) use(name string) error {
	if v.open != nil && v.name == name {
		return nil
	}
	if err := v.shut(); err != nil {
		return err
	}
	path := filepath.Join(v.dir, name)
	a, err := v.openFile(path)
	if notThere(err) {
		if err := v.disk.createAppend(path, []byte(valuesMagic)); err != nil {
			return err
		}
		a, err = v.openFile(path)
	}
	if err != nil {
		return err
	}
	v.open, v.name = a, name
	return nil
}

func (v *Values) openFile(path string) (*appendFile, error) {
	a, _, err := v.disk.openAppend(path, valuesRemedy, func(at int64, record []byte) error {
		_, _, _, err := parseValue(at, record)
		return err
	})
	return a, err
}

func (v *Values) shut() error {
	err := v.open.close()
	v.open, v.name = nil, ""
	return err
}

// parseValue reads a record, or checks the header at 0.
func parseValue(at int64, record []byte) (seq uint64, salt [32]byte, payload []byte, err error) {
	switch {
	case at == 0 && string(record) != valuesMagic:
		return 0, salt, nil, errors.New("its header is not one of a file of values")
	case at == 0:
		return 0, salt, nil, nil
	case len(record) < valueHeader:
		return 0, salt, nil, errors.New("a value is too short")
	}
	copy(salt[:], record[8:])
	return binary.BigEndian.Uint64(record), salt, record[valueHeader:], nil
}

// each reads one file. A torn last record ends it.
func (v *Values) each(name string, visit func(seq uint64, salt [32]byte, payload []byte) bool) error {
	path := filepath.Join(v.dir, name)
	data, err := v.disk.read(path)
	if err != nil {
		return fmt.Errorf("cannot read values: %w", err)
	}
	stop := errors.New("stop")
	_, err = eachFrame(data, func(at int64, record []byte) error {
		seq, salt, payload, err := parseValue(at, record)
		if err == nil && at > 0 && !visit(seq, salt, payload) {
			err = stop
		}
		return err
	})
	if errors.Is(err, stop) || errors.Is(err, errTorn) {
		err = nil
	}
	if err != nil {
		return &DamagedError{Path: path, Reason: err.Error(), Remedy: valuesRemedy}
	}
	return nil
}

// Value opens the commitment of a ledger entry: it returns the payload that was
// committed to, or ErrNoRecord when it is not here, or no longer.
func (v *Values) Value(seq uint64, commitment [32]byte) (payload []byte, err error) {
	found, err := v.Find(map[uint64][32]byte{seq: commitment})
	if err != nil {
		return nil, err
	}
	payload, ok := found[seq]
	if !ok {
		return nil, ErrNoRecord
	}
	return payload, nil
}

// Find opens the commitments of many entries, by number, in one pass over the files,
// newest first. What is not here, or no longer, is left out. Unlike the other
// methods it may be called beside them: it reads, and what is purged meanwhile is
// left out as well.
func (v *Values) Find(wanted map[uint64][32]byte) (map[uint64][]byte, error) {
	found := make(map[uint64][]byte)
	names, err := v.files()
	if err != nil {
		return nil, err
	}
	for i := len(names) - 1; i >= 0 && len(found) < len(wanted); i-- {
		err := v.each(names[i], func(at uint64, salt [32]byte, value []byte) bool {
			if commitment, ok := wanted[at]; ok && consent.Commit(salt, value) == commitment {
				found[at] = bytes.Clone(value)
			}
			return len(found) < len(wanted)
		})
		if err != nil && !notThere(err) {
			return nil, err
		}
	}
	return found, nil
}

// Close lets go of the open file. Everything in it is durable already.
func (v *Values) Close() error { return v.shut() }

// files lists the files of values, days first and in order, then the undated.
func (v *Values) files() ([]string, error) {
	names, err := v.disk.list(v.dir)
	if err != nil {
		return nil, fmt.Errorf("cannot list values: %w", err)
	}
	kept := names[:0]
	for _, name := range names {
		if _, _, ok := valuesFile(name); ok {
			kept = append(kept, name)
		}
	}
	return kept, nil
}

// valuesFile tells what a file's name says: the day it is of, or that it has no
// day yet. Other names are none of ours.
func valuesFile(name string) (day time.Time, dated, ok bool) {
	if strings.HasPrefix(name, "boot-") {
		return time.Time{}, false, !strings.Contains(name, ".")
	}
	date, rest, _ := strings.Cut(name, "-")
	day, err := time.Parse(dayName, date)
	if err != nil || rest != "" && !strings.HasPrefix(rest, "boot-") || strings.Contains(rest, ".") {
		return time.Time{}, false, false
	}
	return day, true, true
}
