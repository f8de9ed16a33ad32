package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

const (
	historyMagic  = "quietstat-history/1 "
	historySuffix = ".qsh"
	historyRemedy = "it is kept under the same name with .damaged behind it and a new file is begun; delete it when it is no longer wanted"

	damagedSuffix = ".damaged"

	monthName = "200601"

	// maxUnsaved bounds the rows in memory while the disk refuses them: a day.
	maxUnsaved = 24 * 60
)

// HistoryLimit is how many bytes a history may take when nothing else is
// configured: about 20 months at 31 kB a day.
const HistoryLimit = 20 << 20

// minHistoryLimit leaves room for the month being written, which is never deleted.
const minHistoryLimit = 2 << 20

// History is the climate of the house by the minute, for the people in it. It is
// gathered in memory and written in blocks when Flush is called, so a power cut
// loses what came after the last one. It belongs to one goroutine; nothing about
// safety or consent depends on it.
//
// Rows go to history/<yyyymm>.qsh, those of untrusted time to
// history/boot-<first 8 of the boot id>.qsh. When the wall becomes trusted, rows
// that are still in memory get the time they were of.
type History struct {
	disk  *Disk
	dir   string
	boot  string
	limit int64

	now    aggregate // the minute that is running
	unsent []Minute  // whole minutes not yet on the disk, oldest first

	name string      // the file that is open; "" = none
	open *appendFile // its handle
}

// OpenHistory opens the history in a folder and keeps it under limit bytes on the
// disk (HistoryLimit is usual, 2 MiB the least). bootID is clock.BootID.
func OpenHistory(d *Disk, dir, bootID string, limit int64) (*History, error) {
	if limit < minHistoryLimit {
		return nil, fmt.Errorf("a history of %d bytes is too small; give it at least %d", limit, minHistoryLimit)
	}
	if err := d.makeDir(dir); err != nil {
		return nil, spaceful(err)
	}
	return &History{disk: d, dir: dir, boot: "boot-" + bootPrefix(bootID), limit: limit}, nil
}

// Add takes in a sample. Samples come in the order of their boot time; between
// two that are more than a minute apart nothing is known and nothing is counted.
func (h *History) Add(s Sample) {
	start := minuteOf(s)
	last := h.now.last
	held := s.At.Boot - last.At.Boot
	if !h.now.used || held < 0 || held > time.Minute {
		held = 0
	}
	if h.now.used && h.now.start.Equal(start) && h.now.trusted == s.At.Trusted {
		h.now.pass(last, held)
		h.now.add(s)
		return
	}
	rest := time.Duration(0)
	if h.now.used {
		mine := min(held, h.now.start.Add(time.Minute).Sub(timeOf(last)))
		h.now.pass(last, mine)
		rest = held - max(mine, 0)
		h.finish()
	}
	if s.At.Trusted {
		h.place(s.At.Wall.Add(-s.At.Boot))
	}
	h.now.begin(s, start)
	h.now.pass(last, min(rest, timeOf(s).Sub(start)))
	h.now.add(s)
}

// timeOf is the sample's place on the axis its minutes are counted on.
func timeOf(s Sample) time.Time {
	if s.At.Trusted {
		return s.At.Wall.UTC()
	}
	return time.Unix(0, 0).UTC().Add(s.At.Boot)
}

func minuteOf(s Sample) time.Time { return timeOf(s).Truncate(time.Minute) }

// finish ends the running minute.
func (h *History) finish() {
	if h.now.used {
		h.unsent = append(h.unsent, h.now.minute())
	}
	h.now = aggregate{}
	if extra := len(h.unsent) - maxUnsaved; extra > 0 {
		h.unsent = h.unsent[extra:]
	}
}

// place dates the rows of untrusted time, now that the moment of the boot is known.
func (h *History) place(boot time.Time) {
	for i := range h.unsent {
		if m := &h.unsent[i]; !m.Trusted {
			m.Start = boot.Add(m.Start.Sub(time.Unix(0, 0))).Truncate(time.Minute).UTC()
			m.Trusted = true
		}
	}
}

// Unsaved is how many whole minutes are in memory only.
func (h *History) Unsaved() int { return len(h.unsent) }

// Flush writes the whole minutes that are in memory, in one write and one
// fdatasync per file they belong to, and deletes the oldest files above the
// limit. When it fails the rows stay in memory for the next Flush. A
// *DamagedError tells that a file was found damaged and put aside: the rows are
// written all the same.
func (h *History) Flush() error {
	var aside *DamagedError
	for len(h.unsent) > 0 {
		name := h.fileFor(h.unsent[0])
		n := 1
		for n < len(h.unsent) && h.fileFor(h.unsent[n]) == name {
			n++
		}
		err := h.write(name, h.unsent[:n])
		if errors.As(err, &aside) {
			if err = h.putAside(name); err == nil {
				err = h.write(name, h.unsent[:n])
			}
		}
		if err != nil {
			return fmt.Errorf("cannot write history: %w", spaceful(err))
		}
		h.unsent = h.unsent[n:]
	}
	if err := h.trim(); err != nil {
		return fmt.Errorf("cannot keep history within its limit: %w", err)
	}
	if aside != nil {
		return aside
	}
	return nil
}

// Close writes everything, the running minute included, and lets go of the folder.
func (h *History) Close() error {
	h.finish()
	return errors.Join(h.Flush(), h.shut())
}

func (h *History) fileFor(m Minute) string {
	if m.Trusted {
		return m.Start.Format(monthName) + historySuffix
	}
	return h.boot + historySuffix
}

// write appends rows to a file as one block.
func (h *History) write(name string, rows []Minute) error {
	if err := h.use(name); err != nil {
		return err
	}
	block := make([]byte, 0, len(rows)*row)
	for _, m := range rows {
		block = m.appendRow(block)
	}
	return h.open.append(appendFrame(nil, block))
}

func (h *History) use(name string) error {
	if h.open != nil && h.name == name {
		return nil
	}
	if err := h.shut(); err != nil {
		return err
	}
	path := filepath.Join(h.dir, name)
	check := func(at int64, record []byte) error {
		return eachRow(name, at, record, func(Minute) bool { return true })
	}
	a, _, err := h.disk.openAppend(path, historyRemedy, check)
	if notThere(err) {
		if err := h.disk.createAppend(path, []byte(historyMagic+name)); err != nil {
			return err
		}
		a, _, err = h.disk.openAppend(path, historyRemedy, check)
	}
	if err != nil {
		return err
	}
	h.open, h.name = a, name
	return nil
}

func (h *History) shut() error {
	err := h.open.close()
	h.open, h.name = nil, ""
	return err
}

// putAside takes a damaged file out of the way.
func (h *History) putAside(name string) error {
	path := filepath.Join(h.dir, name)
	return h.disk.rename(path, path+damagedSuffix)
}

// eachRow takes a block apart, or checks the header at 0.
func eachRow(name string, at int64, record []byte, visit func(Minute) bool) error {
	if at == 0 {
		if string(record) != historyMagic+name {
			return errors.New("its header is not that of this file of history")
		}
		return nil
	}
	if len(record)%row != 0 {
		return errors.New("a block of history does not hold whole rows")
	}
	for ; len(record) > 0; record = record[row:] {
		m, err := parseRow(record[:row], !strings.HasPrefix(name, "boot-"))
		if err != nil {
			return err
		}
		if !visit(m) {
			return errEnough
		}
	}
	return nil
}

// errEnough ends a walk early.
var errEnough = errors.New("enough")
