package config

import (
	"fmt"
	"strconv"
	"strings"
)

// lastPin is the highest line of the 40-pin header (BCM numbering).
const lastPin = 27

// pinUse remembers which key took each pin.
type pinUse struct {
	by  map[Pin]string
	bus string // the I2C bus in use
}

// busPins are the lines of the buses the firmware puts on fixed pins. Bus 0 needs
// no entry: its lines are the ID EEPROM's and always refused.
var busPins = map[string][2]int{"1": {2, 3}}

const pinRemedy = "use the GPIO number, not the position on the header; see the wiring table in the README"

// pin judges one pin; required says whether its absence is a problem too.
func (c *checker) pin(key string, v *pin, required bool) Pin {
	if v == nil {
		if required {
			c.missing(key, `a pin such as "GPIO17"`, "name the pin it is wired to, or remove the table")
		}
		return ""
	}
	n, ok := pinNumber(string(*v))
	expected := fmt.Sprintf("GPIO2 to GPIO%d", lastPin)
	switch {
	case !ok:
		c.complain(key, fmt.Sprintf("%s is %s, which is no pin", key, quote(string(*v))), expected, pinRemedy)
		return ""
	case n > lastPin:
		c.complain(key, fmt.Sprintf("%s is GPIO%d, which the header does not have", key, n), expected, pinRemedy)
		return ""
	case n < 2:
		c.complain(key, fmt.Sprintf("%s is GPIO%d, which belongs to the ID EEPROM", key, n), expected, "move the wire to a free pin"+c.free())
		return ""
	}
	if lines, used := busPins[c.pins.bus]; used && (n == lines[0] || n == lines[1]) {
		c.complain(key, fmt.Sprintf("%s is GPIO%d, which is I2C bus %s, where the sensor is", key, n, c.pins.bus),
			"a pin the sensor does not use", "move the wire to a free pin"+c.free())
		return ""
	}
	p := Pin("GPIO" + strconv.Itoa(n))
	if other, taken := c.pins.by[p]; taken {
		c.complain(key, fmt.Sprintf("%s is %s, which %s on line %d has already", key, p, other, c.placeOf(other).line),
			"one use for each pin", "move one of the two to a free pin"+c.free())
		return ""
	}
	c.pins.by[p] = key
	return p
}

// free suggests pins that nothing on common boards wants.
func (c *checker) free() string {
	var names []string
	for _, n := range []int{5, 6, 16, 17, 22, 23, 24, 25, 26, 27} {
		p := Pin("GPIO" + strconv.Itoa(n))
		if c.pins.by[p] == "" && len(names) < 3 {
			names = append(names, string(p))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ", for example " + strings.Join(names, ", ")
}

// pinNumber reads GPIO0 to GPIO99 in exactly that form.
func pinNumber(s string) (int, bool) {
	digits, ok := strings.CutPrefix(s, "GPIO")
	if !ok || len(digits) > 2 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 8)
	if err != nil || strconv.FormatUint(n, 10) != digits {
		return 0, false
	}
	return int(n), true
}
