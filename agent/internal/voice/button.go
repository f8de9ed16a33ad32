package voice

import "quietstat/consent"

// Button turns the press counters of snapshots into presses. The zero Button has
// heard nothing; the first snapshot only tells it where the counters stand.
type Button struct {
	primed             bool
	seq                uint64
	talk, quiet, holds uint32
}

// Presses is what happened since the last snapshot. Several presses of the talk
// button between two snapshots are one: they say the same thing.
type Presses struct {
	Talk  bool // evidence of class P, or an owner's proof of presence
	Quiet bool // close everything
	Hold  bool // the quiet button was held: withdraw every grant
}

// Observe compares a snapshot with the one before.
func (b *Button) Observe(s *consent.Snapshot) Presses {
	var p Presses
	if b.primed && s.Seq > b.seq {
		p = Presses{
			Talk:  int32(s.TalkPresses-b.talk) > 0, // a count that went back is of another control, not a press
			Quiet: s.QuietPresses != b.quiet,
			Hold:  s.QuietHolds != b.holds,
		}
	}
	*b = Button{primed: true, seq: s.Seq, talk: s.TalkPresses, quiet: s.QuietPresses, holds: s.QuietHolds}
	return p
}

// Forget makes the next snapshot the first: the link to control was lost.
func (b *Button) Forget() { *b = Button{} }
