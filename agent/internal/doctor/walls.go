package doctor

import "strings"

// walls tells whether control and keeper really have no network: a namespace of their
// own (namespaces(7)) with no interface in it but the loopback.
func walls(p *Patient) []Finding {
	own := p.readLink("proc/self/ns/net")
	var findings []Finding
	for _, r := range roles(p) {
		if r.role == "control" || r.role == "keeper" {
			findings = append(findings, wall(p, r, own))
		}
	}
	if len(findings) == 0 {
		return []Finding{ok("network", "neither control nor keeper runs, so there is no namespace to look at")}
	}
	return findings
}

func wall(p *Patient, r process, own string) Finding {
	check := "network of " + r.role
	theirs := p.readLink(r.file("ns/net"))
	switch {
	case theirs == "" || own == "":
		return warn(check, "run it with sudo", "its namespace may not be looked at")
	case theirs == own && p.simulated():
		return warn(check, "start quietstat agent as root, or by its units, for a namespace of its own", "it shares the network of this session")
	case theirs == own:
		return fail(check, "start it by its unit (PrivateNetwork=yes), or quietstat agent as root", "it shares the network of this session")
	}
	names, readable := interfaces(p.text(r.file("net/dev")))
	if !readable {
		return warn(check, "run it with sudo", "it is another namespace, but its interfaces may not be looked at")
	}
	for _, name := range names {
		if name != "lo" {
			return fail(check, "give it PrivateNetwork=yes again: systemctl revert quietstat-"+r.role, "its namespace has interfaces: %s", strings.Join(names, ", "))
		}
	}
	return ok(check, "a namespace of its own with nothing in it")
}

// interfaces reads proc/PID/net/dev: two lines of headings, then one for each, its name
// before a colon.
func interfaces(text string) (names []string, readable bool) {
	for line := range strings.Lines(text) {
		if name, _, found := strings.Cut(line, ":"); found {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names, strings.Contains(text, "|")
}
