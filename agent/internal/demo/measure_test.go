package demo

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDwell(t *testing.T) {
	// One sign per second: # on, . off.
	for _, row := range []struct {
		trace         string
		starts        int
		minOn, minOff time.Duration
	}{
		{"", 0, 0, 0},
		{"###", 0, 0, 0},
		{"...", 0, 0, 0},
		{"..###", 1, 0, 0},        // the run has not ended
		{"###..", 0, 0, 0},        // its beginning was not seen
		{"..###..", 1, 3, 0},      // one whole run
		{"..###..#", 2, 3, 2},     // and one whole pause
		{".#.##..#.", 3, 1, 1},    // the shortest of each
		{".##...##", 2, 2, 3},     // the last run does not count
		{"#.#", 1, 0, 1},          // the first does not either
		{".####..##...", 2, 2, 2}, // shortest last
	} {
		var d dwell
		for i, c := range row.trace {
			d.see(time.Duration(i)*time.Second, c == '#')
		}
		if d.starts != row.starts || d.minOn != row.minOn*time.Second || d.minOff != row.minOff*time.Second {
			t.Errorf("%q: %d starts, %v on, %v off; want %d, %d s, %d s", row.trace, d.starts, d.minOn, d.minOff, row.starts, row.minOn, row.minOff)
		}
	}
}

func TestDwellKept(t *testing.T) {
	for _, row := range []struct {
		on, off time.Duration
		want    bool
	}{
		{0, 0, true}, {179, 0, false}, {180, 0, true}, {181, 0, true},
		{0, 179, false}, {0, 180, true}, {180, 179, false}, {180, 180, true},
	} {
		d := dwell{minOn: row.on * time.Second, minOff: row.off * time.Second}
		if got := d.kept(180*time.Second, 180*time.Second); got != row.want {
			t.Errorf("kept with %d s on, %d s off: %t", row.on, row.off, got)
		}
	}
}

func TestWarmUpEndsOnce(t *testing.T) {
	m := newMeasure()
	m.want(100*time.Second, 21, true)
	for _, row := range []struct {
		at      time.Duration
		temp    float64
		arrived bool
		counted int
	}{
		{101 * time.Second, 20.69, false, 0},
		{102 * time.Second, 20.71, true, 1},
		{103 * time.Second, 20.0, false, 2},  // it counts from now on, whatever happens
		{104 * time.Second, 20.75, false, 3}, // and arrives only once
	} {
		if got := m.instant(row.at, row.temp, false, 1); got != row.arrived || m.count != row.counted {
			t.Errorf("%v at %v: arrived %t, %d counted; want %t, %d", row.temp, row.at, got, m.count, row.arrived, row.counted)
		}
	}
	if want := math.Sqrt((0.29*0.29 + 1 + 0.25*0.25) / 3); math.Abs(m.rms()-want) > 1e-9 {
		t.Errorf("rms %v, want %v", m.rms(), want)
	}
	m.want(200*time.Second, 17, false)
	m.instant(201*time.Second, 21, false, 1)
	if m.count != 3 {
		t.Error("the night counts")
	}
}

func TestWarmUpIsLimited(t *testing.T) {
	for _, row := range []struct {
		at   time.Duration
		want int
	}{{warmLimit - time.Second, 0}, {warmLimit, 1}, {warmLimit + time.Second, 1}} {
		m := newMeasure()
		m.want(0, 21, true)
		m.instant(row.at, 15, false, 1)
		if m.count != row.want {
			t.Errorf("%v after it was wanted: %d counted, want %d", row.at, m.count, row.want)
		}
	}
}

func TestExcuseLastsAnHour(t *testing.T) {
	m := newMeasure()
	m.want(0, 21, true)
	m.instant(0, 21, false, 1)
	m.excuse(time.Minute)
	m.excuse(0) // an older one does not shorten it
	for _, row := range []struct {
		at   time.Duration
		want int
	}{{time.Minute + time.Hour - time.Second, 1}, {time.Minute + time.Hour, 2}, {time.Minute + time.Hour + time.Second, 3}} {
		m.instant(row.at, 21, false, 1)
		if m.count != row.want {
			t.Errorf("at %v: %d counted, want %d", row.at, m.count, row.want)
		}
	}
}

func TestEnergy(t *testing.T) {
	m := newMeasure()
	for i := range 7200 {
		m.instant(time.Duration(i)*time.Second, 20, i%2 == 0, 6)
	}
	if math.Abs(m.energy-6) > 1e-9 {
		t.Errorf("an hour of 6 kW is %v kWh", m.energy)
	}
}

func TestTraceTellsTheSmallestDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		temps := rapid.SliceOfN(rapid.Float64Range(-10, 40), 1, 20).Draw(t, "temps")
		at := rapid.IntRange(0, len(temps)-1).Draw(t, "at")
		run := func(change int) string {
			m := newMeasure()
			for i, temp := range temps {
				heating := i%3 == 0
				if i == at && change == 1 {
					temp = math.Nextafter(temp, 100)
				}
				if i == at && change == 2 {
					heating = !heating
				}
				m.instant(time.Duration(i)*time.Second, temp, heating, 1)
			}
			return string(m.trace.Sum(nil))
		}
		if run(0) != run(0) || run(0) == run(1) || run(0) == run(2) {
			t.Fatal("the trace is not what it should be")
		}
	})
}
