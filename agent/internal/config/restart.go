package config

import "quietstat/hvac"

// Restart is where the controller's integral, and what its relay owes, begin after a
// restart.
type Restart string

const (
	RestartLast  Restart = "last"  // where they were
	RestartFixed Restart = "fixed" // the integral at Tuning.RestartDuty, nothing owed
	RestartZero  Restart = "zero"  // at nothing
)

// restart fills in what follows a restart. A share that nothing would use is refused: who
// writes it expects it to be used.
func (c *checker) restart(t *Tuning, raw rawTuning) {
	t.Restart = Restart(or(raw.Restart, string(RestartLast)))
	t.RestartDuty = c.number("tuning.restart_duty", raw.RestartDuty, 0, 0, hvac.MostRestartDuty, "")
	switch t.Restart {
	case RestartFixed:
		if raw.RestartDuty == nil {
			c.missing("tuning.restart_duty", "a share of 0 to 0.5", "say with how much of the heating to begin, or write restart = \"zero\"")
		}
	case RestartLast, RestartZero:
		if t.RestartDuty != 0 {
			c.complain("tuning.restart_duty", "tuning.restart_duty is "+figure(t.RestartDuty, ""),
				"0 unless tuning.restart is \"fixed\"", `write restart = "fixed", or remove restart_duty`)
		}
	default:
		c.complain("tuning.restart", "tuning.restart is "+quote(string(t.Restart)), `"last", "fixed" or "zero", default "last"`,
			`remove the line if unsure: a restart then changes nothing`)
		t.Restart = RestartLast
	}
}
