package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/store"
	"quietstat/hvac"
	"quietstat/hvac/household"
)

const (
	// stateSchema names kind and version of the state file.
	stateSchema = "control/1"
	// saveEvery is how often the controller's own changes are written at most:
	// 144 small files a day, which an SD card does not feel.
	saveEvery = 10 * time.Minute
	// firstSetpoint is what a house is given that has never been told anything.
	firstSetpoint hvac.Celsius = 19
)

// saved is the state file. Controller is kept apart from the wishes, so that a
// controller of another version costs its integral and not the household's mode.
type saved struct {
	SetpointC  float64         `json:"setpoint_c"`
	Mode       string          `json:"mode"`
	Controller json.RawMessage `json:"controller"`
	Household  json.RawMessage `json:"household,omitempty"` // absent from older files
}

// saver keeps the state file. What people change is in force before it is on disk,
// and a disk that fails costs the memory of it, never the heating.
type saver struct {
	disk   *store.Disk // nil: nothing is kept
	path   string
	shadow string // where the comparison with an old thermostat is kept; empty: nowhere
	desk   *desk
	news   *mailbox[record]
	now    func() time.Duration // CLOCK_BOOTTIME
	wake   bell                 // rung after a person's change

	mu     sync.Mutex      // guards all below
	kept   json.RawMessage // the controller as restored, until the first tick
	paced  bool
	pace   store.Pace
	change uint64 // the last change of orders that was taken in
	failed error  // of the last save, nil if it succeeded
	begun  string // what is to be said about the state at the start
}

// restore reads the state file: what was asked for, and the controller's part for
// hvac.Restore. Whatever is wrong with it, the result is one the house can be kept
// with: the frost floor acts in every mode.
func (s *saver) restore(p *hvac.Params) (orders, hvac.Saved) {
	first := orders{setpoint: within(firstSetpoint, p), mode: hvac.ModeOff, params: p, home: household.DefaultSettings()}
	if s.disk == nil {
		return first, hvac.Saved{}
	}
	var v saved
	ok, err := s.disk.LoadState(s.path, stateSchema, &v)
	if !ok {
		if err != nil {
			s.begun = "the saved state could not be used, so the mode is off; set temperature and mode again (" + err.Error() + ")"
		}
		return first, hvac.Saved{}
	}
	if err != nil {
		s.begun = "the newest saved state is damaged; the one before it is used (" + err.Error() + ")"
	}
	mode, err := hvac.ParseMode(v.Mode)
	if err != nil {
		s.begun = "the saved state names no known mode, so the mode is off; set temperature and mode again"
		return first, hvac.Saved{}
	}
	o := orders{setpoint: within(hvac.Celsius(v.SetpointC), p), mode: mode, params: p, home: s.home(v.Household)}
	if float64(o.setpoint) != v.SetpointC {
		s.begun = "the saved setpoint is outside the configured range; the nearest allowed one is kept"
	}
	var controller hvac.Saved
	if err := json.Unmarshal(v.Controller, &controller); err != nil {
		s.begun = "the controller's saved part cannot be read; it learns the house anew"
		return o, hvac.Saved{}
	}
	s.kept = v.Controller
	return o, controller
}

// home reads the household's part of the state file. What cannot be used costs
// schedule, presets and holds, and is told without their values, because it is logged.
func (s *saver) home(raw json.RawMessage) household.Settings {
	if len(raw) == 0 {
		return household.DefaultSettings()
	}
	home, err := household.Decode(raw, s.desk.now())
	if err != nil {
		s.begun = "the saved schedule, presets and holds cannot be used; write them again"
		var f *household.Fault
		if errors.As(err, &f) {
			s.begun += " (" + f.Field + ")"
		}
		return household.DefaultSettings()
	}
	return home
}

// save writes the state file if it is due.
func (s *saver) save(now time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(now)
	if s.disk != nil && s.pace.Due(now) {
		s.write(now, saveEvery)
	}
}

// finish writes the state file at a clean end.
func (s *saver) finish() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.note(now)
	if s.disk != nil && s.pace.Unsaved() {
		s.write(now, 0)
	}
	return s.failed
}

// note tells the pace what has changed since it was last asked. The controller
// changes with every tick.
func (s *saver) note(now time.Duration) {
	if !s.paced {
		s.pace, s.paced = store.NewPace(now, saveEvery), true
	}
	s.pace.Changed()
	if change := s.desk.load().change; change != s.change {
		s.change = change
		s.begun = "" // somebody has said what the house shall do
		s.pace.Asked()
	}
}

// write writes the state file. spare is how long the program may run before it does so
// again.
func (s *saver) write(now, spare time.Duration) {
	o := s.desk.load()
	controller, err := s.kept, error(nil)
	if r := s.news.read(); r.snapshot.Seq > 0 {
		controller, err = json.Marshal(r.remembers(o).Save())
	}
	var home json.RawMessage
	if err == nil {
		home, err = o.home.Encode(s.desk.now(), s.desk.last(), spare)
	}
	if err == nil {
		err = s.disk.SaveState(s.path, stateSchema, saved{
			SetpointC: float64(o.setpoint), Mode: o.mode.String(), Controller: controller, Household: home,
		})
	}
	if r := s.news.read(); err == nil && s.shadow != "" && r.snapshot.Seq > 0 {
		err = s.disk.SaveState(s.shadow, shadowSchema, r.tally)
	}
	s.pace.Done(now, err)
	s.failed = err
}

// run saves on the real clock until the context ends.
func (s *saver) run(ctx context.Context) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-look.C:
		}
		s.save(s.now())
	}
}

// lookEvery is how often run asks whether a save is due.
const lookEvery = 15 * time.Second

// obey injects a virtual clock's disk faults.
func (s *saver) obey(faults clock.Fault) {
	if s.disk != nil {
		s.disk.Obey(faults)
	}
}

// trouble is what status says about the disk, nil if there is nothing to say.
func (s *saver) trouble() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.failed != nil:
		return fmt.Errorf("settings are in force but could not be saved: %w", s.failed)
	case s.begun != "":
		return errors.New(s.begun)
	}
	return nil
}

// statePath is where control keeps its state below the state folder.
func statePath(folder string) string { return filepath.Join(folder, "control", "state") }
