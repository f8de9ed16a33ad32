package demo

import "slices"

// window is a span in which the people of the script have agreed that something
// may leave: from the press or the grant until the end or the revocation has
// returned. It is the script's, and the gate knows nothing of it.
type window struct {
	Name     string
	From, To uint64   // numbers of the meter's sequence; To 0 = still open
	Fields   []string // what the script expects at most
}

func (w *window) holds(number uint64) bool {
	return number > w.From && (w.To == 0 || number < w.To)
}

// account is what the sightings look like against the windows.
type account struct {
	Connections        int
	ConnectionsOutside int // opened, or still open, outside of every window
	Messages           int
	MessagesOutside    int
	FieldsOutside      int // fields no open window expects, and messages nobody can read
	Retained           int // messages the broker was asked to keep
	Wills              int // connections that left a last word, or no clean session
	Malformed          int
}

// quiet reports whether nothing left that was not agreed.
func (a account) quiet() bool {
	return a.ConnectionsOutside == 0 && a.MessagesOutside == 0 && a.FieldsOutside == 0 &&
		a.Retained == 0 && a.Wills == 0 && a.Malformed == 0
}

// judge compares what arrived with what was agreed.
func judge(s sightings, windows []*window) account {
	a := account{Connections: len(s.Connections), Messages: len(s.Messages), Malformed: s.Malformed}
	for _, c := range s.Connections {
		if !slices.ContainsFunc(windows, func(w *window) bool { return w.covers(c) }) {
			a.ConnectionsOutside++
		}
		if c.Greeted && (c.Greeting.will || !c.Greeting.clean) {
			a.Wills++
		}
	}
	for _, m := range s.Messages {
		if m.Retain || m.QoS != 0 {
			a.Retained++
		}
		var allowed []string
		inside := false
		for _, w := range windows {
			if w.holds(m.Number) {
				inside = true
				allowed = append(allowed, w.Fields...)
			}
		}
		if !inside {
			a.MessagesOutside++
		}
		if !m.Legible {
			a.FieldsOutside++
		}
		for name := range m.Fields {
			if !slices.Contains(allowed, name) {
				a.FieldsOutside++
			}
		}
	}
	return a
}

// covers reports whether a connection lived wholly inside the window.
func (w *window) covers(c *connection) bool {
	if !w.holds(c.Opened) {
		return false
	}
	return w.To == 0 || c.Closed != 0 && w.holds(c.Closed)
}
