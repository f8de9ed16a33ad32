package config

import "testing"

func TestRestart(t *testing.T) {
	for _, tt := range []struct {
		text    string
		fresh   bool
		duty    float64
		problem string // key, "" for none
	}{
		{"", false, 0, ""},
		{`restart = "last"`, false, 0, ""},
		{`restart = "zero"`, true, 0, ""},
		{"restart = \"zero\"\nrestart_duty = 0.0", true, 0, ""},
		{"restart = \"fixed\"\nrestart_duty = 0.3", true, 0.3, ""},
		{"restart = \"fixed\"\nrestart_duty = 0.5", true, 0.5, ""},
		{"restart = \"fixed\"\nrestart_duty = 0.0", true, 0, ""},
		{`restart = "fixed"`, false, 0, "tuning.restart_duty"},
		{"restart = \"fixed\"\nrestart_duty = 0.51", false, 0, "tuning.restart_duty"},
		{"restart = \"fixed\"\nrestart_duty = -0.01", false, 0, "tuning.restart_duty"},
		{"restart = \"fixed\"\nrestart_duty = nan", false, 0, "tuning.restart_duty"},
		{"restart_duty = 0.3", false, 0, "tuning.restart_duty"},
		{"restart = \"last\"\nrestart_duty = 0.3", false, 0, "tuning.restart_duty"},
		{`restart = "Last"`, false, 0, "tuning.restart"},
		{`restart = ""`, false, 0, "tuning.restart"},
		{"restart = 1", false, 0, "tuning.restart"},
	} {
		c, ok := oneProblem(t, smallest+"[tuning]\n"+tt.text+"\n", tt.problem)
		if !ok {
			continue
		}
		p := c.HVACParams()
		if err := p.Validate(); err != nil || p.FreshStart != tt.fresh || p.RestartDuty != tt.duty {
			t.Errorf("%q: %v, %v, %v; want %v, %v", tt.text, p.FreshStart, p.RestartDuty, err, tt.fresh, tt.duty)
		}
	}
}
