package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"quietstat/agent/internal/clock"
)

// Purge deletes the values of every day that ended longer than keep before now,
// and answers how many files it has deleted. keep of 0 or less deletes all of
// them, whatever the clock says. Otherwise it does nothing while the wall is not
// trusted, as a clock that is ahead would delete what is to be kept. Deleting
// unlinks: the blocks of a flash card may hold the bytes until they are used
// again.
func (v *Values) Purge(now clock.Instant, keep time.Duration) (deleted int, err error) {
	if keep > 0 && !now.Trusted {
		return 0, nil
	}
	names, err := v.files()
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		day, dated, _ := valuesFile(name)
		switch {
		case keep <= 0, dated && now.Wall.Sub(day.Add(24*time.Hour)) > keep:
			deleted++
			err = v.delete(name)
		case !dated:
			err = v.date(name, names, now.Wall)
		}
		if err != nil {
			return deleted, fmt.Errorf("cannot purge values: %w", err)
		}
	}
	return deleted, v.disk.syncDir(v.dir)
}

func (v *Values) delete(name string) error {
	if name == v.name {
		if err := v.shut(); err != nil {
			return err
		}
	}
	return v.disk.remove(filepath.Join(v.dir, name))
}

// date gives a file of untrusted time the day on which it is first seen under
// trusted time. If this boot has had one dated today, it waits for another day.
func (v *Values) date(name string, names []string, wall time.Time) error {
	dated := wall.UTC().Format(dayName) + "-" + name
	if slices.Contains(names, dated) {
		return nil
	}
	if name == v.name {
		if err := v.shut(); err != nil {
			return err
		}
	}
	return v.disk.rename(filepath.Join(v.dir, name), filepath.Join(v.dir, dated))
}
