package control

import (
	"fmt"
	"runtime"
	"strings"
)

// crash is a panic reduced to what may be written to a log: the kind of value and
// the places in the program, but neither the value nor any argument, which could
// hold readings of the house.
type crash struct {
	kind  string
	where []string
}

// maxPlaces is how much of the stack a crash keeps.
const maxPlaces = 8

// crashOf describes a recovered value; it must be called by the deferred function
// that recovered it.
func crashOf(v any) *crash {
	c := &crash{kind: fmt.Sprintf("%T", v)}
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for more := true; more && len(c.where) < maxPlaces; {
		var f runtime.Frame
		f, more = frames.Next()
		if f.Function != "" && !strings.HasPrefix(f.Function, "runtime.") {
			c.where = append(c.where, fmt.Sprintf("%s:%d", f.Function, f.Line))
		}
	}
	return c
}

func (c *crash) Error() string {
	return "panic of type " + c.kind + " in " + strings.Join(c.where, " < ")
}
