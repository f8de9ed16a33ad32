package consent

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// releaseSet is everything that leaves in an hour of a house that starts with a
// saved state: somebody presses talk every ten minutes, the climate changes with
// every second, a door moves every minute. One line per value that left.
func releaseSet(t *testing.T, saved []byte) []string {
	t.Helper()
	st, dropped, err := Load(saved)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dropped {
		t.Logf("left out: %s: %v", d.What, d.Err)
	}
	r := emptyRig(t)
	r.st, r.gate, r.ledger.entries = st, NewGate(r.ledger, zeros{}), nil
	r.now = Now{Boot: 2 * time.Hour, BootID: "boot-b", Wall: start.Add(2 * 24 * time.Hour), WallTrusted: true}
	r.boot()
	var set []string
	for second := range 3600 {
		s := &r.snap
		s.Temperature, s.Humidity = 18+float64(second%40)/9, 40+float64(second%70)/3
		s.Pressure, s.Demand = 99000+float64(7*second%3000), float64(second%21)/10-1
		s.Doors[0].Open, s.Fan = second/60%2 == 0, second/90%2 == 0
		r.after(time.Second)
		if second%600 == 20 {
			r.must(TalkPress{})
			r.after(0)
		}
		for _, recipient := range r.st.Recipients() {
			out, _ := r.release(recipient.ID)
			for _, m := range out {
				set = append(set, told(t, second, m)...)
			}
		}
	}
	slices.Sort(set)
	return set
}

// told is one release, value by value.
func told(t *testing.T, second int, m Release) (lines []string) {
	t.Helper()
	var message struct {
		Fields map[string]json.RawMessage `json:"fields"`
	}
	if err := json.Unmarshal(m.Payload(), &message); err != nil {
		t.Fatal(err)
	}
	id := m.BasisID()
	if m.Basis() == BasisSession {
		id = "session"
	}
	for name, value := range message.Fields {
		lines = append(lines, fmt.Sprintf("%04d %s %s %s %s %s=%s", second, m.Recipient(), m.Topic(), id, m.Purpose(), name, value))
	}
	return lines
}

// formats are the folders of testdata that hold what earlier formats saved, what
// left under it then, and the digests the ledger had of it.
var formats = []string{"format-1"}

// An update may only narrow: what leaves under consents that an earlier program
// saved is a part of what that program let out.
func TestUpdatesOnlyNarrow(t *testing.T) {
	for _, format := range formats {
		saved := fixture(t, format, "state.json")
		before := map[string]bool{}
		for line := range strings.Lines(fixture(t, format, "released.txt")) {
			before[strings.TrimSuffix(line, "\n")] = true
		}
		now := releaseSet(t, []byte(saved))
		if len(now) == 0 {
			t.Errorf("%s: nothing leaves, so nothing was shown", format)
		}
		for _, line := range now {
			if !before[line] {
				t.Errorf("%s: leaves now and did not: %s", format, line)
			}
		}
		// The comparison finds what it is there to find.
		wider := strings.Replace(saved, `"round": 250`, `"round": 10`, 1)
		if wider == saved || !slices.ContainsFunc(releaseSet(t, []byte(wider)), func(line string) bool { return !before[line] }) {
			t.Errorf("%s: a finer rounding would not be noticed", format)
		}
	}
}

// What the ledger refers to by digest is found under that digest for ever.
func TestDigestsSurviveUpdates(t *testing.T) {
	for _, format := range formats {
		st, dropped, err := Load([]byte(fixture(t, format, "state.json")))
		if err != nil || len(dropped) > 0 {
			t.Fatal(err, dropped)
		}
		want := map[string]string{}
		for line := range strings.Lines(fixture(t, format, "digests.txt")) {
			id, digest, _ := strings.Cut(strings.TrimSpace(line), " ")
			want[digest] = id
		}
		expect := func(id, digest string) {
			if want[digest] != id {
				t.Errorf("%s: %s has a digest the ledger does not know", format, id)
			}
		}
		for _, g := range st.Grants() {
			d := g.Digest()
			expect(g.ID, hex.EncodeToString(d[:]))
		}
		for _, p := range st.Policies() {
			d := p.Digest()
			expect(p.RecipientID, hex.EncodeToString(d[:]))
		}
		for _, r := range st.Recipients() {
			expect(r.ID, r.Fingerprint().String())
		}
	}
}

func fixture(t *testing.T, format, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + format + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
