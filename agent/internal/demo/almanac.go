package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"quietstat/agent/internal/store"
)

// almanac is what a kept state folder says of the demos before: where the virtual
// clock must go on, because the roles rightly refuse one that runs back.
type almanac struct {
	Date  time.Time `json:"date"`   // midnight of the next demo's first day
	BootS float64   `json:"boot_s"` // the virtual CLOCK_BOOTTIME it begins with
}

const almanacFile = "demo.json"

// recall sets the clock for a new demo in this home.
func (h *home) recall() (*moment, error) {
	m := &moment{boot: bootFirst, date: midnight}
	path := filepath.Join(h.state, almanacFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	var a almanac
	if err == nil {
		err = json.Unmarshal(b, &a)
	}
	if err != nil || a.BootS < bootFirst.Seconds() || a.Date.Before(midnight) {
		return nil, fmt.Errorf("%s does not say when the last demo in this folder ended; remove the folder or choose another (%w)", path, err)
	}
	m.boot, m.date = time.Duration(a.BootS*float64(time.Second)), a.Date
	return m, nil
}

// remember writes down where the next demo in this home goes on: on the morning
// after, a minute of virtual boot time later.
func (h *home) remember(m *moment, played time.Duration) error {
	end := m.date.Add(startOfDay + played)
	next := end.Truncate(day).Add(day)
	if startOfDay >= end.Sub(end.Truncate(day)) {
		next = end.Truncate(day) // it ended before five in the morning
	}
	b, err := json.Marshal(almanac{Date: next, BootS: (m.boot + played + time.Minute).Seconds()})
	if err != nil {
		return err
	}
	return new(store.Disk).WriteAtomic(filepath.Join(h.state, almanacFile), append(b, '\n'))
}
