package control

import (
	"context"
	"encoding/json"
	"math"
	"time"

	"quietstat/agent/internal/calibrate"
	"quietstat/agent/internal/local"
	"quietstat/consent"
	"quietstat/hvac"
)

// calibrateVerbs show the correction of the sensor to everybody; changing it is for the
// owner, because whoever shifts the reading shifts every limit with it.
func (r *role) calibrateVerbs() map[string]local.Handler {
	return map[string]local.Handler{
		"calibrate":           r.guarded(r.answerCalibrate),
		"calibrate.reference": r.guarded(r.owned("calibrating the sensor", r.answerReference)),
		"calibrate.forget":    r.guarded(r.owned("calibrating the sensor", r.answerCalibrateForget)),
	}
}

func (r *role) answerCalibrate(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	return r.calibrated(), nil
}

// referenceReason is noted where nobody gives another.
const referenceReason = "reference reading"

func (r *role) answerReference(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a local.CalibrateReference
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if !(a.ReferenceC >= -40 && a.ReferenceC <= 85) { // BST-BME280-DS002 table 1: what the chip measures
		return nil, local.Usage("the reference is no temperature between -40 and 85 °C", "for example: quietstat calibrate --reference 20.4")
	}
	if a.Reason == "" {
		a.Reason = referenceReason
	}
	c, now, news := &r.calibration, r.instant(), r.news.read()
	sample, _, ok := uncorrected(&news)
	if !ok || news.snapshot.Sensor != consent.HealthOK {
		return nil, local.Refuse("the climate sensor is not to be trusted now: "+healthWords[news.snapshot.Sensor], "see quietstat explain")
	}
	c.look(news.snapshot.Boot)
	base := r.baseOffset()
	err := c.change(func(h *calibrate.History) error {
		if err := c.trail.Settled(news.snapshot.Boot); err != nil {
			return local.Refuse(err.Error(), "leave room and sensor alone for a while, and ask again")
		}
		return h.Correct(a.ReferenceC, sample+base+h.OffsetK(), base,
			calibrate.Entry{Wall: now.Wall, Trusted: now.Trusted, Reason: a.Reason})
	})
	if err != nil {
		return nil, refuseAs(err, "check the reference, and where the sensor hangs")
	}
	return r.recalibrated(), nil
}

func (r *role) answerCalibrateForget(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var a local.CalibrateForget
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if a.Reason == "" {
		a.Reason = "forgotten"
	}
	now := r.instant()
	err := r.calibration.change(func(h *calibrate.History) error {
		return h.Forget(calibrate.Entry{Wall: now.Wall, Trusted: now.Trusted, Reason: a.Reason})
	})
	if err != nil {
		return nil, refuseAs(err, "see quietstat calibrate history")
	}
	return r.recalibrated(), nil
}

// stepMemory is for how long the controller may still hold a step of the correction
// against the room: its watch for a fast fall looks back some minutes.
const stepMemory = 15 * time.Minute

// recalibrated puts a changed correction in force. The reading makes a step that the
// room has not made, so nothing open is looked for by temperature for a while; doors
// with a contact pause as ever.
func (r *role) recalibrated() local.Calibration {
	r.desk.ignoreFall(r.news.read().snapshot.Boot + stepMemory)
	r.retune()
	return r.calibrated()
}

// ignoreFall lets a fast fall of temperature pause nothing until end, or longer if
// somebody has asked for that.
func (d *desk) ignoreFall(end time.Duration) {
	d.changing.Lock()
	defer d.changing.Unlock()
	o := *d.load()
	o.bypassed.fall = max(o.bypassed.fall, end)
	d.present.Store(&o)
}

// refuseAs is a refusal; one that brings its own hint keeps it.
func refuseAs(err error, hint string) error {
	if p, ok := err.(*local.Problem); ok {
		return p
	}
	return local.Refuse(err.Error(), hint)
}

// baseOffset is sensor.offset as configured.
func (r *role) baseOffset() float64 {
	r.reloading.Lock()
	defer r.reloading.Unlock()
	return r.config.Sensor.Offset
}

// calibrated is where the correction of the sensor stands.
func (r *role) calibrated() local.Calibration {
	c, news := &r.calibration, r.news.read()
	c.look(news.snapshot.Boot)
	out := local.Calibration{BaseK: r.baseOffset(), OffsetK: hundredths(r.desk.load().params.SensorOffset),
		Boot: news.snapshot.Boot.Seconds(), Heat: news.out.Call != hvac.CallNone}
	if raw, at, ok := uncorrected(&news); ok {
		out.RawC, out.Measured, out.Sampled = raw, at.Seconds(), true
	}
	if err := c.problem(); err != nil {
		out.Trouble = err.Error()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	out.StoredK, out.Entries = c.history.OffsetK(), append([]calibrate.Entry{}, c.history.Entries...)
	if err := c.trail.Settled(news.snapshot.Boot); err != nil {
		out.Unrest = err.Error()
	} else {
		out.Settled = true
	}
	return out
}

// tell adds the correction to a Status.
func (c *calibration) tell(s *local.Status) {
	if err := c.problem(); err != nil {
		s.Reasons = append(s.Reasons, local.Why{Kind: "calibration", Text: err.Error()})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s.SensorOffsetK = hundredths(s.SensorOffsetK)
	if !c.beyond {
		s.CalibrationK = c.history.OffsetK()
	}
}

// hundredths takes away what adding two decimal fractions leaves behind.
func hundredths(k float64) float64 { return math.Round(k*100)/100 + 0 }
