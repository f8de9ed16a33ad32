package keeper

import "quietstat/consent"

// button turns the press counters of snapshots into presses: evidence of class P, a
// finger in the room. It cannot be forged over a network, since the counters arrive on a
// socket that control alone serves, and it cannot be lost, since every snapshot carries
// them whole: when one is dropped, the press is late. When control starts anew its
// counters do too, which is seen by its sequence number, and nothing counts as a press;
// nor does what was pressed before the keeper listened. The zero button has heard
// nothing; the first snapshot only tells it where the counters stand.
type button struct {
	primed             bool
	seq                uint64
	talk, quiet, holds uint32
}

// presses is what happened since the last snapshot. Several presses of the talk
// button between two snapshots are one: they say the same thing.
type presses struct {
	Talk  bool // evidence of class P, or an owner's proof of presence
	Quiet bool // close everything
	Hold  bool // the quiet button was held: withdraw every grant
}

// observe compares a snapshot with the one before.
func (b *button) observe(s *consent.Snapshot) presses {
	var p presses
	if b.primed && s.Seq > b.seq {
		p = presses{
			Talk:  int32(s.TalkPresses-b.talk) > 0, // a count that went back is of another control, not a press
			Quiet: s.QuietPresses != b.quiet,
			Hold:  s.QuietHolds != b.holds,
		}
	}
	*b = button{primed: true, seq: s.Seq, talk: s.TalkPresses, quiet: s.QuietPresses, holds: s.QuietHolds}
	return p
}

// forget makes the next snapshot the first: the link to control was lost.
func (b *button) forget() { *b = button{} }
