package trace

import (
	"strings"
	"time"

	"quietstat/hvac"
)

// Tick is one step: what it was told, what it started from, what came of it. What
// In.Params points to must not change any more.
type Tick struct {
	Epoch   int64 // ms: the local wall clock at In.Now = 0, since 1970; 0: not known
	Trusted bool  // the wall clock can be believed
	In      hvac.Input
	Before  hvac.State
	After   hvac.State
	Out     hvac.Outputs
	Why     hvac.Reasons
}

// EpochOf is the Epoch of a wall clock that shows wall when CLOCK_BOOTTIME is boot.
// The zone of wall is the one in which people will ask.
func EpochOf(wall time.Time, boot time.Duration) int64 {
	if wall.Unix() <= 0 {
		return 0
	}
	_, east := wall.Zone()
	return wall.UnixMilli() + int64(east)*1000 - boot.Milliseconds()
}

// Local is the wall clock of the tick, as its people saw it; the zone is always UTC
// and means nothing. Without a wall clock it is the time since CLOCK_BOOTTIME 0, in
// the year 1970.
func (t *Tick) Local() time.Time {
	return time.UnixMilli(t.Epoch).Add(t.In.Now).UTC()
}

// told is what a tick is told, in recording order.
type told struct {
	Epoch   int64
	Trusted bool
	In      hvac.Input
	Wired   bool // In.Params is not nil
}

// said is what a tick answers in words.
type said struct {
	Out hvac.Outputs
	Why hvac.Reasons
}

// desk holds a tick's values where their fields stay.
type desk struct {
	told   told
	said   said
	before hvac.State
	after  hvac.State
	params hvac.Params

	tick    []field // told, and the words of said
	answers int     // where in tick the words begin
	sum     []field // all of said.Out, all of after
	reasons []field // said.Why.List, in rows of reasonFields
	start   []field // params, before
	prices  int     // how many of start are parameters
}

// reasonFields is how many numbers a Reason has.
const reasonFields = 5

func newDesk() *desk {
	d := new(desk)
	out := must(fieldsOf(&d.said.Out))
	d.reasons = must(fieldsOf(&d.said.Why.List))
	d.tick = must(fieldsOf(&d.told))
	d.answers = len(d.tick)
	for _, f := range out {
		if f.kind != aFraction {
			f.name = "out." + f.name
			d.tick = append(d.tick, f)
		}
	}
	for _, f := range must(fieldsOf(&d.said.Why)) {
		if f.name == "N" || strings.HasSuffix(f.name, ".Kind") {
			f.name = "why." + f.name
			d.tick = append(d.tick, f)
		}
	}
	d.sum = append(out, must(fieldsOf(&d.after))...)
	d.start = must(fieldsOf(&d.params))
	d.prices = len(d.start)
	d.start = append(d.start, must(fieldsOf(&d.before))...)
	return d
}

// mostWords bounds the words of a tick.
const mostWords = 128

// words are the fields of tick that are answers.
func (d *desk) words() []field { return d.tick[d.answers:] }

// put lays a tick out.
func (d *desk) put(t *Tick) {
	d.told = told{Epoch: t.Epoch, Trusted: t.Trusted, In: t.In, Wired: t.In.Params != nil}
	d.said = said{Out: t.Out, Why: t.Why}
	d.after = t.After
}

// digest is the sum of everything that came of the step.
func (d *desk) digest() uint32 {
	h := uint64(14695981039346656037) // FNV-1a, by words
	for i := range d.sum {
		h = mix(h, d.sum[i].get())
	}
	n := min(max(d.said.Why.N, 0), hvac.MaxReasons)
	for i := range d.reasons[:n*reasonFields] {
		h = mix(h, d.reasons[i].get())
	}
	return uint32(h ^ h>>32)
}

func mix(h, w uint64) uint64 {
	h = (h ^ w) * 1099511628211
	return h ^ h>>29
}

// Relays are the outputs of the tick in the three words everybody has.
func (t *Tick) Relays() (heat, cool, fan bool) {
	return t.Out.Call == hvac.CallHeat, t.Out.Call == hvac.CallCool, t.Out.Fan
}
