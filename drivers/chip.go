package drivers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// chip is what choosing a line needs to know about one GPIO chip.
type chip struct {
	label string
	lines []string // line names by offset, empty where the kernel has none
}

// pickLine finds a line by name on the chips whose label begins with label. A name on
// two such chips is refused: guessing could move somebody's relay. Where the kernel
// gives the lines of the one matching chip no names at all (before the Pi 4's device
// tree did), "GPIO17" means offset 17, as it always has on the header. It means that
// too on the processors of the Raspberry Pi where the device tree calls a line by what
// it can do besides: mainline Linux names GPIO4 of a Pi 3 "GPIO_GCLK", and GPIO10
// "SPI_MOSI" (broadcom/bcm2837-rpi-3-b.dts).
func pickLine(chips []chip, label, name string) (chipIndex, offset int, err error) {
	if label == "" {
		label = DefaultChip
	}
	var matching []int
	found := false
	for i, c := range chips {
		if !strings.HasPrefix(c.label, label) {
			continue
		}
		matching = append(matching, i)
		for j, l := range c.lines {
			if l != name || name == "" {
				continue
			}
			if found {
				return 0, 0, fmt.Errorf("line %s is on two GPIO chips: name one chip in full (%s or %s)", name, chips[chipIndex].label, c.label)
			}
			chipIndex, offset, found = i, j, true
		}
	}
	switch {
	case found:
		return chipIndex, offset, nil
	case len(matching) == 0:
		return 0, 0, fmt.Errorf("no GPIO chip with a label beginning %q (there are: %s)", label, labels(chips))
	case len(matching) == 1:
		c := chips[matching[0]]
		n, convErr := strconv.Atoi(strings.TrimPrefix(name, "GPIO"))
		if name != "GPIO"+strconv.Itoa(n) || convErr != nil || n < 0 || n >= len(c.lines) {
			break
		}
		if unnamed(c.lines) || slices.Contains(processors, c.label) && n >= firstHeaderLine && n <= lastHeaderLine {
			return matching[0], n, nil
		}
	}
	return 0, 0, fmt.Errorf("no line named %q on GPIO chip %s: write it like GPIO17 (gpioinfo lists them)", name, chips[matching[0]].label)
}

// processors are the labels of the chips in a Raspberry Pi (Zero to 3, 4, 5) whose
// offsets are the GPIO numbers of the header.
var processors = []string{"pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"}

// The lines of the header that are free; 0 and 1 belong to the EEPROM of a HAT.
const firstHeaderLine, lastHeaderLine = 2, 27

func unnamed(lines []string) bool {
	for _, l := range lines {
		if l != "" && l != "-" && l != "_" {
			return false
		}
	}
	return true
}

func labels(chips []chip) string {
	if len(chips) == 0 {
		return "none"
	}
	l := make([]string, len(chips))
	for i, c := range chips {
		l[i] = c.label
	}
	return strings.Join(l, ", ")
}
