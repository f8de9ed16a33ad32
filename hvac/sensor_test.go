package hvac

import (
	"math"
	"testing"
	"time"
)

func TestStaleAtBoundary(t *testing.T) {
	for _, at := range around {
		d := newDrive(t, 18, 21, ModeHeat)
		d.run(10 * time.Minute)
		d.wantCall(CallHeat)
		d.silent = true
		d.run(d.params.StaleAfter + at.off)
		// The last good sample is still good at exactly StaleAfter.
		if stale := d.reasons.Has(SensorStale); stale != (at.off > 0) {
			t.Errorf("%v from the limit: stale %v", at.off, stale)
		}
		if fault := d.out.Action == ActionFault; fault != (at.off > 0) {
			t.Errorf("%v from the limit: fault %v", at.off, fault)
		}
	}
}

func TestStaleSwitchesOffWithinMinOn(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.until(CallHeat, 10*time.Minute)
	d.silent = true
	if took := d.until(CallNone, time.Hour); took > max(d.params.StaleAfter+time.Second, d.params.MinOn) {
		t.Errorf("off %v after the last sample", took)
	}
	if d.out.Demand != 0 {
		t.Errorf("demand %v without a sensor", d.out.Demand)
	}
}

func TestNeverSampled(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.silent = true
	d.run(time.Hour)
	d.wantCall(CallNone)
	if r := d.wantReason(SensorAbsent); r.Since != time.Hour {
		t.Errorf("since %v", r.Since)
	}
}

func TestFaults(t *testing.T) {
	tests := []struct {
		fault SensorFault
		rides bool // on the last good sample
	}{
		{FaultBus, true}, {FaultTimeout, true}, {FaultResetValue, true},
		{FaultStuck, false}, {FaultChip, false}, {FaultRange, false}, {SensorFault(99), false},
	}
	for _, tt := range tests {
		d := newDrive(t, 18, 21, ModeHeat)
		d.params.HoldFor = 0
		d.run(10 * time.Minute)
		d.in.Fault, d.silent = tt.fault, true
		d.step()
		if r := d.wantReason(SensorFaulty); SensorFault(r.Value) != tt.fault {
			t.Errorf("%v: reason says %v", tt.fault, r.Value)
		} else if want := d.params.StaleAfter - d.params.Tick; tt.rides && r.Left != want || !tt.rides && r.Left != 0 {
			t.Errorf("%v: the last good sample counts for another %v", tt.fault, r.Left)
		}
		if rides := d.out.Action != ActionFault; rides != tt.rides {
			t.Errorf("%v: rides on the last good sample: %v, want %v", tt.fault, rides, tt.rides)
		}
		d.run(d.params.StaleAfter)
		d.wantCall(CallNone)
		if r := d.wantReason(SensorFaulty); r.Left != 0 {
			t.Errorf("%v: a stale sample counts for another %v", tt.fault, r.Left)
		}
		d.in.Fault, d.silent = FaultNone, false
		d.run(5 * time.Minute)
		d.wantCall(CallHeat)
	}
}

func TestImplausibleSamplesAreNotUsed(t *testing.T) {
	p := DefaultParams()
	for _, x := range []Celsius{p.PlausibleMin - 0.01, p.PlausibleMax + 0.01, Celsius(math.NaN()), Celsius(math.Inf(1)), Celsius(math.Inf(-1))} {
		d := newDrive(t, x, 21, ModeHeat)
		d.run(10 * time.Minute)
		d.wantReason(SensorImplausible)
		d.wantReason(SensorAbsent)
		d.wantCall(CallNone)
	}
	for _, x := range []Celsius{p.PlausibleMin, p.PlausibleMax} {
		d := newDrive(t, x, 21, ModeHeat)
		d.run(10 * time.Minute)
		d.wantNoReason(SensorImplausible)
	}
}

func TestInvalidOldAndFutureReadings(t *testing.T) {
	d := newDrive(t, 18, 21, ModeHeat)
	d.run(time.Minute)
	good, age := d.state.Sensor.Good, d.state.Sensor.Age
	d.silent = true
	for _, r := range []Reading{
		{At: d.in.Now, Valid: false, Temperature: 25},
		{At: d.in.Now - time.Second, Valid: true, Temperature: 25}, // older than the last
		{At: d.in.Now + time.Hour, Valid: true, Temperature: 25},
	} {
		d.in.Reading = r
		d.step()
		if age += d.params.Tick; d.state.Sensor.Good != good || d.state.Sensor.Age != age {
			t.Errorf("%+v was taken: %+v", r, d.state.Sensor)
		}
	}
	d.wantReason(SensorImplausible) // the one from the future
}

func TestSpikeIsIgnoredUnlessConfirmed(t *testing.T) {
	d := newDrive(t, 20, 21, ModeHeat)
	d.run(time.Hour)
	d.temp = 26
	d.step()
	if r := d.wantReason(SensorSpike); r.Value != 6 {
		t.Errorf("jump of %v K reported, want 6", r.Value)
	}
	d.temp = 20
	d.step()
	d.wantNoReason(SensorSpike)
	if d.state.Sensor.Good != 20 || d.state.Sensor.Waiting {
		t.Errorf("spike left traces: %+v", d.state.Sensor)
	}
	for _, at := range around {
		d := newDrive(t, 20, 21, ModeHeat)
		d.run(time.Hour)
		d.temp = 26
		d.step()
		d.run(d.params.SpikeConfirm + at.off)
		if believed := d.state.Sensor.Good == 26; believed != at.past {
			t.Errorf("%v from confirmation: believed %v", at.off, believed)
		}
	}
}

func TestOneSpikeShownAgainProvesNothing(t *testing.T) {
	d := newDrive(t, 20, 21, ModeHeat)
	d.run(time.Hour)
	d.temp = 26
	d.step()
	d.silent = true // the driver keeps showing the same sample
	d.run(d.params.SpikeConfirm + 10*time.Second)
	if d.state.Sensor.Good != 20 {
		t.Errorf("a single sample confirmed itself")
	}
}

func TestFastButPossibleRise(t *testing.T) {
	d := newDrive(t, 15, 21, ModeHeat)
	d.run(time.Minute)
	for range 60 {
		d.temp += 0.04
		d.step()
		d.wantNoReason(SensorSpike)
	}
}

func TestFilterAndSlope(t *testing.T) {
	d := newDrive(t, 20, 21, ModeHeat)
	d.run(time.Minute)
	const rate = 0.0005 // K/s
	for range 7200 {
		d.temp += rate
		d.step()
	}
	s := d.state.Sensor
	if math.Abs(s.Slope-rate) > 1e-7 || math.Abs(s.Trend-rate) > 1e-6 {
		t.Errorf("slope %v trend %v, want %v", s.Slope, s.Trend, rate)
	}
	lag := rate * d.params.Gains.FilterTime.Seconds()
	if got := s.Good - s.Filtered; math.Abs(got-lag) > 1e-3 {
		t.Errorf("filter lags by %v K, want %v", got, lag)
	}
}

func TestNoDerivativeKickAfterAGap(t *testing.T) {
	d := newDrive(t, 20, 21, ModeHeat)
	d.run(time.Hour)
	d.silent = true
	d.run(time.Hour)
	d.silent, d.temp = false, 16
	d.step()
	if d.out.Terms.Derivative != 0 || d.state.Sensor.Filtered != 16 {
		t.Errorf("after the gap: derivative %v, filtered %v", d.out.Terms.Derivative, d.state.Sensor.Filtered)
	}
}
