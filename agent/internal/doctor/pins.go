package doctor

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"quietstat/drivers"
)

// chips looks at periph's drivers, the GPIO chip by its label, and the pins.
func chips(p *Patient) []Finding {
	names, _ := fs.Glob(p.Root, "dev/gpiochip*")
	if len(names) == 0 {
		return []Finding{fail("gpio", "run a kernel with GPIO character devices (CONFIG_GPIO_CDEV), as Raspberry Pi OS has", "there is no /dev/gpiochip*")}
	}
	// Asked before the survey: a chip that may not be opened is left out there, with
	// words of its own on the standard error.
	var findings []Finding
	refused := Finding{}
	opened := false
	for _, name := range names {
		if f := access(p, "gpio", "/"+name); f.Verdict == OK {
			if !opened {
				findings = append(findings, f)
			}
			opened = true
		} else {
			refused = f
		}
	}
	if !opened {
		return []Finding{refused}
	}
	survey, err := p.Survey()
	if err != nil {
		return append(findings, fail("drivers", "this is a fault of the program or of the kernel; report it with this line", "%v", err))
	}
	return append(findings, append(loaded(survey), lines(p, survey)...)...)
}

// loaded tells which of periph's drivers work.
func loaded(s drivers.Survey) []Finding {
	for _, d := range s.Failed {
		if !d.Skipped {
			return []Finding{warn("drivers", "see the other checks for what is missing", "periph's driver %s has failed: %s (loaded: %s)", d.Name, d.Reason, strings.Join(s.Loaded, ", "))}
		}
	}
	if !slices.Contains(s.Loaded, "ioctl-gpio") {
		return []Finding{fail("drivers", "check /dev/gpiochip* and the group gpio", "periph's driver ioctl-gpio is not loaded (loaded: %s)", strings.Join(s.Loaded, ", "))}
	}
	return []Finding{ok("drivers", "periph has loaded %s", strings.Join(s.Loaded, ", "))}
}

// processorOf is the label of the chip behind the header of a board.
var processorOf = []struct{ model, label string }{
	{"Raspberry Pi 5", "pinctrl-rp1"}, {"Raspberry Pi 500", "pinctrl-rp1"}, {"Raspberry Pi Compute Module 5", "pinctrl-rp1"},
	{"Raspberry Pi 4", "pinctrl-bcm2711"}, {"Raspberry Pi 400", "pinctrl-bcm2711"}, {"Raspberry Pi Compute Module 4", "pinctrl-bcm2711"},
	{"Raspberry Pi", "pinctrl-bcm2835"},
}

// lines finds every configured pin as control would, and who holds it.
func lines(p *Patient, s drivers.Survey) []Finding {
	label := p.Config.Board.Chip
	model := p.text("proc/device-tree/model")
	held, missing := []string{}, error(nil)
	chip := ""
	o := p.Config.DriversOptions()
	for _, pin := range pinsOf(&o) {
		name, line, err := s.Find(label, pin.name)
		if err != nil {
			missing = err
			break
		}
		chip = name
		if line.Holder != "" && !(p.running() && strings.HasPrefix(line.Holder, "quietstat@")) {
			held = append(held, fmt.Sprintf("%s (%s) by %s", pin.name, pin.use, line.Holder))
		}
	}
	if missing != nil {
		remedy := "set chip = \"pinctrl-\" under [board], which is right on every Pi so far"
		for _, k := range processorOf {
			if strings.HasPrefix(model, k.model) {
				if label != "" && !strings.HasPrefix(k.label, label) {
					remedy += "; the configuration is for another Pi: the header of this one belongs to " + k.label
				}
				break
			}
		}
		return []Finding{fail("gpio", remedy, "%v", missing)}
	}
	findings := []Finding{ok("gpio", "the pins are on %s, found by its label %q, whatever its number", chip, labelOf(s, chip))}
	if len(held) > 0 {
		return append(findings, fail("pins", "end what holds it (an overlay in config.txt such as w1-gpio or spi, or another program), or use another pin", "held by others: %s", strings.Join(held, "; ")))
	}
	return append(findings, ok("pins", "every configured pin is there, and free or ours"))
}

func labelOf(s drivers.Survey, name string) string {
	for _, c := range s.Chips {
		if c.Name == name {
			return c.Label
		}
	}
	return ""
}

type pinUse struct{ name, use string }

// pinsOf is every pin of the wiring with its use.
func pinsOf(o *drivers.Options) []pinUse {
	all := []pinUse{
		{o.Heat.Pin, "heat"}, {o.Heat2.Pin, "heat2"}, {o.Aux.Pin, "aux"}, {o.Cool.Pin, "cool"}, {o.Compressor.Pin, "compressor"},
		{o.Reversing.Pin, "reversing"}, {o.Dehumidifier.Pin, "dehumidifier"}, {o.Fan.Pin, "fan"}, {o.Indicator.Pin, "indicator"},
		{o.TalkPin, "talk button"}, {o.QuietPin, "quiet button"}, {o.CallPin, "call for heat"},
	}
	for _, d := range o.Doors {
		all = append(all, pinUse{d.Pin, "door " + d.ID})
	}
	return slices.DeleteFunc(all, func(u pinUse) bool { return u.name == "" })
}
