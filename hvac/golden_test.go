package hvac_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quietstat/hvac"
	"quietstat/hvac/house"
)

var update = flag.Bool("update", false, "rewrite testdata/day-*.txt")

// A day is a closed loop of one house from midnight to midnight: night setback to
// 17 °C (U: 19 °C), 21 °C from 06 to 22, a door open at noon, the sensor pulled at 18.
type day struct {
	house   *house.House
	noise   *house.Noise
	params  hvac.Params
	state   hvac.State
	in      hvac.Input
	out     hvac.Outputs
	reasons hvac.Reasons
	night   hvac.Celsius
}

func newDay(k house.Kind) *day {
	d := &day{house: house.New(k, 1, 0), noise: house.NewNoise(1), params: hvac.DefaultParams(), night: 17}
	if k == house.KindU {
		d.night = 19
	}
	d.house.SetInitial(d.night)
	d.in = hvac.Input{Mode: hvac.ModeHeat, DoorCount: 1, Params: &d.params}
	d.in.Doors[0].Known = true
	return d
}

func between(at time.Duration, from, to float64) bool {
	return at.Hours() >= from && at.Hours() < to
}

// tick is one second of the day at the time at since midnight.
func (d *day) tick(at time.Duration) {
	d.in.Now = 10*time.Second + at
	d.in.Setpoint = d.night
	if between(at, 6, 22) {
		d.in.Setpoint = 21
	}
	d.in.Doors[0].Open = between(at, 12, 12.25)
	d.in.Fault = hvac.FaultNone
	if between(at, 18, 18.25) {
		d.in.Fault = hvac.FaultBus
	} else if at%(2*time.Second) == 0 {
		t := float64(d.house.Climate().Sensor) + d.noise.Sample(2)
		d.in.Reading = hvac.Reading{At: d.in.Now, Valid: true, Temperature: hvac.Celsius(math.Round(t*100) / 100)}
	}
	d.state, d.out, d.reasons = hvac.Step(d.state, d.in)
	doors := 0
	if d.in.Doors[0].Open {
		doors = 1
	}
	d.house.Step(1, house.Inputs{Heat: d.out.Call == hvac.CallHeat, DoorsOpen: doors})
}

// trace is the day as text: a line every ten minutes and at every change of the
// call, and last a hash over the bits of every demand and temperature, which is
// what makes the text the same on every machine or not at all.
func (d *day) trace() string {
	var b strings.Builder
	b.WriteString("time      sensor  setpoint  demand    P        I        D        call  action   why\n")
	sum := fnv.New64a()
	was := hvac.CallNone
	for at := time.Duration(0); at < 24*time.Hour; at += time.Second {
		d.tick(at)
		c := d.house.Climate()
		for _, f := range []float64{d.out.Demand, float64(c.Sensor), float64(c.Humidity), float64(c.Pressure)} {
			var bits [8]byte
			binary.LittleEndian.PutUint64(bits[:], math.Float64bits(f))
			sum.Write(bits[:])
		}
		if at%(10*time.Minute) != 0 && d.out.Call == was {
			continue
		}
		was = d.out.Call
		var why []string
		for _, r := range d.reasons.List[:d.reasons.N] {
			why = append(why, r.Kind.String())
		}
		t := d.out.Terms
		fmt.Fprintf(&b, "%02d:%02d:%02d  %6.3f  %5.1f     %7.4f  %7.4f  %7.4f  %7.4f  %-4s  %-7s  %s\n",
			int(at.Hours()), int(at.Minutes())%60, int(at.Seconds())%60, float64(c.Sensor), float64(d.in.Setpoint),
			d.out.Demand, t.Proportional, t.Integral, t.Derivative, d.out.Call, d.out.Action, strings.Join(why, " "))
	}
	fmt.Fprintf(&b, "bits %016x\n", sum.Sum64())
	return b.String()
}

func TestGoldenDays(t *testing.T) {
	t.Parallel()
	for _, k := range house.Kinds {
		name := filepath.Join("testdata", "day-"+k.String()+".txt")
		got := newDay(k).trace()
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("house %v: the day differs (run with -update if that is meant):\n%s", k, diff)
		}
	}
}

// What a household would notice, in the four houses.
func TestComfortOfTheDay(t *testing.T) {
	t.Parallel()
	// warm: hours after 06:00 that the warm-up may take; rms: over the rest until 22,
	// without the hours of the door and of the sensor.
	for _, tt := range []struct {
		kind           house.Kind
		warm, rms, top float64
	}{
		{house.KindA, 1.5, 0.25, 0.4},
		{house.KindE, 2.5, 0.25, 0.4},
		{house.KindR, 1.5, 0.3, 1.3}, // the noon's cooking: 1.5 kW in a room whose radiators stay warm for half an hour
		{house.KindU, 7, 0.2, 0.4},
	} {
		d := newDay(tt.kind)
		var square, n float64
		top := math.Inf(-1)
		for at := time.Duration(0); at < 24*time.Hour; at += time.Second {
			d.tick(at)
			if !between(at, 6+tt.warm, 22) || between(at, 12, 13) || between(at, 18, 19) {
				continue
			}
			e := float64(d.house.Climate().Sensor - 21)
			square += e * e
			n++
			top = max(top, e)
		}
		rms := math.Sqrt(square / n)
		t.Logf("house %v: rms %.3f K, at most %.2f K above", tt.kind, rms, top)
		if rms > tt.rms || top > tt.top {
			t.Errorf("house %v: rms %.3f K, want at most %v; %.2f K above the setpoint, want at most %v", tt.kind, rms, tt.rms, top, tt.top)
		}
	}
}
