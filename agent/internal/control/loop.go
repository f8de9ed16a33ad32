package control

import (
	"sync/atomic"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
	"quietstat/hvac"
	"quietstat/hvac/household"
)

// loop is the one goroutine that owns hvac.State. A tick waits for nothing and
// allocates nothing: it reads what others have left for it, decides, drives the
// relays, and leaves its record for whoever wants it.
type loop struct {
	board    board
	desk     *desk
	panel    *panel
	news     *mailbox[record]
	changed  bell         // rung when something worth a log line has changed
	sample   bell         // rung when a fresh sample is wanted at once
	sampled  *atomic.Bool // the sensor has been asked at least once
	replan   bell         // rung when the week must be laid out anew
	watchdog func()       // told after every completed step; never waits
	tuner    tuner
	recorder *recorder // nil: nothing is recorded
	shadow   shadow

	// Owned by the loop's goroutine.
	saved       hvac.Saved // what the first step starts from
	level       household.Level
	state       hvac.State
	begun       time.Duration // CLOCK_BOOTTIME of the first step
	light       light
	cadence     cadence // stands still under a virtual clock
	seq         uint64
	talk        uint32 // talk presses seen so far
	keeper      bool   // a keeper has been connected
	marks       marks
	second      hvac.Reading // the newest of the second sensor
	secondFault hvac.SensorFault
	outdoor     bool // the second sensor is outside
	forgot      uint64
	frame       []byte
}

// marks are what the log follows.
type marks struct {
	relay  bool
	keeper bool
	sensor consent.Health
}

// step reads, decides and drives the relays; nothing comes before them. It reports
// whether the talk button was pressed since the last step.
func (l *loop) step(now clock.Instant) (pressed bool) {
	o := l.desk.load()
	if l.seq == 0 {
		l.begun, l.state, l.level = now.Boot, hvac.Restore(l.saved, now.Boot), o.home.Last
	}
	l.forgets(o)
	if !o.plan.Covers(moment(now)) {
		l.replan.ring()
	}
	want := o.target(moment(now), l.level)
	l.level = want.Level
	rec := l.news.slot()
	var fault hvac.SensorFault
	in := hvac.Input{Now: now.Boot, Setpoint: want.Setpoint, Mode: want.Mode, Ahead: want.Next, Params: o.params}
	in.Doors, in.DoorCount = l.board.Doors()
	in.Reading, fault = l.board.Latest()
	in.Fault = fault
	l.gauge(&in, o)
	buttons := l.board.Buttons()

	var out hvac.Outputs
	in.Probe, rec.tune = l.tuner.probe(now.Boot, o.change, &l.state)
	l.shadow.look(l.board, &in)
	before := l.state
	l.state, out, rec.reasons = hvac.Step(l.state, in)
	rec.in, rec.out, rec.state = in, out, l.state
	rec.relay = l.board.SetRelays(l.shadow.relays(out))
	l.shadow.count(now, &in, &l.state, &out)
	rec.tally = l.shadow.tally
	out = l.shadow.does(out)
	if rec.relay != nil {
		l.released()
		out.Call, out.Fan, out.Action = hvac.CallNone, false, hvac.ActionFault
	}
	l.recorder.offer(now, &rec.in, &before, rec, &rec.out)

	l.tuner.action = out.Action
	l.seq++
	pressed = buttons.TalkPresses != l.talk
	l.talk = buttons.TalkPresses
	rec.begun, rec.reading, rec.state, rec.terms = l.begun, in.Reading, l.state, out.Terms
	rec.second, rec.secondFault = l.second, l.secondFault
	rec.level, rec.forgot = want.Level, l.forgot
	s := &rec.snapshot
	*s = consent.Snapshot{
		Seq: l.seq, Boot: now.Boot, Wall: now.Wall, WallTrusted: now.Trusted,
		Sensor:   health(&in.Reading, l.sampled.Load(), &rec.reasons),
		Setpoint: float64(want.Setpoint), Mode: consent.Mode(want.Mode), Preset: uint8(want.Preset),
		Action: consent.Action(out.Action), Demand: out.Demand,
		Heat: out.Call == hvac.CallHeat, Cool: out.Call == hvac.CallCool, Fan: out.Fan,
		DoorCount:   in.DoorCount,
		TalkPresses: buttons.TalkPresses, QuietPresses: buttons.QuietPresses, QuietHolds: buttons.QuietHolds,
	}
	if in.Reading.Valid {
		s.SampleBoot = in.Reading.At
		s.Temperature = float64(in.Reading.Temperature)
		s.Humidity = float64(in.Reading.Humidity)
		s.Pressure = float64(in.Reading.Pressure)
	}
	for i := range min(in.DoorCount, consent.MaxDoors) {
		s.Doors[i] = consent.Door{Known: in.Doors[i].Known, Open: in.Doors[i].Open}
	}
	return pressed
}

// released tells the controller that everything was driven off behind its back:
// the driver does that after a failed write. The dwell times count from now, so
// that a line that fails now and then cannot short-cycle a compressor.
func (l *loop) released() {
	l.state.Released()
}

// indicate brings the light to what the keeper wants, or to a fault if it is gone.
func (l *loop) indicate(r request, now clock.Instant) {
	if r.arrived {
		l.keeper = true
		l.light.forget()
	}
	switch {
	case r.gone, l.keeper && !l.panel.connected():
		l.light.orphan(now.Boot)
	case r.asked:
		l.light.show(r.light, r.epoch, now.Boot)
	}
	l.light.step(now.Boot)
}

// tell completes the tick's record and offers the snapshot to the keeper. It
// reports whether a keeper took it.
func (l *loop) tell() (sent bool) {
	rec := l.news.slot()
	s := &rec.snapshot
	s.Indicator, s.IndicatorEpoch, s.IndicatorOK = l.light.state, l.light.epoch, l.light.confirmed
	s.TicksLate, s.TicksMissed, s.Lateness = l.cadence.late, l.cadence.missed, l.cadence.lateness
	l.frame = wire.AppendSnapshot(l.frame[:0], s)
	sent = l.panel.send(l.frame)
	rec.keeper, rec.dropped, rec.worst = l.panel.connected(), l.panel.dropped, l.cadence.worst
	marks := marks{relay: rec.relay != nil, keeper: rec.keeper, sensor: s.Sensor}
	l.news.publish()
	if marks != l.marks {
		l.marks = marks
		l.changed.ring()
	}
	l.watchdog()
	return sent
}
