package keeper

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"quietstat/consent"
)

// canary finds the canary's readings in any form they could leave a keeper in.
var canary = regexp.MustCompile(`17[.,]37|17[.,]4\b|43[.,]2|98765|(?i)xdoorx`)

// A house with readings that occur nowhere else lives through a session, an opt-in,
// refusals, a broken disk and a restart. They stand in no message beyond what was
// agreed to, in no entry, log, error text or file name.
func TestCanaryStaysInTheHouse(t *testing.T) {
	h := newHouse(t)
	h.snap.Temperature, h.snap.Humidity, h.snap.Pressure = 17.3719, 43.219, 98765
	h.snap.Doors[0] = consent.Door{Known: true, Open: true}
	h.tick(2)
	h.enrol(temperature())
	h.optIn()
	h.hear()
	h.tick(12)
	h.disk.Inject(brokenLedger)
	h.tick(3)
	h.disk.Inject(nil)
	h.must("quiet", nil, nil)
	h.tick(70)
	for _, verb := range []string{"session.start", "consent.revoke", "policy.clear", "recipient.show", "no.such.verb"} {
		if err := h.call(verb, map[string]string{"id": "XDOORX"}, nil); err != nil && canary.MatchString(strings.ReplaceAll(err.Error(), "XDOORX", "")) {
			t.Errorf("%s: %v", verb, err)
		}
	}
	h.stop()
	heard := h.broker.messages()
	if len(heard) == 0 {
		t.Fatal("nothing left at all: a canary in a cage shows nothing")
	}
	for _, m := range heard {
		if found := canary.Find(m.Payload); found != nil {
			t.Errorf("%q left, and half a degree was agreed to: %s", found, m.Payload)
		}
	}
	if found := canary.FindString(h.log.String()); found != "" {
		t.Errorf("%q is in the log", found)
	}
	err := filepath.WalkDir(h.folder, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(h.folder, path)
		if found := canary.FindString(name); found != "" {
			t.Errorf("%q is in the name of a file: %s", found, name)
		}
		if err != nil || !d.Type().IsRegular() || !strings.HasPrefix(name, "ledger") {
			return err
		}
		b, err := os.ReadFile(path)
		if found := canary.Find(b); found != nil {
			t.Errorf("%q is in the ledger: %s", found, name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
