package drivers

import (
	"strconv"
	"strings"
	"testing"
)

func TestPickLine(t *testing.T) {
	pi4 := []chip{
		{"pinctrl-bcm2711", []string{"ID_SDA", "ID_SCL", "GPIO2", "GPIO3"}},
		{"raspberrypi-exp-gpio", []string{"BT_ON", "GPIO2"}},
	}
	old := []chip{{"pinctrl-bcm2835", []string{"", "", "", "", ""}}}
	mainline := []chip{{"pinctrl-bcm2835", make([]string, 54)}, {"raspberrypi-exp-gpio", []string{"BT_ON"}}}
	for i := range mainline[0].lines {
		mainline[0].lines[i] = "GPIO" + strconv.Itoa(i)
	}
	for i, name := range map[int]string{0: "ID_SDA", 1: "ID_SCL", 2: "SDA1", 4: "GPIO_GCLK", 27: "NC", 28: "HDMI_HPD"} {
		mainline[0].lines[i] = name
	}
	stranger := []chip{{"pinctrl-amd", mainline[0].lines}}
	twice := []chip{{"pinctrl-rp1", []string{"GPIO2"}}, {"pinctrl-other", []string{"GPIO2"}}}
	tests := []struct {
		name         string
		chips        []chip
		label, line  string
		chip, offset int
		err          string // part of the error, empty for success
	}{
		{"by name on the header chip", pi4, "", "GPIO3", 0, 3, ""},
		{"label in full", pi4, "pinctrl-bcm2711", "GPIO2", 0, 2, ""},
		{"another chip by label", pi4, "raspberrypi-exp", "GPIO2", 1, 1, ""},
		{"number is not an offset when lines have names", pi4, "", "GPIO1", 0, 0, `no line named "GPIO1"`},
		{"bare number", pi4, "", "3", 0, 0, "write it like GPIO17"},
		{"empty name", pi4, "", "", 0, 0, "no line named"},
		{"unknown chip", pi4, "pinctrl-rp1", "GPIO2", 0, 0, "there are: pinctrl-bcm2711, raspberrypi-exp-gpio"},
		{"no chip at all", nil, "", "GPIO2", 0, 0, "there are: none"},
		{"unnamed lines: offset", old, "", "GPIO4", 0, 4, ""},
		{"unnamed lines: past the end", old, "", "GPIO5", 0, 0, "no line named"},
		{"unnamed lines: negative", old, "", "GPIO-1", 0, 0, "no line named"},
		{"unnamed lines: bare number", old, "", "4", 0, 0, "no line named"},
		{"unnamed lines: empty name", old, "", "", 0, 0, "no line named"},
		{"called by what it can do", mainline, "", "GPIO4", 0, 4, ""},
		{"by that name itself", mainline, "", "GPIO_GCLK", 0, 4, ""},
		{"another spelling", mainline, "", "GPIO04", 0, 0, "no line named"},
		{"first of the header", mainline, "", "GPIO2", 0, 2, ""},
		{"before the header", mainline, "", "GPIO1", 0, 0, "no line named"},
		{"last of the header", mainline, "", "GPIO27", 0, 27, ""},
		{"beyond the header", mainline, "", "GPIO28", 0, 0, "no line named"},
		{"another processor", stranger, "", "GPIO4", 0, 0, "no line named"},
		{"another processor, by name", stranger, "", "GPIO5", 0, 5, ""},
		{"on two chips", twice, "", "GPIO2", 0, 0, "two GPIO chips"},
		{"on two chips, one named", twice, "pinctrl-rp1", "GPIO2", 0, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, o, err := pickLine(tt.chips, tt.label, tt.line)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("err = %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil || c != tt.chip || o != tt.offset {
				t.Errorf("chip %d offset %d err %v, want chip %d offset %d", c, o, err, tt.chip, tt.offset)
			}
		})
	}
}
