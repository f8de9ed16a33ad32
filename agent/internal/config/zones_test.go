package config

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // what the list is held against
)

// TestZones: from this year on every zone of the list is what package tzdata says it is,
// to the second of every change of its clock.
func TestZones(t *testing.T) {
	count := 0
	for line := range strings.Lines(zones) {
		name, rule, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || name == "" || rule == "" {
			t.Fatalf("line %q", line)
		}
		want, err := time.LoadLocation(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := time.LoadLocationFromTZData(name, tzif(rule))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		count++
		same := func(at time.Time) bool {
			_, a := at.In(want).Zone()
			_, b := at.In(got).Zone()
			return a == b
		}
		for at, end := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC); at.Before(end); at = at.Add(24 * time.Hour) {
			begins, _ := at.In(want).ZoneBounds()
			if !same(at) || begins.Year() >= 2026 && !(same(begins) && same(begins.Add(-time.Second))) {
				t.Errorf("%s is not what its rule says at %v", name, at)
				break
			}
		}
	}
	if count < 400 {
		t.Errorf("only %d zones", count)
	}
}

func TestZoneOf(t *testing.T) {
	for name, want := range map[string]bool{"Europe/Berlin": true, "America/New_York": true, "Asia/Kathmandu": true, "UTC": true, "Europe": false, "Atlantis": false} {
		if rule, ok := ruleOf(name); ok != want || ok != (rule != "") {
			t.Errorf("the rule of %s is %q, %v", name, rule, ok)
		}
		if zone, err := zoneOf(name); (err == nil) != want || want && zone.String() != name {
			t.Errorf("%s is %v, %v", name, zone, err)
		}
	}
}
