package drivers

import (
	"fmt"
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
// tree did), "GPIO17" means offset 17, as it always has on the header.
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
	case len(matching) == 1 && unnamed(chips[matching[0]].lines):
		n, convErr := strconv.Atoi(strings.TrimPrefix(name, "GPIO"))
		if strings.HasPrefix(name, "GPIO") && convErr == nil && n >= 0 && n < len(chips[matching[0]].lines) {
			return matching[0], n, nil
		}
	}
	return 0, 0, fmt.Errorf("no line named %q on GPIO chip %s: write it like GPIO17 (gpioinfo lists them)", name, chips[matching[0]].label)
}

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
