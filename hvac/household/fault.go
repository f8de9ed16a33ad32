package household

import "fmt"

// A Fault says what is wrong with something that was asked for or read: which field,
// what it was, what it must be and what to do.
type Fault struct {
	Field    string
	Value    string // as it was given
	Expected string
	Remedy   string
	Refused  bool // it was understood, and the answer is no
}

// Error is one line with all four.
func (f *Fault) Error() string { return f.Message() + "; " + f.Remedy }

// Message is Error without the remedy, for callers that print it on its own line.
func (f *Fault) Message() string {
	return fmt.Sprintf("%s is %s, must be %s", f.Field, f.Value, f.Expected)
}

// quoted shows a text in an error, and not more of it than a line holds.
func quoted(s string) string {
	const most = 40
	if len(s) > most {
		return fmt.Sprintf("%.*q...", most, s)
	}
	return fmt.Sprintf("%q", s)
}
