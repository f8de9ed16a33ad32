package doctor

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"quietstat/drivers"
)

// wiring looks at buses, chips and pins.
func wiring(p *Patient) []Finding {
	if p.simulated() {
		return []Finding{ok("board", "simulated: no bus, no GPIO chip and no pin is looked at")}
	}
	findings := []Finding{enabled(p)}
	if findings[0].Verdict == OK {
		findings = append(findings, access(p, "i2c", busPath(p)))
		if findings[1].Verdict != Fail {
			findings = append(findings, sensors(p)...)
		}
	}
	return append(findings, chips(p)...)
}

func busPath(p *Patient) string { return "/dev/i2c-" + p.Config.Board.Bus }

// enabled tells whether the bus is there, and why not.
func enabled(p *Patient) Finding {
	if p.exists(busPath(p)) {
		return ok("i2c", "%s is there", busPath(p))
	}
	remedy := "add dtparam=i2c_arm=on to /boot/firmware/config.txt (or: raspi-config, Interface Options), and restart the Pi"
	for _, name := range []string{"boot/firmware/config.txt", "boot/config.txt"} {
		for line := range strings.Lines(p.text(name)) {
			line = strings.ReplaceAll(strings.TrimSpace(line), " ", "")
			if value, found := strings.CutPrefix(line, "dtparam=i2c_arm="); found || strings.HasPrefix(line, "dtparam=i2c=") {
				if value != "off" {
					remedy = "it is switched on in /" + name + ": restart the Pi, and load the module: echo i2c-dev | sudo tee /etc/modules-load.d/i2c.conf"
				}
			}
		}
	}
	var others []string
	for n := range 30 {
		if name := fmt.Sprintf("/dev/i2c-%d", n); p.exists(name) {
			others = append(others, name)
		}
	}
	if len(others) > 0 {
		remedy += "; or name another bus as board.bus (there are: " + strings.Join(others, ", ") + ")"
	}
	return fail("i2c", remedy, "%s is not there", busPath(p))
}

// access tells whether the user may open a device.
func access(p *Patient, group, path string) Finding {
	err := p.Access(path)
	check := "access " + group
	switch {
	case p.User.UID == 0 && err == nil:
		return ok(check, "root may open %s; the service gets the group %s from its unit", path, group)
	case err == nil:
		return ok(check, "%s may open %s", p.User.Name, path)
	case !slices.Contains(p.User.Groups, group):
		return fail(check, fmt.Sprintf("sudo usermod -aG %s %s, and log in anew", group, p.User.Name), "%s may not open %s: no member of the group %s", p.User.Name, path, group)
	}
	return fail(check, "see ls -l "+path+"; the package brings udev rules that give it to the group "+group, "%s may not open %s: %v", p.User.Name, path, err)
}

// sensors compares what answers on the bus with what is configured.
func sensors(p *Patient) []Finding {
	if p.running() {
		switch s := p.Control; {
		case s == nil:
			return []Finding{warn("sensor", "stop it for this check: systemctl stop quietstat-control", "the bus belongs to control, which does not answer")}
		case s.SensorProblem != "":
			return []Finding{fail("sensor", "see quietstat explain; stop control for a look at the bus itself", "control says: %s", s.SensorProblem)}
		}
		return []Finding{ok("sensor", "control reads it (the bus is not scanned while control runs)")}
	}
	found, err := p.Scan(p.Config.Board.Bus)
	if errors.Is(err, drivers.ErrBusHangs) {
		return []Finding{fail("sensor", "switch the supply off and on; then check SDA and SCL for a short to ground", "the bus hangs")}
	}
	if err != nil {
		return []Finding{fail("sensor", "see the checks of i2c and access above", "the bus cannot be opened: %v", err)}
	}
	var names []string
	for _, a := range found {
		name := fmt.Sprintf("%#02x", a.Address)
		if a.ID != 0 {
			name += " " + a.Chip()
		}
		names = append(names, name)
	}
	findings := []Finding{ok("bus", "answers on bus %s: %s", p.Config.Board.Bus, strings.Join(append(names, "nobody")[:max(1, len(names))], ", "))}
	wanted := []uint16{p.Config.Board.Address}
	if second := p.Config.DriversOptions().Second; second != 0 {
		wanted = append(wanted, second)
	}
	for i, address := range wanted {
		findings = append(findings, sensor([]string{"sensor", "second sensor"}[i], []string{"board.address", "sensor.second.address"}[i], address, found, wanted))
	}
	return findings
}

// sensor judges one of the configured addresses.
func sensor(check, key string, address uint16, found []drivers.Answer, wanted []uint16) Finding {
	other := uint16(0x76 + 0x77 - address)
	elsewhere := false
	for _, a := range found {
		switch {
		case a.Address == address && a.Chip() == "BME280":
			return ok(check, "BME280 at %#02x", address)
		case a.Address == address && strings.HasPrefix(a.Chip(), "BMP280"):
			return fail(check, "it has no humidity sensor and is often sold as one that has: exchange it for a BME280", "the chip at %#02x is a %s, not a BME280", address, a.Chip())
		case a.Address == address:
			return fail(check, "exchange it for a BME280, or name the address of the BME280", "the chip at %#02x is no BME280: %s", address, a.Chip())
		case a.Address == other && a.Chip() == "BME280" && !slices.Contains(wanted, other):
			elsewhere = true
		}
	}
	if elsewhere {
		return fail(check, fmt.Sprintf("set %s = %#02x, or change the level at SDO (ground: 0x76, 3.3 V: 0x77)", key, other), "nobody answers at %#02x, but a BME280 does at %#02x", address, other)
	}
	return fail(check, "check 3.3 V, ground, SDA at GPIO2 (pin 3), SCL at GPIO3 (pin 5)", "nobody answers at %#02x", address)
}
