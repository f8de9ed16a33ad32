package control

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"quietstat/agent/internal/local"
	"quietstat/drivers"
	"quietstat/hvac"
)

func TestComplaint(t *testing.T) {
	chip := &drivers.SensorError{Fault: hvac.FaultChip, What: "a BMP280 answers at 0x76"}
	wire := &drivers.SensorError{Fault: hvac.FaultBus, What: "no answer", Err: errors.New("remote I/O error")}
	var journal bytes.Buffer
	log := slog.New(slog.NewTextHandler(&journal, nil))
	var c complaint
	steps := []struct {
		err    error
		text   string
		logged int // lines so far
	}{
		{nil, "", 0},
		{chip, chip.Error(), 1},
		{chip, chip.Error(), 1},
		{drivers.ErrBusy, chip.Error(), 1},
		{fmt.Errorf("later: %w", drivers.ErrClosed), chip.Error(), 1},
		{nil, "", 1},
		{chip, chip.Error(), 1}, // a loose cable fills no journal
		{wire, wire.Error(), 2},
		{chip, chip.Error(), 3},
		{errors.Join(chip, wire), chip.Error() + "; " + wire.Error(), 4},
		{nil, "", 4},
	}
	for i, s := range steps {
		c.note(s.err, log)
		if c.text() != s.text || strings.Count(journal.String(), "\n") != s.logged {
			t.Errorf("step %d, %v: complaint %q and %d lines, want %q and %d", i, s.err, c.text(), strings.Count(journal.String(), "\n"), s.text, s.logged)
		}
	}
}

// The complaint reaches whoever asks, and its absence too.
func TestExplainTellsTheSensorsProblem(t *testing.T) {
	for _, problem := range []string{"", "drivers: climate sensor: a BMP280 answers at 0x76"} {
		chain := strings.Join(explain(local.Status{Sensor: "unknown", SensorProblem: problem}).Chain, "\n")
		if got := strings.Contains(chain, "\nsensor: "); got != (problem != "") || !strings.Contains(chain, problem) {
			t.Errorf("problem %q is explained as\n%s", problem, chain)
		}
	}
}
