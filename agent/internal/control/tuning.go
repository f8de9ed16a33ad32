package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/store"
	"quietstat/hvac"
	"quietstat/hvac/tune"
)

// tuningSchema names kind and version of the file of tuned gains.
const tuningSchema = "control-tuning/1"

func tuningPath(folder string) string { return filepath.Join(folder, "control", "tuning") }

// tuning is what came of experiments: a history on disk, and the gains of it that
// stand above the configuration's until somebody goes back.
type tuning struct {
	disk *store.Disk // nil: nothing is kept
	path string

	mu      sync.Mutex // guards all below
	history tune.History
	last    *tune.Entry // of the newest session, nil until it is worked out
	trouble error       // of the disk
}

// restore reads the history. Whatever is wrong with it costs the tuned gains, never
// the house: those of the configuration are in force then.
func (t *tuning) restore() {
	if t.disk == nil {
		return
	}
	var raw json.RawMessage
	ok, err := t.disk.LoadState(t.path, tuningSchema, &raw)
	if ok {
		var damage error
		t.history, damage = tune.DecodeHistory(raw)
		err = errors.Join(err, damage)
	}
	if err != nil {
		t.trouble = fmt.Errorf("the history of tuning was not read as it was written: %w", err)
	}
}

// over puts the tuned gains above the configuration's, if there are any.
func (t *tuning) over(p hvac.Params) hvac.Params {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g, ok := t.history.Gains(); ok {
		p.Gains = g
	}
	return p
}

// change alters the history and keeps it. A disk that fails costs the memory of the
// change, not the change.
func (t *tuning) change(alter func(*tune.History) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := alter(&t.history); err != nil {
		return err
	}
	t.trouble = nil
	if t.disk == nil {
		return nil
	}
	if err := t.disk.SaveState(t.path, tuningSchema, t.history); err != nil {
		t.trouble = fmt.Errorf("tuned gains are in force but could not be saved: %w", err)
	}
	return nil
}

// look is the history now, and the newest session's result if there is one.
func (t *tuning) look() (h tune.History, last *tune.Entry, trouble error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h = t.history
	h.Entries = append([]tune.Entry{}, h.Entries...)
	return h, t.last, t.trouble
}

// params are the configuration's, with the tuned gains above them and the sensor's
// measured correction added.
func (r *role) params(configured hvac.Params) hvac.Params {
	return r.calibration.over(r.tuning.over(configured))
}

// retune puts the present gains in force. The controller makes the change bumpless.
func (r *role) retune() {
	r.reloading.Lock()
	defer r.reloading.Unlock()
	r.desk.tune(r.params(r.config.HVACParams()))
}

// finish works out a session that has ended: seconds of arithmetic on a small
// computer, while the loop goes on.
func (r *role) finish(k *session, now clock.Instant) {
	if k == nil || !k.ended.Load() || k.handled.Swap(true) {
		return
	}
	result := tune.Result{Old: k.params.Gains, Gains: k.params.Gains, Rule: "old", Failure: k.final.Failure,
		Took: k.final.Elapsed, Report: []string{"no new gains: " + k.final.Failure.String(), "the gains stay as they are"}}
	if k.final.Phase == tune.Done {
		result, _ = tune.Evaluate(k.experiment.Record(), k.params, k.method) // Result.Failure and Report say what went wrong
	}
	entry := tune.EntryOf(result, k.method, now.Wall, now.Trusted)
	_ = r.tuning.change(func(h *tune.History) error { // cannot refuse
		entry = h.Add(entry)
		r.tuning.last = &entry
		return nil
	})
	r.retune()
	r.log.Info("tuning has ended", "outcome", entry.Failure, "new_gains", entry.Improved)
	if _, _, err := r.tuning.look(); err != nil {
		r.log.Warn("the result of tuning is not on disk", "cause", err)
	}
}

// evaluating works out sessions on the real clock until the context ends.
func (r *role) evaluating(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.loop.tuner.ended:
			r.finish(r.loop.tuner.session.Load(), r.instant())
		}
	}
}
