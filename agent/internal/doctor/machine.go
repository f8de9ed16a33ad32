package doctor

import (
	"errors"
	"io/fs"
	"strings"
)

// machine tells on what all of it runs.
func machine(p *Patient) []Finding {
	model := strings.TrimRight(p.text("proc/device-tree/model"), "\x00\n")
	var first Finding
	switch {
	case strings.HasPrefix(model, "Raspberry Pi"):
		first = ok("model", "%s", model)
	case p.simulated():
		first = ok("model", "no Raspberry Pi, which the simulated board does not need")
	case model != "":
		first = warn("model", "pins are tried out on Raspberry Pis only; check the label of the GPIO chip below", "%s is not a Raspberry Pi", model)
	default:
		first = fail("model", "run it on a Raspberry Pi, or set kind = \"sim\" under [board] to try it without", "this is not a Raspberry Pi")
	}
	kernel := strings.TrimSpace(p.text("proc/sys/kernel/osrelease"))
	if kernel == "" {
		return []Finding{first, warn("kernel", "mount /proc", "the kernel's version cannot be read")}
	}
	return []Finding{first, ok("kernel", "Linux %s", kernel)}
}

// configuration tells whether there is one to go by.
func configuration(p *Patient) []Finding {
	switch {
	case p.Config != nil && p.simulated():
		return []Finding{ok("config", "%s is good; its board is simulated, so bus, pins, relays and reeds are not real", p.ConfigPath)}
	case p.Config != nil:
		return []Finding{ok("config", "%s is good", p.ConfigPath)}
	case errors.Is(p.ConfigErr, fs.ErrNotExist):
		return []Finding{fail("config", "write one: quietstat config example > "+p.ConfigPath, "there is no configuration at %s; bus, pins, card and ledger are not checked", p.ConfigPath)}
	}
	return []Finding{fail("config", "see every mistake with: quietstat config check "+p.ConfigPath, "%s cannot be used; bus, pins, card and ledger are not checked", p.ConfigPath)}
}

// clockTrust tells whether the wall clock is known to be right.
func clockTrust(p *Patient) Finding {
	if p.Clock() {
		return ok("clock", "the clock is synchronised")
	}
	return warn("clock", "wait for the network, or see timedatectl; heating and voice sessions do not need it",
		"nothing has set the clock since the start, so opt-ins wait and the schedule goes by what was saved")
}
