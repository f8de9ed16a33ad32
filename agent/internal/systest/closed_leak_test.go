//go:build systest

package systest

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func ours(p packet) bool { return p.from == houseAddress || p.from == houseAtHome }

// dns is a question of ours, over any transport.
func dns(p packet) bool { return ours(p) && (p.toPort == 53 || p.toPort == 853) }

func multicastDNS(p packet) bool { return p.toPort == 5353 || p.fromPort == 5353 }

// upkeep is what the kernel says for itself on the home network.
func upkeep(p packet) bool {
	return strings.Contains(p.protocols, "arp") || strings.Contains(p.protocols, "igmp")
}

func TestL01NoConnectionWhileClosed(t *testing.T) {
	t.Parallel()
	leak(t, 1)
	e := witness(t)
	for _, s := range []span{e.closed, e.after} {
		if got := within(e.onCable, s, everything); len(got) != 0 {
			t.Errorf("%d frames on the broker's cable with the gate closed: %v", len(got), got)
		}
	}
	if e.uplinksClosed != 0 {
		t.Errorf("%d uplinks were started before anything was opened", e.uplinksClosed)
	}
	if got := within(e.onCable, e.session, everything); len(got) < 10 {
		t.Errorf("%d frames in a session: this witness would not have seen a leak either", len(got))
	}
}

func TestL13NothingFromOutsideOpens(t *testing.T) {
	t.Parallel()
	leak(t, 13)
	e := witness(t)
	if e.consentBefore != e.consentNow {
		t.Errorf("who may know what has changed from\n%s\nto\n%s", e.consentBefore, e.consentNow)
	}
	forged := 0
	for _, m := range e.ears {
		if e.probed.has(m.at) {
			forged++
		}
	}
	if forged < 10 {
		t.Errorf("the broker handed on %d of the forged messages", forged)
	}
	if got := within(e.onCable, e.probed, func(p packet) bool { return p.from == houseAddress && p.tcpPayload > 0 }); len(got) != 0 {
		t.Errorf("the house answered forged messages: %v", got)
	}
}

func TestL15ForgedSessionOpensNothing(t *testing.T) {
	t.Parallel()
	leak(t, 15)
	e := witness(t)
	if e.uplinksClosed != 0 {
		t.Errorf("%d uplinks were started", e.uplinksClosed)
	}
	for what, answer := range e.strangers {
		if strings.HasPrefix(what, "tcp") {
			t.Errorf("%s: %s; a voice stack could be imitated there", what, answer)
		}
	}
}

func TestL17RecordTellsNothing(t *testing.T) {
	t.Parallel()
	leak(t, 17)
	e := witness(t)
	text := output(t, "", peer(t, "tshark"), "-n", "-r", e.home, "-Y", "mdns && ip.src == "+houseAtHome, "-T", "fields",
		"-e", "dns.txt", "-e", "dns.srv.target", "-e", "dns.ptr.domain_name", "-e", "dns.srv.port", "-e", "dns.resp.name")
	seen := 0
	host := regexp.MustCompile(`^quietstat-[a-z0-9]+\.local$`)
	instance := regexp.MustCompile(`^quietstat-[a-z0-9]+\._quietstat\._tcp\.local$`)
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) != 5 {
			continue
		}
		seen++
		for _, txt := range strings.Split(f[0], ",") {
			if txt != "" && txt != "v=1" {
				t.Errorf("TXT %q", txt)
			}
		}
		for _, target := range strings.Split(f[1], ",") {
			if target != "" && !host.MatchString(target) {
				t.Errorf("host name %q", target)
			}
		}
		for _, name := range strings.Split(f[2], ",") {
			if name != "" && !instance.MatchString(name) && name != "_quietstat._tcp.local" {
				t.Errorf("instance %q", name)
			}
		}
	}
	if seen == 0 {
		t.Error("no record of the house was captured")
	}
}

func TestL18MulticastHasNoHouse(t *testing.T) {
	t.Parallel()
	leak(t, 18)
	e := witness(t)
	if found := canaryInFile(t, e.home); len(found) != 0 {
		t.Errorf("on the home network: %v", found)
	}
	if got := within(e.onHome, span{e.closed.from, e.named.to}, func(p packet) bool {
		return p.from == houseAtHome && !multicastDNS(p) && !upkeep(p) && p.tcpPayload > 0
	}); len(got) != 0 {
		t.Errorf("more than mDNS from the house: %v", got)
	}
}

func TestL19NoAnnouncementOnChange(t *testing.T) {
	t.Parallel()
	leak(t, 19)
	e := witness(t)
	for name, s := range map[string]span{"closed": e.closed, "session": e.session, "after": e.after, "lost end": e.lapsing} {
		if got := within(e.onHome, s, func(p packet) bool { return p.from == houseAtHome && multicastDNS(p) }); len(got) != 0 {
			t.Errorf("%s: %d announcements nobody asked for: %v", name, len(got), got)
		}
	}
	if got := within(e.onHome, e.probed, func(p packet) bool { return p.from == houseAtHome && multicastDNS(p) }); len(got) == 0 {
		t.Error("asked by mDNS the house does not answer: this witness would not have seen a leak either")
	}
}

func TestL20NamesAreLookedUpInsideTheWindow(t *testing.T) {
	t.Parallel()
	leak(t, 20)
	e := witness(t)
	all := append(append([]packet(nil), e.onCable...), e.onHome...)
	inside := 0
	for _, p := range all {
		switch {
		case !dns(p):
		case e.named.has(p.at):
			inside++
		default:
			t.Errorf("a name was looked up outside the window that needs it: %v", p)
		}
	}
	if inside == 0 {
		t.Error("no look-up inside the window either: this witness would not have seen a leak")
	}
}

func TestL21NoTimeRequests(t *testing.T) {
	t.Parallel()
	leak(t, 21)
	e := witness(t)
	for _, p := range append(append([]packet(nil), e.onCable...), e.onHome...) {
		if p.toPort == 123 || p.fromPort == 123 {
			t.Errorf("a request for the time: %v", p)
		}
	}
}

func TestL30NoUpdateChecks(t *testing.T) {
	t.Parallel()
	leak(t, 30)
	e := witness(t)
	enrolled := []int{1883, 1884, 8883}
	for _, p := range append(append([]packet(nil), e.onCable...), e.onHome...) {
		if ours(p) && p.tcpPayload > 0 && !slices.Contains(enrolled, p.toPort) {
			t.Errorf("the house spoke to somebody nobody enrolled: %v", p)
		}
	}
}

func TestL41CheckpointsStayAtHome(t *testing.T) {
	t.Parallel()
	leak(t, 41)
	e := witness(t) // the ledger was verified in the closed time
	if got := within(e.onCable, e.closed, everything); len(got) != 0 {
		t.Errorf("verifying the ledger caused %v", got)
	}
	if got := within(e.onHome, e.closed, func(p packet) bool { return !multicastDNS(p) && !upkeep(p) }); len(got) != 0 {
		t.Errorf("verifying the ledger caused %v", got)
	}
}
