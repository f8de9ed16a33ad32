package sim

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestDatasheetExample is the worked example of BST-BMP280-DS001 §3.12.
func TestDatasheetExample(t *testing.T) {
	c := DatasheetCalibration
	fine := c.fine(519888)
	if math.Abs(fine-128422) > 1 {
		t.Errorf("t_fine = %.1f, want 128422", fine)
	}
	if v := c.celsius(519888); math.Abs(v-25.08) > 0.005 {
		t.Errorf("temperature = %.3f, want 25.08", v)
	}
	if v := c.pascal(415148, fine); math.Abs(v-100653.27) > 0.02 {
		t.Errorf("pressure = %.3f, want 100653.27", v)
	}
}

// TestResetValuesLookLikeARoom: the documented appearance of the power-on registers.
func TestResetValuesLookLikeARoom(t *testing.T) {
	c := DatasheetCalibration
	fine := c.fine(0x80000)
	if v := c.celsius(0x80000); math.Abs(v-26.46) > 0.005 {
		t.Errorf("temperature = %.3f, want 26.46", v)
	}
	if v := c.pascal(0x80000, fine); math.Abs(v-82000) > 100 {
		t.Errorf("pressure = %.0f, want about 82000", v)
	}
	if v := c.percent(0x8000, fine); math.Abs(v-59.7) > 0.1 {
		t.Errorf("humidity = %.1f, want 59.7", v)
	}
}

// TestStore compares with the bytes a chip with the example constants holds.
func TestStore(t *testing.T) {
	var reg [256]byte
	c := DatasheetCalibration
	c.H4, c.H5, c.H6 = -2, -10, -30
	c.store(&reg)
	want := map[byte]byte{
		0x88: 0x70, 0x89: 0x6B, // 27504
		0x8A: 0x43, 0x8B: 0x67, // 26435
		0x8C: 0x18, 0x8D: 0xFC, // -1000
		0x8E: 0x7D, 0x8F: 0x8E, // 36477
		0x9E: 0x70, 0x9F: 0x17, // 6000
		0xA1: 75,
		0xE1: 0x63, 0xE2: 0x01, 0xE3: 0, // 355, 0
		0xE4: 0xFF, 0xE5: 0x6E, 0xE6: 0xFF, // -2 = FFE, -10 = FF6
		0xE7: 0xE2, // -30
	}
	for r, v := range want {
		if reg[r] != v {
			t.Errorf("register %02X = %02X, want %02X", r, reg[r], v)
		}
	}
}

func TestInvertNearest(t *testing.T) {
	rising := func(x float64) float64 { return x / 10 }
	falling := func(x float64) float64 { return 100 - x/10 }
	tests := []struct {
		name string
		f    func(float64) float64
		want float64
		step uint32
		raw  uint32
	}{
		{"exact", rising, 5, 1, 50},
		{"just below half way", rising, 5.049, 1, 50},
		{"just above half way", rising, 5.051, 1, 51},
		{"coarse steps", rising, 5, 16, 48},
		{"falling", falling, 95, 1, 50},
		{"falling, above half way", falling, 94.949, 1, 51},
		{"below the range", rising, -1, 1, 0},
		{"above the range", rising, 1000, 1, 1000},
		{"above the range, coarse", rising, 1000, 16, 992},
		{"falling, below the range", falling, -1, 1, 1000},
		{"falling, above the range", falling, 101, 1, 0},
	}
	for _, tt := range tests {
		if got := invert(tt.f, tt.want, 1000, tt.step); got != tt.raw {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.raw)
		}
	}
}

// TestInvertProperty: over the whole range of rooms the raw values lead back to the
// climate, within half a step of each channel.
func TestInvertProperty(t *testing.T) {
	c := DatasheetCalibration
	rapid.Check(t, func(t *rapid.T) {
		celsius := rapid.Float64Range(-30, 70).Draw(t, "celsius")
		pascal := rapid.Float64Range(60000, 108000).Draw(t, "pascal")
		percent := rapid.Float64Range(2, 98).Draw(t, "percent")
		rawT := invert(c.celsius, celsius, 0xFFFFF, 1)
		fine := c.fine(float64(rawT))
		rawP := invert(func(r float64) float64 { return c.pascal(r, fine) }, pascal, 0xFFFFF, 1)
		rawH := invert(func(r float64) float64 { return c.percent(r, fine) }, percent, 0xFFFF, 1)
		if d := math.Abs(c.celsius(float64(rawT)) - celsius); d > 0.0003 {
			t.Errorf("temperature off by %v", d)
		}
		if d := math.Abs(c.pascal(float64(rawP), fine) - pascal); d > 0.15 {
			t.Errorf("pressure off by %v", d)
		}
		if d := math.Abs(c.percent(float64(rawH), fine) - percent); d > 0.006 {
			t.Errorf("humidity off by %v", d)
		}
	})
}
