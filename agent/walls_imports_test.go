package main_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// A room is a library and the only packages that may import it.
type room struct {
	library string
	only    []string // packages and what is below them
	tests   bool     // test files anywhere may, too
	reason  string
}

var rooms = []room{
	{"github.com/eclipse/paho.mqtt.golang", own("agent/internal/mqtt"), false,
		"paho keeps, retries and repeats what it was given; only one package tames it"},
	{"github.com/grandcat/zeroconf", own("agent/internal/mdns"), false,
		"the responder must have nothing to tell, so nothing that knows may hold it"},
	{"github.com/miekg/dns", own("agent/internal/mdns"), false,
		"names are announced by one role and looked up by none"},
	{"periph.io/x", own("drivers"), true,
		"reading an output through periph releases a relay; only the drivers know how not to"},
	{"github.com/mochi-mqtt/server", own("agent/internal/demo"), true,
		"a broker is a server: it belongs to the demonstration and to tests"},
	{"github.com/pelletier/go-toml", own("agent/internal/config"), false,
		"one file, one reader, one way to say what is wrong with it"},
	{"golang.org/x/mod", own("consent", "agent/internal/store", "agent/internal/keeper"), true,
		"the ledger's arithmetic is consent's, its tiles are the store's"},
	{"github.com/coder/websocket", own("agent/internal/voice"), true,
		"WebSockets are how voice stacks speak on this device, and how nobody else does"},
	{"rsc.io/qr", own("agent/internal/qr"), false,
		"a checkpoint is shown to people by whoever asked for it, and nothing else is drawn"},
	{"github.com/google/go-cmp", nil, true, "a library for tests must not ship"},
	{"github.com/rogpeppe/go-internal", nil, true, "a library for tests must not ship"},
	{"pgregory.net/rapid", nil, true, "a library for tests must not ship"},
}

// checkRooms finds imports of a library outside of its room.
func checkRooms(all []source) []string {
	var breaches []string
	for _, s := range all {
		for p, n := range s.imports() {
			for _, r := range rooms {
				if within(p, r.library) && !within(s.pkg(), r.only...) && !(r.tests && s.test()) {
					breaches = append(breaches, fmt.Sprintf("%s: %s: %s", s.at(n), p, r.reason))
				}
			}
		}
	}
	slices.Sort(breaches)
	return breaches
}

func TestWallRooms(t *testing.T) {
	printAll(t, checkRooms(sources(t)))
	expectBreaches(t, checkRooms([]source{
		madeUp(t, "hvac/x_test.go", `package hvac; import _ "github.com/eclipse/paho.mqtt.golang"`),
		madeUp(t, "agent/internal/control/x.go", `package control; import _ "periph.io/x/conn/v3/gpio"`),
		madeUp(t, "agent/internal/keeper/x.go", `package keeper; import _ "github.com/eclipse/paho.mqtt.golang/packets"`),
		madeUp(t, "agent/internal/mdnsother/x.go", `package mdnsother; import _ "github.com/grandcat/zeroconf"`),
		madeUp(t, "agent/internal/uplink/x.go", `package uplink; import _ "github.com/mochi-mqtt/server/v2"`),
		madeUp(t, "agent/internal/uplink/x_test.go", `package uplink; import _ "github.com/mochi-mqtt/server/v2"`),
		madeUp(t, "drivers/sim/x.go", `package sim; import _ "periph.io/x/conn/v3/gpio"`),
	}), "agent/internal/control/x.go:1", "agent/internal/keeper/x.go:1", "agent/internal/mdnsother/x.go:1", "agent/internal/uplink/x.go:1", "hvac/x_test.go:1")
}

// A ban is a package that another must not reach, not even through a third.
type ban struct {
	from, to []string
	reason   string
	except   []string // below to, and allowed
}

var bans = []ban{
	{own("hvac"), own("consent", "drivers", "agent"),
		"what the house should do depends on nothing that senses, tells or decides who may know", nil},
	{own("consent"), own("hvac", "drivers", "agent"),
		"what may leave is decided without the machinery that could make it leave", nil},
	{own("drivers"), own("consent", "agent"),
		"a driver that knew about consent could be asked about it", nil},
	{own("agent/internal/control"), own("agent/internal/keeper", "agent/internal/uplink", "agent/internal/mqtt",
		"agent/internal/mdns", "agent/internal/voice", "agent/internal/supervise", "agent/internal/demo"),
		"control heats when everything else is dead, and stays small enough to be read in an evening", nil},
	{own("agent/internal/keeper"), own("drivers", "agent/internal/control", "agent/internal/uplink",
		"agent/internal/mqtt", "agent/internal/mdns", "agent/internal/voice", "agent/internal/supervise", "agent/internal/demo"),
		"who decides what may leave touches no device and holds no connection to the outside",
		own("agent/internal/uplink/link")}, // the keeper's own end of the socket to an uplink
	{own("agent/internal/uplink", "agent/internal/mqtt"), own("hvac", "drivers", "agent/internal/control",
		"agent/internal/keeper", "agent/internal/store", "agent/internal/local", "agent/internal/voice", "agent/internal/supervise"),
		"who can speak to the outside knows only what it was handed", nil},
	{own("agent/internal/mdns"), own("hvac", "consent", "drivers", "agent/internal/wire", "agent/internal/control",
		"agent/internal/keeper", "agent/internal/uplink", "agent/internal/local", "agent/internal/voice"),
		"who answers everybody on the network knows nothing about the house: no pipe leads to it", nil},
	{own("agent/internal/voice"), own("drivers", "agent/internal/mqtt", "agent/internal/uplink",
		"agent/internal/mdns", "agent/internal/store", "agent/internal/control"),
		"hearing a session begin must not be a way to open the gate, or to see the house", nil},
	{own("agent/internal/cosim"), own("drivers", "agent/internal/control", "agent/internal/keeper", "agent/internal/uplink",
		"agent/internal/mqtt", "agent/internal/mdns", "agent/internal/voice", "agent/internal/supervise", "agent/internal/demo"),
		"somebody's model drives the controller and nothing else of a house", nil},
	{own("agent/internal/wire", "agent/internal/clock", "agent/internal/store", "agent/internal/local"),
		own("drivers", "agent/internal/control", "agent/internal/keeper", "agent/internal/uplink", "agent/internal/mqtt",
			"agent/internal/mdns", "agent/internal/voice", "agent/internal/supervise", "agent/internal/demo"),
		"what all roles share must belong to none of them", nil},
}

// passages are imports that a ban does not look behind, with the reason.
var passages = map[[2]string]string{
	{module + "/agent/internal/config", module + "/drivers"}: "only the type of the wiring list; nothing is opened",
	{module + "/agent/internal/config", module + "/hvac"}:    "only the type of the parameters; nothing is decided",
}

// graph is who imports whom in the module, from non-test files.
func graph(all []source) map[string][]string {
	g := map[string][]string{}
	for _, s := range all {
		if s.test() {
			continue
		}
		for p := range s.imports() {
			if within(p, module) && passages[[2]string{s.pkg(), p}] == "" {
				g[s.pkg()] = append(g[s.pkg()], p)
			}
		}
	}
	return g
}

// reach is every package that from imports, directly or not, with the one that does.
func reach(g map[string][]string, from string) map[string]string {
	via := map[string]string{}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, p := range g[queue[0]] {
			if _, seen := via[p]; !seen {
				via[p] = queue[0]
				queue = append(queue, p)
			}
		}
	}
	return via
}

// checkBans finds packages of the module that reach one they must not.
func checkBans(all []source) []string {
	g := graph(all)
	var breaches []string
	for _, b := range bans {
		for from := range g {
			if !within(from, b.from...) {
				continue
			}
			for to, via := range reach(g, from) {
				if within(to, b.to...) && !within(to, b.from...) && !within(to, b.except...) {
					breaches = append(breaches, fmt.Sprintf("%s reaches %s (imported by %s): %s", from, to, via, b.reason))
				}
			}
		}
	}
	slices.Sort(breaches)
	return breaches
}

func TestWallBans(t *testing.T) {
	printAll(t, checkBans(sources(t)))
	expectBreaches(t, checkBans([]source{
		madeUp(t, "hvac/house/x.go", `package house; import _ "quietstat/consent"`),
		madeUp(t, "agent/internal/mdns/x.go", `package mdns; import _ "quietstat/agent/internal/clock"`),
		madeUp(t, "agent/internal/clock/x.go", `package clock; import _ "quietstat/agent/internal/wire"`),
		madeUp(t, "agent/internal/keeper/x.go", `package keeper; import _ "quietstat/agent/internal/config"`),
		madeUp(t, "agent/internal/config/x.go", `package config; import _ "quietstat/drivers"`),
		madeUp(t, "consent/x_test.go", `package consent; import _ "quietstat/hvac"`),
	}), "quietstat/agent/internal/mdns reaches quietstat/agent/internal/wire (imported by quietstat/agent/internal/clock)",
		"quietstat/hvac/house reaches quietstat/consent")
}

// A load is what a package may link from outside the standard library at all.
type load struct {
	pkg    []string
	only   []string
	reason string
}

var loads = []load{
	{own("hvac"), nil, "the controller is arithmetic"},
	{own("consent"), []string{"golang.org/x/mod/sumdb/tlog", "golang.org/x/mod/sumdb/note", "golang.org/x/mod/internal"},
		"the gate is logic, and proofs that others can check"},
	{own("drivers"), []string{"periph.io/x", "github.com/jonboulle/clockwork", "golang.org/x/sys"},
		"a driver is periph and what periph needs"},
	{own("agent/internal/wire"), []string{"golang.org/x/mod/sumdb", "golang.org/x/mod/internal", "golang.org/x/sys"},
		"frames are bytes"},
	{own("agent/internal/mqtt", "agent/internal/uplink"), []string{"github.com/eclipse/paho.mqtt.golang", "github.com/gorilla/websocket",
		"golang.org/x/net", "golang.org/x/sync", "golang.org/x/sys", "golang.org/x/mod/sumdb", "golang.org/x/mod/internal"},
		"what holds a connection to the outside must be short enough to be read"},
	{own("agent/internal/voice"), []string{"github.com/coder/websocket", "golang.org/x/sync", "golang.org/x/sys", "golang.org/x/mod/sumdb", "golang.org/x/mod/internal"},
		"what says that somebody spoke must be short enough to be read"},
	{own("agent/internal/mdns"), []string{"github.com/grandcat/zeroconf", "github.com/miekg/dns", "github.com/cenkalti/backoff",
		"golang.org/x/net", "golang.org/x/sync", "golang.org/x/sys"},
		"what answers everybody must be short enough to be read"},
}

// checkLoads finds libraries that a package links and has no reason to.
func checkLoads(linked map[string][]string) []string {
	var breaches []string
	for _, pkg := range slices.Sorted(maps.Keys(linked)) {
		for _, l := range loads {
			if !within(pkg, l.pkg...) {
				continue
			}
			for _, p := range linked[pkg] {
				if !within(p, l.only...) {
					breaches = append(breaches, fmt.Sprintf("%s links %s: %s", pkg, p, l.reason))
				}
			}
		}
	}
	return breaches
}

func TestWallLoads(t *testing.T) {
	linked, err := links()
	if err != nil {
		t.Fatal(err)
	}
	for _, must := range own("hvac", "consent", "drivers") {
		if _, ok := linked[must]; !ok {
			t.Errorf("go list does not know %s", must)
		}
	}
	printAll(t, checkLoads(linked))
	expectBreaches(t, checkLoads(map[string][]string{
		"quietstat/hvac/house": {"golang.org/x/exp/constraints"},
		"quietstat/consent":    {"golang.org/x/mod/sumdb/tlog", "golang.org/x/mod/modfile"},
		"quietstat/agent":      {"golang.org/x/exp/constraints"},
	}), "quietstat/consent links golang.org/x/mod/modfile", "quietstat/hvac/house links golang.org/x/exp/constraints")
}
