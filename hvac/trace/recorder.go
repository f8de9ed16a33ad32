package trace

import (
	"quietstat/hvac"
)

// blockSize is how many bytes a block may have: about an hour and a half.
const blockSize = 64 << 10

// mostRow bounds what one field adds to a row: its gap and its difference.
const mostRow = 2 + 10

// Recorder keeps the newest ticks. It is not safe for concurrent use.
type Recorder struct {
	desk   *desk
	delta  delta
	begin  delta
	blocks [][]byte // oldest first
	spare  [][]byte // to be used again
	most   int      // blocks; 0: any number
	going  bool
	last   hvac.State // what the last tick left behind
	broken bool       // the last tick had parameters, or had none: those of the next differ
}

// NewRecorder keeps about so many bytes at most, and two blocks of 64 KiB at least;
// 0 keeps everything. A bounded Recorder allocates nothing after this call.
func NewRecorder(most int) *Recorder {
	r := &Recorder{desk: newDesk()}
	r.delta, r.begin = newDelta(len(r.desk.tick)), newDelta(len(r.desk.start))
	if most > 0 {
		r.most = max(2, most/blockSize)
		all := make([]byte, r.most*blockSize)
		for i := range r.most {
			r.spare = append(r.spare, all[i*blockSize:i*blockSize:(i+1)*blockSize])
		}
		r.blocks = make([][]byte, 0, r.most)
	}
	return r
}

// Take records a tick.
func (r *Recorder) Take(t Tick) {
	d := r.desk
	d.put(&t)
	if !r.going || r.last != t.Before || r.refurnished(t.In.Params) || r.full() {
		r.open(&t)
	}
	r.going, r.last = true, t.After
	n := len(r.blocks) - 1
	b := r.delta.row(r.blocks[n], d.tick)
	sum := d.digest()
	r.blocks[n] = append(b, byte(sum), byte(sum>>8), byte(sum>>16), byte(sum>>24))
}

// refurnished reports whether the parameters are others than the block's.
func (r *Recorder) refurnished(p *hvac.Params) bool {
	if p == nil || r.broken {
		return r.broken != (p == nil)
	}
	return *p != r.desk.params
}

// full reports whether the longest possible tick would not fit.
func (r *Recorder) full() bool {
	b := r.blocks[len(r.blocks)-1]
	return cap(b)-len(b) < len(r.desk.tick)*mostRow+16
}

// open begins a block with the parameters and the state.
func (r *Recorder) open(t *Tick) {
	d := r.desk
	d.params, r.broken = hvac.Params{}, t.In.Params == nil
	if !r.broken {
		d.params = *t.In.Params
	}
	d.before = t.Before
	var b []byte
	switch {
	case len(r.spare) > 0:
		b, r.spare = r.spare[len(r.spare)-1], r.spare[:len(r.spare)-1]
	case r.most > 0: // the oldest goes
		b = r.blocks[0][:0]
		copy(r.blocks, r.blocks[1:])
		r.blocks = r.blocks[:len(r.blocks)-1]
	default:
		b = make([]byte, 0, blockSize)
	}
	r.begin.reset()
	r.delta.reset()
	r.blocks = append(r.blocks, r.begin.row(b, d.start))
}

// File is the recording so far.
func (r *Recorder) File() []byte {
	file := append([]byte(magic), frame('F', r.desk.form())...)
	for _, b := range r.blocks {
		file = append(file, frame('B', b)...)
	}
	return file
}
