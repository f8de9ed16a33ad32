package control

import (
	"errors"
	"testing"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

// A tick in the steady state allocates nothing: alone, with a keeper that does not
// read, and on the drivers' own board.
func TestTickAllocatesNothing(t *testing.T) {
	real, err := drivers.Open(sim.New(1), testConfig(t).DriversOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer real.Close()
	for _, c := range []struct {
		name   string
		board  board
		keeper bool
	}{
		{"alone", &fakeBoard{doorCount: 2, reading: room(19)}, false},
		{"with a keeper that never reads", &fakeBoard{doorCount: 2, reading: room(19), lights: make([]bool, 0, 1<<16)}, true},
		{"on the drivers' board", opened{real}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			socket := panelSocket(t)
			l := newLoop(t, c.board, socket)
			if c.keeper {
				ask(t, keeperAt(t, socket), wire.Panel{Indicator: consent.IndicatorSession, Epoch: 1})
			}
			if err := c.board.Sense(at(0).Boot); err != nil {
				t.Fatal(err)
			}
			seconds := 0.0
			tick := func() {
				seconds++
				l.tick(at(seconds))
			}
			for range 2000 { // until the socket is full
				tick()
			}
			if c.keeper && l.panel.dropped == 0 {
				t.Fatal("the socket never filled up")
			}
			if n := testing.AllocsPerRun(1000, tick); n != 0 {
				t.Errorf("%v allocations per tick", n)
			}
		})
	}
}

func TestTickOffersWhatItDid(t *testing.T) {
	b := &fakeBoard{
		doorCount: 2,
		doors:     [hvac.MaxDoors]hvac.Contact{{Known: true, Open: true}, {}},
		reading:   room(19.5),
		buttons:   drivers.Buttons{TalkPresses: 3, QuietPresses: 2, QuietHolds: 1},
	}
	b.reading.At = at(0).Boot
	socket := panelSocket(t)
	l := newLoop(t, b, socket)
	l.sampled.Store(true)
	k := keeperAt(t, socket)
	l.tick(at(0))
	got := hear(t, k)
	want := consent.Snapshot{
		Seq: 1, Boot: at(0).Boot, Wall: at(0).Wall, WallTrusted: true,
		SampleBoot: at(0).Boot, Temperature: 19.5, Humidity: 45, Pressure: 101325, Sensor: consent.HealthOK,
		Setpoint: 20, Mode: consent.ModeHeat, Action: got.Action, Demand: got.Demand,
		DoorCount: 2, Doors: [consent.MaxDoors]consent.Door{{Known: true, Open: true}},
		TalkPresses: 3, QuietPresses: 2, QuietHolds: 1,
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	select {
	case <-l.sample:
	default:
		t.Error("a press of talk did not ask for a fresh sample")
	}
}

// The vocabularies of the controller and of the snapshot are converted by number.
func TestVocabulariesAgree(t *testing.T) {
	for mode, want := range map[consent.Mode]hvac.Mode{
		consent.ModeOff: hvac.ModeOff, consent.ModeHeat: hvac.ModeHeat,
		consent.ModeCool: hvac.ModeCool, consent.ModeAuto: hvac.ModeAuto, consent.ModeDry: hvac.ModeDry,
	} {
		if consent.Mode(want) != mode {
			t.Errorf("mode %v is %d in the snapshot, want %d", want, want, mode)
		}
	}
	for action, want := range map[consent.Action]hvac.Action{
		consent.ActionOff: hvac.ActionOff, consent.ActionIdle: hvac.ActionIdle,
		consent.ActionHeating: hvac.ActionHeating, consent.ActionCooling: hvac.ActionCooling,
		consent.ActionPaused: hvac.ActionPaused, consent.ActionFault: hvac.ActionFault,
		consent.ActionDrying: hvac.ActionDrying,
	} {
		if consent.Action(want) != action {
			t.Errorf("action %v is %d in the snapshot, want %d", want, want, action)
		}
	}
	if consent.MaxDoors < hvac.MaxDoors {
		t.Errorf("a snapshot carries %d doors, a board %d", consent.MaxDoors, hvac.MaxDoors)
	}
}

func TestHealth(t *testing.T) {
	valid := room(20)
	reasons := func(kinds ...hvac.ReasonKind) *hvac.Reasons {
		rs := new(hvac.Reasons)
		for i, k := range kinds {
			rs.List[i].Kind = k
			rs.N++
		}
		return rs
	}
	for _, c := range []struct {
		name    string
		reading hvac.Reading
		tried   bool
		reasons *hvac.Reasons
		want    consent.Health
	}{
		{"before the first sample the complaint is nobody's", hvac.Reading{}, false, reasons(hvac.SensorFaulty, hvac.SensorAbsent), consent.HealthUnknown},
		{"asked and no answer", hvac.Reading{}, true, reasons(hvac.SensorFaulty, hvac.SensorAbsent), consent.HealthFault},
		{"asked and nothing known", hvac.Reading{}, true, reasons(hvac.SensorAbsent), consent.HealthUnknown},
		{"good", valid, true, reasons(hvac.Heating), consent.HealthOK},
		{"old", valid, true, reasons(hvac.SensorStale), consent.HealthStale},
		{"old because broken", valid, true, reasons(hvac.SensorFaulty, hvac.SensorStale), consent.HealthFault},
		{"impossible", valid, true, reasons(hvac.SensorImplausible), consent.HealthFault},
		{"jumping", valid, true, reasons(hvac.SensorSpike), consent.HealthFault},
		{"a sample the controller never took", valid, true, reasons(hvac.SensorAbsent), consent.HealthUnknown},
	} {
		if got := health(&c.reading, c.tried, c.reasons); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, healthWords[got], healthWords[c.want])
		}
	}
}

func TestPanelIsAnsweredInTheNextTick(t *testing.T) {
	b := &fakeBoard{}
	socket := panelSocket(t)
	l := newLoop(t, b, socket)
	k := keeperAt(t, socket)
	l.tick(at(0))
	if s := hear(t, k); s.Indicator != consent.IndicatorClosed || s.IndicatorOK {
		t.Errorf("before anybody asked: %+v", s)
	}
	ask(t, k, wire.Panel{Indicator: consent.IndicatorSession, Epoch: 9, Sample: true})
	l.tick(at(1))
	if s := hear(t, k); s.Indicator != consent.IndicatorSession || s.IndicatorEpoch != 9 || !s.IndicatorOK {
		t.Errorf("the next tick answers %v for epoch %d, confirmed %v", s.Indicator, s.IndicatorEpoch, s.IndicatorOK)
	}
	if len(b.lights) != 1 || !b.lights[0] {
		t.Errorf("the light was told %v, want on", b.lights)
	}
	select {
	case <-l.sample:
	default:
		t.Error("the sample asked for was forgotten")
	}

	b.lightErr = drivers.ErrNotFitted
	ask(t, k, wire.Panel{Indicator: consent.IndicatorGrant, Epoch: 10})
	l.tick(at(2))
	if s := hear(t, k); s.IndicatorEpoch != 10 || s.IndicatorOK {
		t.Errorf("a light that cannot be switched is confirmed: %+v", s)
	}
}

func TestKeeperGoneShowsFault(t *testing.T) {
	b := &fakeBoard{}
	socket := panelSocket(t)
	l := newLoop(t, b, socket)
	l.tick(at(0))
	if l.light.state != consent.IndicatorClosed {
		t.Error("a fault is shown although no keeper was ever there")
	}
	k := keeperAt(t, socket)
	ask(t, k, wire.Panel{Indicator: consent.IndicatorSession, Epoch: 1})
	l.tick(at(1))
	k.Close()
	l.tick(at(2))
	if l.light.state != consent.IndicatorFault || l.light.confirmed || !b.lights[len(b.lights)-1] {
		t.Errorf("the keeper is gone and the light is %+v after %v", l.light, b.lights)
	}
	k = keeperAt(t, socket)
	l.tick(at(3))
	if s := hear(t, k); s.Indicator != consent.IndicatorFault || s.IndicatorOK || s.IndicatorEpoch != 0 {
		t.Errorf("a new keeper is told %v for epoch %d, confirmed %v", s.Indicator, s.IndicatorEpoch, s.IndicatorOK)
	}
	ask(t, k, wire.Panel{Indicator: consent.IndicatorClosed, Epoch: 2})
	l.tick(at(4))
	if s := hear(t, k); s.Indicator != consent.IndicatorClosed || !s.IndicatorOK || b.lights[len(b.lights)-1] {
		t.Errorf("the new keeper cannot put the fault out: %+v", s)
	}
}

// heated runs ticks until the heating is on.
func heated(t *testing.T, b *fakeBoard, l *loop) (seconds float64) {
	t.Helper()
	for ; seconds < 1000; seconds++ {
		b.reading = room(15)
		b.reading.At = at(seconds).Boot
		l.tick(at(seconds))
		if b.last() == hvac.CallHeat {
			return seconds
		}
	}
	t.Fatal("a cold room is not heated")
	return 0
}

// After a write that failed everything is off, is known to be off, and stays off
// for the shortest pause.
func TestRelayFault(t *testing.T) {
	b := &fakeBoard{}
	l := newLoop(t, b, nil)
	began := heated(t, b, l)
	if min := l.desk.load().params.MinOff.Seconds(); began < min {
		t.Errorf("heating began %v s after the start, the shortest pause is %v s", began, min)
	}
	b.relayErr = errors.New("line is gone")
	l.tick(at(began + 1))
	r := l.news.read()
	if s := r.snapshot; s.Heat || s.Action != consent.ActionFault || r.relay == nil {
		t.Errorf("after a failed write the snapshot says heat %v, action %v, error %v", s.Heat, s.Action, r.relay)
	}
	b.relayErr = nil
	least := l.desk.load().params.MinOff.Seconds()
	for s := began + 2; s < began+least; s++ {
		b.reading.At = at(s).Boot
		l.tick(at(s))
		if b.last() != hvac.CallNone {
			t.Fatalf("on again %v s after the failure, the shortest pause is %v s", s-began-1, least)
		}
	}
	b.reading.At = at(began + 2 + least).Boot
	l.tick(at(began + 2 + least))
	if b.last() != hvac.CallHeat {
		t.Error("still off after the shortest pause")
	}
}

func TestWatchdogIsFedAfterEveryTick(t *testing.T) {
	b := &fakeBoard{}
	l := newLoop(t, b, nil)
	fed := 0
	l.watchdog = func() {
		fed++
		if l.news.read().snapshot.Seq != uint64(fed) {
			t.Error("the watchdog was fed before the tick was complete")
		}
	}
	for i := range 5 {
		l.tick(at(float64(i)))
	}
	if fed != 5 {
		t.Errorf("fed %d times in 5 ticks", fed)
	}
}

func BenchmarkTick(b *testing.B) {
	board := &fakeBoard{doorCount: 2, reading: room(19)}
	socket := panelSocket(b)
	l := newLoop(b, board, socket)
	k := keeperAt(b, socket)
	go func() {
		var buf [wire.MaxFrame]byte
		for {
			if _, err := k.Read(buf[:]); err != nil {
				return
			}
		}
	}()
	b.ReportAllocs()
	seconds := 0.0
	for b.Loop() {
		seconds++
		board.reading.At = at(seconds).Boot
		l.tick(at(seconds))
	}
}
