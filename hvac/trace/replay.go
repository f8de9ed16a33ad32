package trace

import (
	"fmt"
	"time"

	"quietstat/hvac"
)

// Report is what a replay came to.
type Report struct {
	Ticks      int
	Blocks     int
	From, To   time.Time   // local wall clock of the first and last tick; see Tick.Local
	Exact      bool        // every bit was compared; false: a file of an older program, and only words were
	Difference *Difference // the first one; nil: all the same
}

// A Difference is where a replay parts from its recording.
type Difference struct {
	Tick     int       // counted from 0
	Local    time.Time // of the tick
	Field    string    // what differs: "Out.Call", "Why.List[2].Kind", or "a fraction" if only the sum does
	Recorded string
	Replayed string
}

// String is the difference in one line, without values of the room.
func (d *Difference) String() string {
	if d.Recorded == "" {
		return fmt.Sprintf("tick %d at %s differs in %s", d.Tick, d.Local.Format(time.TimeOnly), d.Field)
	}
	return fmt.Sprintf("tick %d at %s: %s was %s and is now %s", d.Tick, d.Local.Format(time.TimeOnly), d.Field, d.Recorded, d.Replayed)
}

// Replay steps through the recording again and compares. It ends at the first
// difference, or when look returns false; look is shown each tick as it came out now,
// nil looks at none. Each block begins from its recorded state. The error is a
// *DamagedError.
func (d *Day) Replay(look func(Tick) bool) (Report, error) {
	r := Report{Exact: d.exact}
	desk := newDesk()
	for _, b := range d.blocks {
		r.Blocks++
		more, err := d.replayBlock(desk, b, &r, look)
		if err != nil || !more {
			return r, err
		}
	}
	return r, nil
}

func (d *Day) replayBlock(desk *desk, b block, r *Report, look func(Tick) bool) (bool, error) {
	in := &reader{b: b.payload}
	desk.params, desk.before = hvac.DefaultParams(), hvac.State{}
	start, row := newDelta(len(d.sorts.start)), newDelta(len(d.sorts.tick))
	if !start.unrow(in, d.sorts.start) || !lay(desk.start, d.place.start, start.last) {
		return false, &DamagedError{b.offset, "the beginning of a block cannot be read"}
	}
	state, params := desk.before, new(hvac.Params)
	*params = desk.params
	for len(in.b) > 0 {
		if !row.unrow(in, d.sorts.tick) {
			return false, &DamagedError{b.offset, fmt.Sprintf("tick %d of a block cannot be read", r.Ticks)}
		}
		sum := in.uint32()
		if in.bad || !d.put(desk, row.last) {
			return false, &DamagedError{b.offset, fmt.Sprintf("tick %d of a block cannot be read", r.Ticks)}
		}
		t := Tick{Epoch: desk.told.Epoch, Trusted: desk.told.Trusted, In: desk.told.In, Before: state}
		t.In.Params = nil
		if desk.told.Wired {
			t.In.Params = params
		}
		recorded := desk.said
		t.After, t.Out, t.Why = hvac.Step(state, t.In)
		state = t.After
		if r.Ticks == 0 {
			r.From = t.Local()
		}
		r.To = t.Local()
		if r.Difference = d.compare(desk, &t, recorded, sum); r.Difference != nil {
			r.Difference.Tick = r.Ticks
			return false, nil
		}
		r.Ticks++
		if look != nil && !look(t) {
			return false, nil
		}
	}
	return true, nil
}

// put lays a recorded row out, with the kinds of reasons in our own numbers.
func (d *Day) put(desk *desk, row []uint64) bool {
	desk.told, desk.said = told{}, said{}
	if !lay(desk.tick, d.place.tick, row) {
		return false
	}
	for i, r := range desk.said.Why.List {
		if int(r.Kind) < len(d.kinds) {
			desk.said.Why.List[i].Kind = d.kinds[r.Kind]
		}
	}
	return true
}

// lay sets our fields to a recorded row.
func lay(fields []field, place []int, row []uint64) bool {
	for i, at := range place {
		if !fields[at].set(row[i]) {
			return false
		}
	}
	return true
}

// compare holds the words against the recorded ones, and then the sums.
func (d *Day) compare(desk *desk, t *Tick, recorded said, sum uint32) *Difference {
	desk.said = recorded
	var was [mostWords]uint64
	words := desk.words()
	for i := range words {
		was[i] = words[i].get()
	}
	desk.put(t)
	for i := range words {
		if words[i].get() == was[i] || !d.words[i] {
			continue
		}
		is := fmt.Sprint(words[i].at.Interface())
		words[i].set(was[i])
		return &Difference{Local: t.Local(), Field: words[i].name, Recorded: fmt.Sprint(words[i].at.Interface()), Replayed: is}
	}
	if d.exact && desk.digest() != sum {
		return &Difference{Local: t.Local(), Field: "a fraction of the demand, of a time left, or of the state"}
	}
	return nil
}

// At is the last tick at or before a time of day, as time since midnight on the wall
// clock of the house. Where the recording has several days, it is the last one that
// was recorded at that minute; with no tick in the quarter of an hour before, false.
func (d *Day) At(clock time.Duration) (found Tick, ok bool, err error) {
	const day, near, far = 24 * time.Hour, time.Minute, 15 * time.Minute
	var sharp bool
	r, err := d.Replay(func(t Tick) bool {
		local := t.Local().Truncate(time.Second)
		late := local.Truncate(day).Add(clock).Sub(local)
		if late < 0 || late >= far || sharp && late >= near {
			return true
		}
		found, ok, sharp = t, true, sharp || late < near
		return true
	})
	if err == nil && r.Difference != nil {
		err = fmt.Errorf("the recording cannot be explained by this program: %s", r.Difference)
	}
	return found, ok, err
}
