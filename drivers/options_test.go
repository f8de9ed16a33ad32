package drivers

import (
	"strings"
	"testing"
	"time"
)

func TestOptionsCheck(t *testing.T) {
	good := func() Options {
		return Options{
			Bus: "1", Address: 0x76,
			Heat: RelayOptions{Pin: "GPIO17"}, Cool: RelayOptions{Pin: "GPIO27"},
			TalkPin: "GPIO23", QuietPin: "GPIO24",
			Doors: []DoorOptions{{ID: "front", Pin: "GPIO22"}, {ID: "back", Pin: "GPIO25"}},
		}
	}
	tests := []struct {
		name string
		set  func(*Options)
		err  string // part of the error, empty for success
	}{
		{"as it should be", func(*Options) {}, ""},
		{"other address", func(o *Options) { o.Address = 0x77 }, ""},
		{"no relay at all", func(o *Options) { o.Heat, o.Cool = RelayOptions{}, RelayOptions{} }, ""},
		{"no bus", func(o *Options) { o.Bus = "" }, "no I²C bus named"},
		{"no address", func(o *Options) { o.Address = 0 }, "0x76 (SDO low)"},
		{"address of something else", func(o *Options) { o.Address = 0x78 }, "0x78"},
		{"heat and cool on one pin", func(o *Options) { o.Cool.Pin = "GPIO17" }, "pin GPIO17 is given to both the heat relay and the cool relay"},
		{"heat pump beside a heat relay", func(o *Options) { o.Compressor.Pin = "GPIO4" }, "a compressor beside a heat"},
		{"heat pump", func(o *Options) {
			o.Heat, o.Cool, o.Compressor.Pin, o.Aux.Pin = RelayOptions{}, RelayOptions{}, "GPIO4", "GPIO5"
		}, ""},
		{"valve without compressor", func(o *Options) { o.Reversing.Pin = "GPIO4" }, "without a compressor"},
		{"aux without compressor", func(o *Options) { o.Aux.Pin = "GPIO4" }, "without a compressor"},
		{"second stage alone", func(o *Options) { o.Heat, o.Heat2.Pin = RelayOptions{}, "GPIO4" }, "without a first"},
		{"second stage", func(o *Options) { o.Heat2.Pin = "GPIO4" }, ""},
		{"button on a relay", func(o *Options) { o.TalkPin = "GPIO27" }, "the cool relay and the talk button"},
		{"door on a door", func(o *Options) { o.Doors[1].Pin = "GPIO22" }, "door number 1 and door number 2"},
		{"door without pin", func(o *Options) { o.Doors[0].Pin = "" }, "door number 1 has no pin"},
		{"door without id", func(o *Options) { o.Doors[1].ID = "" }, "door number 2 has no id"},
		{"same id", func(o *Options) { o.Doors[1].ID = "front" }, "ids must differ"},
		{"eight doors", func(o *Options) { o.Doors = doors(8) }, ""},
		{"nine doors", func(o *Options) { o.Doors = doors(9) }, "at most 8"},
		{"shortest debounce", func(o *Options) { o.Debounce = time.Millisecond }, ""},
		{"shorter", func(o *Options) { o.Debounce = time.Millisecond - 1 }, "want 1ms to 1s"},
		{"negative", func(o *Options) { o.Debounce = -1 }, "want 1ms to 1s"},
		{"longest debounce", func(o *Options) { o.Debounce = time.Second }, ""},
		{"longer", func(o *Options) { o.Debounce = time.Second + 1 }, "want 1ms to 1s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := good()
			tt.set(&o)
			err := o.check()
			if tt.err == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("err = %v, want one with %q", err, tt.err)
			}
		})
	}
	o := good()
	if err := o.check(); err != nil || o.Debounce != DefaultDebounce {
		t.Errorf("debounce = %v, err %v; want the default %v", o.Debounce, err, DefaultDebounce)
	}
}

func doors(n int) []DoorOptions {
	d := make([]DoorOptions, n)
	for i := range d {
		d[i] = DoorOptions{ID: string(rune('a' + i)), Pin: "GPIO1" + string(rune('0'+i))}
	}
	d[7].Pin = "GPIO4" // GPIO17 is the heat relay
	return d
}
