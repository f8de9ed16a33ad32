package drivers

import (
	"testing"

	"quietstat/hvac"
)

// makeBurst packs raw values as the chip does.
func makeBurst(p, t, h uint32) burst {
	return burst{byte(p >> 12), byte(p >> 4), byte(p << 4), byte(t >> 12), byte(t >> 4), byte(t << 4), byte(h >> 8), byte(h)}
}

func TestBurstFields(t *testing.T) {
	b := makeBurst(0x655AC, 0x7EED0, 0x6B2C)
	if b.pressure() != 0x655AC || b.temperature() != 0x7EED0 || b.humidity() != 0x6B2C {
		t.Errorf("got %x %x %x", b.pressure(), b.temperature(), b.humidity())
	}
}

func TestJudge(t *testing.T) {
	const p, temp, h = 0x65000, 0x7EE00, 0x6B2C // an ordinary room
	tests := []struct {
		name    string
		p, t, h uint32
		want    judgement
	}{
		{"room", p, temp, h, plausible},
		{"power-on", 0x80000, 0x80000, 0x8000, resetPattern},
		{"power-on, humidity still there", 0x80000, 0x80000, h, resetPattern},
		{"temperature alone", p, 0x80000, h, maybeReset},
		{"pressure alone", 0x80000, temp, h, maybeReset},
		{"humidity alone", p, temp, 0x8000, maybeReset},
		{"one step below the power-on value", p, 0x7FFF0, h, plausible},
		{"one step above the power-on value", p, 0x80010, h, plausible},
		{"humidity one below", p, temp, 0x7FFF, plausible},
		{"humidity one above", p, temp, 0x8001, plausible},
		{"all ones", 0xFFFFF, 0xFFFFF, 0xFFFF, deadLines},
		{"all zeros", 0, 0, 0, deadLines},
		{"temperature at its upper stop", p, 0xFFFF0, h, deadLines},
		{"temperature one step below it", p, 0xFFFE0, h, plausible},
		{"temperature at its lower stop", p, 0, h, deadLines},
		{"temperature one step above it", p, 0x00010, h, plausible},
		{"pressure at its stops", 0xFFFF0, temp, h, deadLines},
		{"pressure at zero", 0, temp, h, deadLines},
		{"humidity all ones", p, temp, 0xFFFF, deadLines},
		{"humidity zero", p, temp, 0, deadLines},
		{"humidity one", p, temp, 1, plausible},
	}
	for _, tt := range tests {
		if got := makeBurst(tt.p, tt.t, tt.h).judge(); got != tt.want {
			t.Errorf("%s: judge = %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestRepeats(t *testing.T) {
	a, b := makeBurst(1, 2, 3), makeBurst(1, 2, 4)
	var r repeats
	for i := 1; i <= stuckAfter+2; i++ {
		if got, want := r.add(a), i >= stuckAfter; got != want {
			t.Errorf("burst number %d of the same: stuck = %v, want %v", i, got, want)
		}
	}
	if r.add(b) {
		t.Error("another burst still counts as stuck")
	}
	for i := 2; i < stuckAfter; i++ {
		if r.add(b) {
			t.Errorf("stuck after only %d", i)
		}
	}
	if r.add(a); r.add(b) {
		t.Error("a different burst in between must start over")
	}
}

// TestRepeatsZeroBurst: the very first burst is never a repetition, whatever it holds.
func TestRepeatsZeroBurst(t *testing.T) {
	var r repeats
	for i := 1; i < stuckAfter; i++ {
		if r.add(burst{}) {
			t.Fatalf("stuck after %d zero bursts, want %d", i, stuckAfter)
		}
	}
	if !r.add(burst{}) {
		t.Error("not stuck")
	}
}

func TestPlausibleRoom(t *testing.T) {
	good := hvac.Reading{Temperature: 20, Humidity: 50, Pressure: 101325}
	tests := []struct {
		name string
		set  func(*hvac.Reading)
		want bool
	}{
		{"room", func(*hvac.Reading) {}, true},
		{"coldest", func(r *hvac.Reading) { r.Temperature = -40 }, true},
		{"too cold", func(r *hvac.Reading) { r.Temperature = -40.01 }, false},
		{"hottest", func(r *hvac.Reading) { r.Temperature = 85 }, true},
		{"too hot", func(r *hvac.Reading) { r.Temperature = 85.01 }, false},
		{"dry", func(r *hvac.Reading) { r.Humidity = 0 }, true},
		{"wet", func(r *hvac.Reading) { r.Humidity = 100 }, true},
		{"wetter than wet", func(r *hvac.Reading) { r.Humidity = 100.1 }, false},
		{"thin", func(r *hvac.Reading) { r.Pressure = 30000 }, true},
		{"too thin", func(r *hvac.Reading) { r.Pressure = 29999 }, false},
		{"thick", func(r *hvac.Reading) { r.Pressure = 110000 }, true},
		{"too thick", func(r *hvac.Reading) { r.Pressure = 110001 }, false},
	}
	for _, tt := range tests {
		r := good
		tt.set(&r)
		if got := plausibleRoom(r); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestHumiditySigns(t *testing.T) {
	// E4, E5, E6 hold dig_H4 and dig_H5 in 12 bits each, sharing E5.
	tests := []struct {
		e4, e5, e6 byte
		h4, h5     int16
		signed     bool
	}{
		{0x15, 0x24, 0x03, 340, 50, false},
		{0x7F, 0xFF, 0x7F, 2047, 2047, false},
		{0x80, 0x00, 0x00, -2048, 0, true},
		{0xFF, 0x0F, 0x00, -1, 0, true},
		{0x15, 0x64, 0xFF, 340, -10, true},
		{0x00, 0x00, 0x80, 0, -2048, true},
		{0x00, 0x00, 0x00, 0, 0, false},
	}
	for _, tt := range tests {
		var c humidityCalibration
		c.readH2to6([7]byte{0x63, 0x01, 0, tt.e4, tt.e5, tt.e6, 0xE2})
		if c.h4 != tt.h4 || c.h5 != tt.h5 || c.signed() != tt.signed {
			t.Errorf("% x: h4 %d h5 %d signed %v, want %d %d %v", []byte{tt.e4, tt.e5, tt.e6}, c.h4, c.h5, c.signed(), tt.h4, tt.h5, tt.signed)
		}
		if c.h2 != 355 || c.h6 != -30 {
			t.Errorf("h2 %d h6 %d, want 355 and -30", c.h2, c.h6)
		}
	}
}
