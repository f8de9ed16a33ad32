package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"sync"
	"time"

	"quietstat/agent/internal/calibrate"
	"quietstat/agent/internal/store"
	"quietstat/consent"
	"quietstat/hvac"
)

// calibrationSchema names kind and version of the file of measured corrections.
const calibrationSchema = "control-calibration/1"

func calibrationPath(folder string) string { return filepath.Join(folder, "control", "calibration") }

// trailEvery is how often the newest sample is looked at for the trail.
const trailEvery = 30 * time.Second

// calibration is what was measured of the sensor's error: a history on disk, added to
// sensor.offset, and the trail that says whether a reading is settled. The loop knows
// nothing of it but hvac.Params.SensorOffset.
type calibration struct {
	disk *store.Disk // nil: nothing is kept
	path string
	news *mailbox[record]

	mu      sync.Mutex // guards all below
	history calibrate.History
	trouble error // of the disk
	beyond  bool  // base and history together are not allowed, so the base holds alone
	trail   calibrate.Trail
	next    time.Duration // when the trail looks again
}

// restore reads the history. Whatever is wrong with it costs the correction, never the
// house: sensor.offset holds alone then.
func (c *calibration) restore() {
	if c.disk == nil {
		return
	}
	var raw json.RawMessage
	ok, err := c.disk.LoadState(c.path, calibrationSchema, &raw)
	if ok {
		var damage error
		c.history, damage = calibrate.DecodeHistory(raw)
		err = errors.Join(err, damage)
	}
	if err != nil {
		c.trouble = fmt.Errorf("the calibration of the sensor was not read as it was written; calibrate anew (%w)", err)
	}
}

// over adds the measured correction to the configuration's.
func (c *calibration) over(p hvac.Params) hvac.Params {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := p.SensorOffset + c.history.OffsetK()
	if c.beyond = !(math.Abs(sum) <= calibrate.MostK); !c.beyond {
		p.SensorOffset = sum
	}
	return p
}

// change alters the history and keeps it. A disk that fails costs the memory of the
// change, not the change.
func (c *calibration) change(alter func(*calibrate.History) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := alter(&c.history); err != nil {
		return err
	}
	c.trouble = nil
	if c.disk == nil {
		return nil
	}
	if err := c.disk.SaveState(c.path, calibrationSchema, c.history); err != nil {
		c.trouble = fmt.Errorf("the calibration of the sensor is in force but could not be saved: %w", err)
	}
	return nil
}

// problem is what is to be said about it, nil if nothing.
func (c *calibration) problem() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.beyond {
		return fmt.Errorf("the calibration of the sensor is not in force: with sensor.offset it would be more than %.0f K; quietstat calibrate forget", calibrate.MostK)
	}
	return c.trouble
}

// look takes the newest sample into the trail, if it is time.
func (c *calibration) look(now time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now < c.next && now >= c.next-trailEvery {
		return
	}
	c.next = now + trailEvery
	r := c.news.read()
	if raw, at, ok := uncorrected(&r); ok && r.snapshot.Sensor == consent.HealthOK {
		c.trail.Note(calibrate.Sample{At: at, Celsius: raw})
	}
}

// uncorrected is the newest sample as the sensor said it, and when.
func uncorrected(r *record) (celsius float64, at time.Duration, ok bool) {
	if !r.reading.Valid || r.in.Params == nil {
		return 0, 0, false
	}
	return float64(r.reading.Temperature) - r.in.Params.SensorOffset, r.reading.At, true
}

// watching follows the sensor on the real clock until the context ends.
func (r *role) watching(ctx context.Context) error {
	every := time.NewTicker(trailEvery / 2)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
			r.calibration.look(r.now())
		}
	}
}
