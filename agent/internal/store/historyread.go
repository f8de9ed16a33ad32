package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// HistoryView is a history to be read beside its writer: the files as they are found,
// and the minutes that were in memory when it was taken. It may be used by another
// goroutine than the History's.
type HistoryView struct {
	disk   *Disk
	dir    string
	unsent []Minute
}

// View is the history as it is now.
func (h *History) View() HistoryView {
	return HistoryView{disk: h.disk, dir: h.dir, unsent: slices.Clone(h.unsent)}
}

// Rows yields the minutes that begin at from or later and before to, saved or
// not, month by month in the order they were written, until yield returns false.
// Rows of untrusted time have no place between from and to; Undated yields those.
// Where a file is damaged its rows up to the damage are yielded, the other files
// wholly, and the error is a *DamagedError.
func (v HistoryView) Rows(from, to time.Time, yield func(Minute) bool) error {
	names, err := v.files()
	if err != nil {
		return err
	}
	// Minutes of the view may have been written since it was taken.
	saved := make(map[int64]bool, len(v.unsent))
	for _, m := range v.unsent {
		saved[m.Start.Unix()] = false
	}
	inside := func(m Minute) bool {
		if _, ours := saved[m.Start.Unix()]; ours {
			saved[m.Start.Unix()] = true
		}
		return m.Start.Before(from) || !m.Start.Before(to) || yield(m)
	}
	var damaged error
	for _, name := range names {
		month, err := time.Parse(monthName, strings.TrimSuffix(name, historySuffix))
		if err != nil || !month.Before(to) || !month.AddDate(0, 1, 0).After(from) {
			continue
		}
		switch err := v.rows(name, inside); {
		case errors.Is(err, errEnough):
			return damaged
		case err != nil:
			damaged = errors.Join(damaged, err)
		}
	}
	for _, m := range v.unsent {
		if m.Trusted && !saved[m.Start.Unix()] && !inside(m) {
			break
		}
	}
	return damaged
}

// Undated yields the minutes of untrusted time that were saved before the wall
// could be trusted, with the boot they are of ("boot-" and 8 digits), until yield
// returns false. Errors are as with Rows.
func (v HistoryView) Undated(yield func(boot string, m Minute) bool) error {
	names, err := v.files()
	if err != nil {
		return err
	}
	var damaged error
	for _, name := range names {
		boot := strings.TrimSuffix(name, historySuffix)
		if !strings.HasPrefix(boot, "boot-") {
			continue
		}
		switch err := v.rows(name, func(m Minute) bool { return yield(boot, m) }); {
		case errors.Is(err, errEnough):
			return damaged
		case err != nil:
			damaged = errors.Join(damaged, err)
		}
	}
	return damaged
}

// rows reads one file. A torn last block ends it without an error.
func (v HistoryView) rows(name string, visit func(Minute) bool) error {
	path := filepath.Join(v.dir, name)
	data, err := v.disk.read(path)
	if err != nil {
		return fmt.Errorf("cannot read history: %w", err)
	}
	_, err = eachFrame(data, func(at int64, record []byte) error {
		return eachRow(name, at, record, visit)
	})
	switch {
	case err == nil, errors.Is(err, errTorn):
		return nil
	case errors.Is(err, errEnough):
		return errEnough
	}
	return &DamagedError{Path: path, Reason: err.Error(), Remedy: historyRemedy}
}

// files lists the whole files of history in order: months, then boots.
func (v HistoryView) files() ([]string, error) {
	names, err := v.disk.list(v.dir)
	if err != nil {
		return nil, fmt.Errorf("cannot list history: %w", err)
	}
	kept := names[:0]
	for _, name := range names {
		if strings.HasSuffix(name, historySuffix) {
			kept = append(kept, name)
		}
	}
	return kept, nil
}

// blockSize is what a file takes on the disk at least, and in steps of what.
const blockSize = 4096

// trim deletes files until the history is within its limit: first what was put
// aside as damaged, then boots without a date, then the oldest months. The file
// that is open stays.
func (h *History) trim() error {
	names, err := h.disk.list(h.dir)
	if err != nil {
		return err
	}
	var total int64
	size := make(map[string]int64)
	var order [3][]string
	for _, name := range names {
		info, err := os.Stat(filepath.Join(h.dir, name))
		if err != nil {
			return err
		}
		size[name] = (info.Size() + blockSize - 1) / blockSize * blockSize
		total += size[name]
		switch {
		case name == h.name:
		case strings.HasSuffix(name, damagedSuffix):
			order[0] = append(order[0], name)
		case strings.HasPrefix(name, "boot-"):
			order[1] = append(order[1], name)
		default:
			order[2] = append(order[2], name)
		}
	}
	for _, group := range order {
		for _, name := range group {
			if total <= h.limit {
				return nil
			}
			if err := h.disk.remove(filepath.Join(h.dir, name)); err != nil {
				return err
			}
			total -= size[name]
		}
	}
	return nil
}
