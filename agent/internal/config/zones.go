package config

import (
	_ "embed"
	"fmt"
	"strings"
	"time"
)

// zones are the rules that hold in every time zone from now on, one a line: its IANA
// name and the rule as POSIX.1-2017 §8.3 writes it for TZ. They are the last lines of
// the files of package tzdata. Go's own time/tzdata has the past as well and costs a
// program of 12 MB 450 kB; a thermostat has no use for the past, and these cost 17 kB.
// Zones whose clocks follow the moon (Casablanca, El Aaiun) have no such rule and need the
// system's files.
//
//go:embed zones.txt
var zones string

// zoneOf is a time zone by name: of the system's files if it has them, otherwise by the
// rules that hold now.
func zoneOf(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err == nil {
		return zone, nil
	}
	if rule, ok := ruleOf(name); ok {
		return time.LoadLocationFromTZData(name, tzif(rule))
	}
	return nil, fmt.Errorf("time zone %q is not known: %w", name, err)
}

// ruleOf finds the rule of a zone in the list.
func ruleOf(name string) (string, bool) {
	for line := range strings.Lines(zones) {
		if n, rule, _ := strings.Cut(strings.TrimSpace(line), " "); n == name {
			return rule, true
		}
	}
	return "", false
}

// tzif is a file of RFC 8536 (version 2) without any transition, so that its footer
// holds always: two headers, each with one type of local time and its name, which the
// footer overrules.
func tzif(rule string) []byte {
	const counts = "\x00\x00\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00" + // UT, standard, leap seconds
		"\x00\x00\x00\x00" + "\x00\x00\x00\x01" + "\x00\x00\x00\x04" // transitions, types, characters
	const block = "TZif2" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + counts +
		"\x00\x00\x00\x00\x00\x00" + "UTC\x00"
	return []byte(block + block + "\n" + rule + "\n")
}
