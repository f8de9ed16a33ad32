package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// MaxRuntime is the most bytes state.runtime may have. It keeps a socket's path below
// the 108 bytes of sockaddr_un, zero included, for the longest name in the folder:
// /uplink@ID.sock with 40 bytes of ID.
const MaxRuntime = 54

// file checks the tables in an order in which each finds what it depends on.
func (c *checker) file(raw rawFile) *Config {
	f := &Config{
		State:   c.state(raw.State),
		Board:   c.board(raw.Board),
		Sensor:  c.sensor(raw.Sensor, raw.Board),
		Relays:  c.relays(raw.Relays),
		Doors:   c.doors(raw.Doors),
		Control: c.control(raw.Control),
		Comfort: c.comfort(raw.Comfort),
		Pause:   c.pause(raw.Pause),
		Tuning:  c.tuning(raw.Tuning),
		Session: Session{c.duration("session.button_window", raw.Session.ButtonWindow, 30*time.Second, 5*time.Second, 120*time.Second)},
		Consent: Consent{
			PagePort:   c.port("consent.page_port", raw.Consent.PagePort, 8080, 1024),
			KeepValues: c.duration("consent.keep_values", raw.Consent.KeepValues, 30*24*time.Hour, 24*time.Hour, 365*24*time.Hour),
		},
	}
	f.Equipment = c.equipment(raw.Equipment, raw.Relays)
	f.Safety = c.safety(raw.Safety, f.Comfort)
	f.MDNS = c.mdns(raw.MDNS, f.Consent.PagePort)
	f.Household = c.household(raw.Household)
	f.Voice = c.voice(raw.Voice)
	return f
}

func (c *checker) state(raw rawState) State {
	s := State{
		Folder:  c.folder("state.folder", raw.Folder, DefaultFolder),
		Runtime: c.folder("state.runtime", raw.Runtime, "/run/quietstat"),
	}
	if len(s.Runtime) > MaxRuntime {
		c.complain("state.runtime", fmt.Sprintf("state.runtime has %d bytes", len(s.Runtime)),
			fmt.Sprintf("at most %d", MaxRuntime), "choose a shorter path: the kernel bounds the length of a socket's name")
	}
	return s
}

func (c *checker) folder(key string, v *string, initial string) string {
	if v == nil {
		return initial
	}
	if !filepath.IsAbs(*v) || filepath.Clean(*v) != *v || *v == "/" || strings.ContainsFunc(*v, unprintable) {
		c.complain(key, fmt.Sprintf("%s is %s", key, quote(*v)),
			"the full path of a folder without .. or a slash at its end, default "+initial, "write it out from /")
		return initial
	}
	return *v
}

// maxInterface is IFNAMSIZ without its zero.
const maxInterface = 15

func (c *checker) mdns(raw rawMDNS, page uint16) MDNS {
	m := MDNS{
		Enabled:   or(raw.Enabled, true),
		Interface: or(raw.Interface, ""),
		Port:      c.port("mdns.port", raw.Port, page, 1),
	}
	bad := func(r rune) bool { return r == '/' || unicode.IsSpace(r) || unprintable(r) }
	if len(m.Interface) > maxInterface || strings.ContainsFunc(m.Interface, bad) {
		c.complain("mdns.interface", "mdns.interface is "+quote(m.Interface),
			"the name of a network interface, or empty for the only one", "`ip link` shows the names")
	}
	return m
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }
