package control

import (
	"slices"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/config"
	"quietstat/hvac"
)

// sampleOf is room at a time.
func sampleOf(celsius float64, at time.Duration) hvac.Reading {
	r := room(celsius)
	r.At = at
	return r
}

func TestTheCorrectionIsMadeOnceForEverybody(t *testing.T) {
	b := &fakeBoard{reading: sampleOf(21.5, at(0).Boot)}
	l := newLoop(t, b, nil)
	p := *l.desk.load().params
	p.SensorOffset = -0.75
	l.desk.tune(p)
	l.tick(at(0))
	r := l.news.read()
	if r.reading.Temperature != 20.75 || r.snapshot.Temperature != 20.75 || r.state.Sensor.Good != 20.75 || r.reading.Humidity != 45 {
		t.Errorf("record %v, snapshot %v, controller %v", r.reading.Temperature, r.snapshot.Temperature, r.state.Sensor.Good)
	}
	l.tick(at(1))
	if again := l.news.read().snapshot.Temperature; again != 20.75 {
		t.Errorf("the same sample shown again is %v", again)
	}
}

func TestTheSecondSensorStandsIn(t *testing.T) {
	b := &fakeBoard{}
	l := newLoop(t, b, nil)
	l.sampled.Store(true)
	for s := range 4000 {
		now := at(float64(s)).Boot
		b.second = sampleOf(20.5+float64(s%2)/100, now)
		if s < 3000 {
			b.reading = sampleOf(20+float64(s%2)/100, now)
		} else {
			b.fault = hvac.FaultBus
		}
		l.tick(at(float64(s)))
	}
	r := l.news.read()
	why, ok := r.reasons.Find(hvac.SensorSpare)
	if !ok || why.Value < 0.49 || why.Value > 0.51 || hvac.Action(r.snapshot.Action) == hvac.ActionFault {
		t.Errorf("action %v, reasons %v", hvac.Action(r.snapshot.Action), r.reasons.List[:r.reasons.N])
	}
	if s := second(config.UseFallback, &r); s == nil || s.TemperatureC < 20.5 || s.DifferenceK < 0.49 || s.Fault != "none" || s.SampleAgeS != 0 {
		t.Errorf("status %+v", s)
	}
}

func TestWeatherFromTheSecondSensor(t *testing.T) {
	const now = time.Hour
	for _, tt := range []struct {
		name    string
		outdoor bool
		reading hvac.Reading
		fault   hvac.SensorFault
		want    hvac.Outdoor
		spare   bool
	}{
		{"fresh", true, sampleOf(-3, now), hvac.FaultNone, hvac.Outdoor{Known: true, Temperature: -3}, false},
		{"just fresh", true, sampleOf(-3, now-outdoorFor), hvac.FaultNone, hvac.Outdoor{Known: true, Temperature: -3}, false},
		{"old", true, sampleOf(-3, now-outdoorFor-1), hvac.FaultNone, hvac.Outdoor{}, false},
		{"from the future", true, sampleOf(-3, now+1), hvac.FaultNone, hvac.Outdoor{}, false},
		{"faulty", true, sampleOf(-3, now), hvac.FaultStuck, hvac.Outdoor{}, false},
		{"never", true, hvac.Reading{}, hvac.FaultBus, hvac.Outdoor{}, false},
		{"indoors", false, sampleOf(20, now), hvac.FaultNone, hvac.Outdoor{}, true},
		{"indoors, faulty", false, hvac.Reading{}, hvac.FaultBus, hvac.Outdoor{}, true},
		{"not fitted", false, hvac.Reading{}, hvac.FaultNone, hvac.Outdoor{}, false},
	} {
		b := &fakeBoard{second: tt.reading, secondFault: tt.fault}
		l := newLoop(t, b, nil)
		l.outdoor = tt.outdoor
		in := hvac.Input{Now: now}
		l.gauge(&in, l.desk.load())
		if in.Outdoor != tt.want || (in.Spare.Valid || in.SpareFault != hvac.FaultNone) != tt.spare {
			t.Errorf("%s: outdoor %+v, spare %+v %v", tt.name, in.Outdoor, in.Spare, in.SpareFault)
		}
	}
}

func TestExplainTellsOfTheSecondSensor(t *testing.T) {
	c := testConfig(t)
	c.Sensor.Second = config.SecondSensor{Address: 0x77, Use: config.UseFallback}
	c.Sensor.Offset = -0.8
	b := &fakeBoard{reading: sampleOf(21, at(0).Boot), secondFault: hvac.FaultBus}
	r := roleOf(t, Options{Config: c}, b)
	tell := func(seconds float64) []string {
		r.loop.tick(at(seconds))
		return explain(r.status()).Chain
	}
	has := func(chain []string, text string) {
		t.Helper()
		if !slices.ContainsFunc(chain, func(s string) bool { return strings.Contains(s, text) }) {
			t.Errorf("%q is not in %q", text, chain)
		}
	}
	chain := tell(0)
	has(chain, "measured: 20.2 °C (corrected by -0.8 K)")
	has(chain, "second sensor (fallback): nothing yet; fault bus")
	b.second = sampleOf(20.7, at(1).Boot)
	has(tell(1), "second sensor (fallback): 20.7 °C, 0 s ago; fault bus")
	b.secondFault = hvac.FaultNone
	has(tell(2), "second sensor (fallback): 20.7 °C, usually +0.5 K beside the first")
	if got := beside(second(config.UseOutdoor, &record{second: room(3)})); len(got) != 1 || got[0] != "second sensor (outdoor): 3.0 °C" {
		t.Errorf("outdoors: %q", got)
	}
	if second("", &record{}) != nil || beside(nil) != nil || correction(0) != "" {
		t.Error("what is not there is told")
	}
}
