package hvac

import "time"

// Wear is what a relay has done in its life. A contact is good for some 100 000
// starts, a compressor for so many more the longer its runs are.
type Wear struct {
	Starts uint64        `json:"starts"`
	On     time.Duration `json:"on_ns"` // at most a hundred years
}

// A Span is one line as it is now: how long it has been so, and its wear.
type Span struct {
	On   bool
	Held time.Duration
	Wear Wear
}

// pass lets time go by.
func (l *Span) pass(dt time.Duration) {
	l.Held = grow(l.Held, dt)
	if l.On {
		l.Wear.On = min(grow(l.Wear.On, dt), forever)
	}
}

// set switches the line; setting what is set changes nothing.
func (l *Span) set(on bool) {
	if on == l.On {
		return
	}
	l.On, l.Held = on, 0
	if on && l.Wear.Starts+1 != 0 {
		l.Wear.Starts++
	}
}

// wear is the wear of every line, for Saved.
func (q *Plant) wear() (w [MaxLines]Wear) {
	for i := range q.Lines {
		w[i] = q.Lines[i].Wear
	}
	return w
}

// wearing is a plant at rest that has worn w before. What nobody can have counted is
// counted anew.
func wearing(w [MaxLines]Wear) (q Plant) {
	for i := range w {
		if w[i].On >= 0 && w[i].On <= forever {
			q.Lines[i].Wear = w[i]
		}
	}
	return q
}
