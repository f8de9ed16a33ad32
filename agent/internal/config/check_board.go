package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"quietstat/hvac"
)

var (
	busForm  = regexp.MustCompile(`^[0-9]{1,3}$`)
	chipForm = regexp.MustCompile(`^[\x21-\x7e]{1,31}$`) // a label in the kernel has 32 bytes with its zero
	doorForm = regexp.MustCompile(`^[a-z0-9-]{1,16}$`)
)

// maxLabel is the longest door label in characters, which is what a page's row holds.
const maxLabel = 40

func (c *checker) board(raw rawBoard) Board {
	b := Board{Kind: Kind(or(raw.Kind, string(KindGPIO))), Bus: or(raw.Bus, "1"), Chip: or(raw.Chip, "pinctrl-")}
	if b.Kind != KindGPIO && b.Kind != KindSim {
		c.complain("board.kind", "board.kind is "+quote(string(b.Kind)), `"gpio" or "sim", default "gpio"`,
			`write "gpio" on a Raspberry Pi, "sim" to try without one`)
	}
	if !busForm.MatchString(b.Bus) {
		c.complain("board.bus", "board.bus is "+quote(b.Bus), `the number of an I2C bus in quotes, default "1"`,
			"`ls /dev/i2c-*` shows the buses; write what follows the dash")
	}
	if !chipForm.MatchString(b.Chip) {
		c.complain("board.chip", "board.chip is "+quote(b.Chip), `the beginning of a chip's label, default "pinctrl-"`,
			"`gpiodetect` shows the labels in square brackets")
	}
	address := or(raw.Address, 0x76)
	if address != 0x76 && address != 0x77 {
		c.complain("board.address", fmt.Sprintf("board.address is %#x", address), "0x76 or 0x77, default 0x76",
			"0x76 if the sensor's SDO is at ground, 0x77 if it is at 3.3 V")
	}
	b.Address = uint16(address)
	c.pins = pinUse{by: map[Pin]string{}, bus: strings.TrimLeft(b.Bus, "0")}
	b.Talk = c.pin("board.talk", raw.Talk, false)
	b.Quiet = c.pin("board.quiet", raw.Quiet, false)
	b.CallForHeat = c.pin("board.call_for_heat", raw.CallForHeat, false)
	if b.Talk != "" && raw.Quiet == nil {
		c.missing("board.quiet", "a quiet button wherever there is a talk button",
			"with only one button, write it as board.quiet: closing needs no other")
	}
	if raw.Indicator != nil {
		b.Indicator = Line{c.pin("board.indicator.pin", raw.Indicator.Pin, true), or(raw.Indicator.ActiveLow, false)}
	}
	return b
}

// relayTypes is what may hang on each relay. The file says it a second time, so
// that two swapped tables do not cool a house in winter.
var relayTypes = map[string]string{"relays.heat": "heating", "relays.cool": "cooling", "relays.fan": "fan",
	"relays.heat2": "second stage", "relays.compressor": "compressor", "relays.reversing": "reversing valve",
	"relays.aux": "auxiliary heat", "relays.dehumidifier": "dehumidifier"}

func (c *checker) relays(raw rawRelays) Relays {
	r := Relays{
		Heat: c.relay("relays.heat", raw.Heat),
		Cool: c.relay("relays.cool", raw.Cool),
		Fan:  c.relay("relays.fan", raw.Fan),

		Heat2:        c.relay("relays.heat2", raw.Heat2),
		Compressor:   c.relay("relays.compressor", raw.Compressor),
		Reversing:    c.valve(raw.Reversing),
		Aux:          c.relay("relays.aux", raw.Aux),
		Dehumidifier: c.relay("relays.dehumidifier", raw.Dehumidifier),
	}
	refused := slices.ContainsFunc(c.problems, func(p Problem) bool { return strings.HasPrefix(p.Key, "relays") })
	if raw.Heat == nil && raw.Cool == nil && raw.Compressor == nil && raw.Heat2 == nil && raw.Aux == nil && !refused {
		c.complain("relays", "no relay heats or cools", "[relays.heat], [relays.cool] or both", "name the pin and type of at least one of them")
	}
	return r
}

func (c *checker) relay(key string, raw *rawRelay) Line {
	if raw == nil {
		return Line{}
	}
	want := relayTypes[key]
	switch {
	case raw.Type == nil:
		c.missing(key+".type", fmt.Sprintf("type = %q", want), "say what hangs on this relay")
	case *raw.Type != want:
		remedy := "correct the type"
		for other, t := range relayTypes {
			if t == *raw.Type {
				remedy = fmt.Sprintf("if %s equipment hangs on this pin, move the pin to [%s]; if not, correct the type", t, other)
			}
		}
		c.complain(key+".type", fmt.Sprintf("%s has type %s", key, quote(*raw.Type)), fmt.Sprintf("%q", want), remedy)
	}
	return Line{c.pin(key+".pin", raw.Pin, true), or(raw.ActiveLow, false)}
}

func (c *checker) doors(raw []rawDoor) []Door {
	doors, seen := make([]Door, 0, len(raw)), map[string]int{}
	for i, r := range raw {
		key := element("doors", i)
		if i == hvac.MaxDoors {
			c.complain(key, fmt.Sprintf("there are %d doors", len(raw)), fmt.Sprintf("at most %d", hvac.MaxDoors),
				"wire several contacts of one room in series and give them one entry")
			break
		}
		d := Door{ID: or(r.ID, ""), Label: or(r.Label, "")}
		switch {
		case r.ID == nil:
			c.missing(key+".id", "a short name such as front", "give the door a name of its own")
		case !doorForm.MatchString(d.ID):
			c.complain(key+".id", fmt.Sprintf("%s.id is %s", key, quote(d.ID)), "1 to 16 of a-z, 0-9 and -",
				"put anything longer into label")
		default:
			if line, taken := seen[d.ID]; taken {
				c.complain(key+".id", fmt.Sprintf("%s.id is %s, as on line %d already", key, quote(d.ID), line),
					"one door for each id", "give one of the two another id")
			} else {
				seen[d.ID] = c.placeOf(key + ".id").line
			}
		}
		if d.Label == "" {
			d.Label = d.ID
		}
		if utf8.RuneCountInString(d.Label) > maxLabel || strings.ContainsFunc(d.Label, unprintable) {
			c.complain(key+".label", fmt.Sprintf("%s.label is %s", key, quote(d.Label)),
				fmt.Sprintf("at most %d printable characters", maxLabel), "shorten it, on one line")
		}
		d.Pin = c.pin(key+".pin", r.Pin, true)
		doors = append(doors, d)
	}
	return doors
}
