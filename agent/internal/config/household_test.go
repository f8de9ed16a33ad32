package config

import (
	"strings"
	"testing"
	"time"
)

func TestTimezone(t *testing.T) {
	for _, c := range []struct {
		line string
		ok   bool
	}{
		{``, true}, {`timezone = ""`, true}, {`timezone = "UTC"`, true},
		{`timezone = "Europe/Berlin"`, true}, {`timezone = "America/New_York"`, true},
		{`timezone = "Europe/Berlln"`, false}, {`timezone = "Local"`, false}, {`timezone = "../../etc/passwd"`, false},
		{`timezone = "/etc/localtime"`, false}, {`timezone = "CEST+\n"`, false}, {`timezone = 1`, false},
	} {
		got, err := Parse("q.toml", []byte(smallest+"\n[household]\n"+c.line+"\n"))
		switch {
		case c.ok && err != nil:
			t.Errorf("%s: %v", c.line, err)
		case c.ok:
			if _, err := got.Household.Location(); err != nil {
				t.Errorf("%s: %v", c.line, err)
			}
		case err == nil || !strings.Contains(err.Error(), "household.timezone") || !strings.Contains(err.Error(), "expected"):
			t.Errorf("%s was answered %v", c.line, err)
		}
	}
}

// TestTimezoneOfTheProgram: what a machine without any zones would use.
func TestTimezoneOfTheProgram(t *testing.T) {
	rule, ok := ruleOf("Asia/Kathmandu")
	if !ok {
		t.Fatal("Kathmandu is not in the list")
	}
	zone, err := time.LoadLocationFromTZData("Asia/Kathmandu", tzif(rule))
	if err != nil {
		t.Fatal(err)
	}
	if got := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).In(zone).Format("15:04"); got != "05:45" {
		t.Errorf("midnight in Kathmandu is at %s", got)
	}
	if zone, err := (Household{}).Location(); err != nil || zone != time.Local {
		t.Errorf("no zone is %v, %v", zone, err)
	}
	if _, err := (Household{Timezone: "Atlantis"}).Location(); err == nil {
		t.Error("Atlantis has a time zone")
	}
}
