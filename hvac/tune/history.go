package tune

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"quietstat/hvac"
)

// MostEntries is how many results a History keeps.
const MostEntries = 20

// Numbers are hvac.Gains as they are stored and shown.
type Numbers struct {
	Kp             float64 `json:"kp"`              // 1/K
	TiS            float64 `json:"ti_s"`            // s
	TdS            float64 `json:"td_s"`            // s
	SetpointWeight float64 `json:"setpoint_weight"` // 0 to 1
	FilterS        float64 `json:"filter_s"`        // s
}

// NumbersOf takes gains apart.
func NumbersOf(g hvac.Gains) Numbers {
	return Numbers{Kp: g.Kp, TiS: g.Ti.Seconds(), TdS: g.Td.Seconds(), SetpointWeight: g.SetpointWeight, FilterS: g.FilterTime.Seconds()}
}

// Gains puts them together; ok is false if hvac would refuse them.
func (n Numbers) Gains() (g hvac.Gains, ok bool) {
	for _, s := range []float64{n.TiS, n.TdS, n.FilterS} {
		if !(s >= 0 && s <= 1e6) {
			return g, false
		}
	}
	g = hvac.Gains{Kp: n.Kp, Ti: seconds(n.TiS), Td: seconds(n.TdS), SetpointWeight: n.SetpointWeight, FilterTime: seconds(n.FilterS)}
	p := hvac.DefaultParams()
	p.Gains = g
	return g, p.Validate() == nil
}

// Entry is one result that was kept.
type Entry struct {
	Serial    int       `json:"serial"` // 1 and up, never used again
	Base      int       `json:"base"`   // serial of the entry whose gains were in force before; 0: the configuration's
	Wall      time.Time `json:"wall"`
	Trusted   bool      `json:"wall_trusted"`
	Method    string    `json:"method"`
	Rule      string    `json:"rule"`
	Improved  bool      `json:"improved"` // New was put in force
	Failure   string    `json:"failure"`  // Failure.Word
	Old       Numbers   `json:"old"`
	New       Numbers   `json:"new"` // Old if nothing better was found
	TookS     float64   `json:"took_s"`
	Report    []string  `json:"report"`
	BeforeKh  float64   `json:"error_before_kh"` // Score.Error of Old on the fitted house
	AfterKh   float64   `json:"error_after_kh"`  // and of New
	Overshoot float64   `json:"overshoot_k"`     // of New there, at most
}

// EntryOf is what is kept of a result.
func EntryOf(r Result, m Method, wall time.Time, trusted bool) Entry {
	return Entry{
		Wall: wall.Round(0).UTC(), Trusted: trusted, Method: m.String(), Rule: r.Rule, Improved: r.Improved, Failure: r.Failure.Word(),
		Old: NumbersOf(r.Old), New: NumbersOf(r.Gains), TookS: r.Took.Seconds(), Report: r.Report,
		BeforeKh: r.Before.Error, AfterKh: r.After.Error, Overshoot: r.After.Overshoot,
	}
}

// History is what was tuned and what of it is in force. The zero History is empty:
// the configuration's gains are in force.
type History struct {
	Next    int     `json:"next"`   // serial of the next entry, less one
	Active  int     `json:"active"` // serial of the entry in force; 0: the configuration's gains
	Entries []Entry `json:"entries"`
}

// Add keeps an entry, in force if it is an improvement, and forgets the oldest of
// more than MostEntries, but never the one in force.
func (h *History) Add(e Entry) Entry {
	h.Next++
	e.Serial, e.Base = h.Next, h.Active
	h.Entries = append(h.Entries, e)
	if e.Improved {
		h.Active = e.Serial
	}
	if len(h.Entries) > MostEntries {
		oldest := 0
		if h.Entries[0].Serial == h.Active {
			oldest = 1
		}
		h.Entries = slices.Delete(h.Entries, oldest, oldest+1)
	}
	return e
}

// Gains are those in force, or ok false for the configuration's.
func (h *History) Gains() (g hvac.Gains, ok bool) {
	e, found := h.find(h.Active)
	if !found {
		return g, false
	}
	return e.New.Gains()
}

// Rollback puts the gains back in force that were so before the present ones. The
// error says that there are none.
func (h *History) Rollback() error {
	e, found := h.find(h.Active)
	if !found {
		return fmt.Errorf("the gains of quietstat.toml are in force already: there is nothing to go back from")
	}
	h.Active = 0
	if base, kept := h.find(e.Base); kept {
		h.Active = base.Serial
	}
	return nil
}

// RollbackTo puts the gains of an entry in force; 0 is the configuration's. The error
// says which serials there are.
func (h *History) RollbackTo(serial int) error {
	if _, found := h.find(serial); !found && serial != 0 {
		return fmt.Errorf("there is no result %d in the history: see quietstat tune history", serial)
	}
	h.Active = serial
	return nil
}

func (h *History) find(serial int) (Entry, bool) {
	i := slices.IndexFunc(h.Entries, func(e Entry) bool { return e.Serial == serial })
	if i < 0 || serial == 0 {
		return Entry{}, false
	}
	return h.Entries[i], true
}

// Bounds of what is believed of a stored history.
const (
	mostLines  = 20
	mostLetter = 400
	mostSerial = 1 << 30
)

// DecodeHistory reads a stored history. Entries that hvac would refuse, that are out
// of order or have no end are left out; what is in force must be one that is left.
func DecodeHistory(raw []byte) (History, error) {
	var v History
	if err := json.Unmarshal(raw, &v); err != nil {
		return History{}, fmt.Errorf("the tuning history cannot be read: %w", err)
	}
	h := History{Next: min(max(v.Next, 0), mostSerial)}
	last := 0
	for _, e := range v.Entries {
		if e.Serial <= last || e.Serial > mostSerial || !e.sound() {
			continue
		}
		last = e.Serial
		e.Base = min(max(e.Base, 0), e.Serial-1)
		h.Entries = append(h.Entries, e)
	}
	h.Next = max(h.Next, last)
	if n := len(h.Entries); n > MostEntries {
		h.Entries = h.Entries[n-MostEntries:]
	}
	if _, found := h.find(v.Active); found {
		h.Active = v.Active
	}
	return h, nil
}

// sound reports whether an entry is one that could have been stored.
func (e Entry) sound() bool {
	_, old := e.Old.Gains()
	_, new := e.New.Gains()
	for _, line := range e.Report {
		if len(line) > mostLetter {
			return false
		}
	}
	year := e.Wall.Year()
	return old && new && len(e.Report) <= mostLines && len(e.Rule) <= mostLetter && len(e.Method) <= mostLetter && len(e.Failure) <= mostLetter &&
		e.TookS >= 0 && e.TookS <= 1e6 && year >= 0 && year <= 9999
}
