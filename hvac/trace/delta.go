package trace

import (
	"encoding/binary"
	"math"
)

// delta writes rows of fields as differences from what was foreseen.
type delta struct {
	last, before []uint64 // the last row and the one before
}

func newDelta(n int) delta { return delta{make([]uint64, n), make([]uint64, n)} }

// reset foresees zeros.
func (d *delta) reset() {
	clear(d.last)
	clear(d.before)
}

// foresee is what field i is thought to be.
func (d *delta) foresee(i int, kind byte) uint64 {
	if kind == anInteger {
		return d.last[i] + (d.last[i] - d.before[i])
	}
	return d.last[i]
}

// know notes what it is.
func (d *delta) know(i int, w uint64) { d.before[i], d.last[i] = d.last[i], w }

// row appends the present values of the fields: how many are not as foreseen, and for
// each the gap to the one before and the difference.
func (d *delta) row(b []byte, fields []field) []byte {
	unforeseen := 0
	for i := range fields {
		if fields[i].get() != d.foresee(i, fields[i].kind) {
			unforeseen++
		}
	}
	b = binary.AppendUvarint(b, uint64(unforeseen))
	gap := uint64(0)
	for i := range fields {
		w, thought := fields[i].get(), d.foresee(i, fields[i].kind)
		if w == thought {
			gap++
		} else {
			b = binary.AppendUvarint(b, gap)
			gap = 0
			switch fields[i].kind {
			case anInteger:
				b = binary.AppendVarint(b, int64(w-thought))
			case aFraction:
				b = binary.AppendUvarint(b, spread(w^thought))
			default:
				b = binary.AppendUvarint(b, w^thought)
			}
		}
		d.know(i, w)
	}
	return b
}

// spread turns the bits of a float round, because it is its last ones that are zero.
func spread(w uint64) uint64 {
	var r uint64
	for i := range 8 {
		r |= w >> (8 * i) & 0xff << (8 * (7 - i))
	}
	return r
}

// reader takes numbers from a payload.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint() uint64 {
	w, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return w
}

func (r *reader) varint() int64 {
	w, n := binary.Varint(r.b)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return w
}

func (r *reader) uint32() uint32 {
	if len(r.b) < 4 {
		r.bad = true
		return 0
	}
	w := binary.LittleEndian.Uint32(r.b)
	r.b = r.b[4:]
	return w
}

// unrow reads a row of so many fields into the last row of d.
func (d *delta) unrow(r *reader, kinds []byte) bool {
	left := r.uvarint()
	if left > uint64(len(kinds)) {
		return false
	}
	next := uint64(math.MaxUint64)
	if left > 0 {
		next = r.uvarint()
	}
	for i := range kinds {
		w := d.foresee(i, kinds[i])
		if next == uint64(i) {
			switch kinds[i] {
			case anInteger:
				w += uint64(r.varint())
			case aFraction:
				w ^= spread(r.uvarint())
			default:
				w ^= r.uvarint()
			}
			if left--; left > 0 {
				gap := r.uvarint()
				if gap >= uint64(len(kinds)) {
					return false
				}
				next = uint64(i) + 1 + gap
			} else {
				next = math.MaxUint64
			}
		}
		d.know(i, w)
	}
	return !r.bad && left == 0
}
