package trace

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"quietstat/hvac"
)

const magic = "quietstat-trace 1\n"

// MaxFile is the largest file Decode looks at: a month of ordinary days.
const MaxFile = 64 << 20

// A DamagedError is a file that is not as it was written.
type DamagedError struct {
	Offset int // of the frame that cannot be used, in bytes from the beginning
	Reason string
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the recording is damaged at byte %d: %s; record or copy it again", e.Offset, e.Reason)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func frame(kind byte, payload []byte) []byte {
	b := binary.AppendUvarint([]byte{kind}, uint64(len(payload)))
	b = append(b, payload...)
	return binary.LittleEndian.AppendUint32(b, seal(kind, payload))
}

func seal(kind byte, payload []byte) uint32 {
	return crc32.Update(crc32.Checksum([]byte{kind}, castagnoli), castagnoli, payload)
}

// form is what a file says about itself.
type form struct {
	Tick    []string `json:"tick"`    // names of the fields of a tick
	Params  []string `json:"params"`  // of the parameters
	State   []string `json:"state"`   // of the state
	Sum     []string `json:"sum"`     // of what the sum is over
	Reasons []string `json:"reasons"` // words of the kinds, by number
}

// mostFields and mostKinds bound a form that lies.
const (
	mostFields = 1 << 14
	mostKinds  = 256
)

func (d *desk) own() form {
	f := form{Tick: namesOf(d.tick), Params: namesOf(d.start[:d.prices]), State: namesOf(d.start[d.prices:]),
		Sum: append(namesOf(d.sum), namesOf(d.reasons)...)}
	for k := range mostKinds {
		word := hvac.ReasonKind(k).String()
		if word == fmt.Sprintf("reason(%d)", k) {
			break
		}
		f.Reasons = append(f.Reasons, word)
	}
	return f
}

func (d *desk) form() []byte {
	text, err := json.Marshal(d.own())
	if err != nil {
		panic("trace: " + err.Error()) // strings always can
	}
	return text
}

// block is one frame 'B' of a file.
type block struct {
	offset  int
	payload []byte
}

// Day is a recording that has been opened.
type Day struct {
	form   form
	blocks []block
	exact  bool                         // the sums are over the same fields as ours
	sorts  struct{ tick, start []byte } // kind of each recorded field
	place  struct{ tick, start []int }  // of each recorded field among our own; -1: foreign
	kinds  []hvac.ReasonKind            // our number for each recorded kind
	words  []bool                       // whether the file has each of our words
}

// Decode opens a file. The error is a *DamagedError, or says that a newer program
// wrote it. The blocks themselves are read by Replay and At.
func Decode(file []byte) (*Day, error) {
	rest, ok := bytes.CutPrefix(file, []byte(magic))
	switch {
	case len(file) > MaxFile:
		return nil, fmt.Errorf("the recording has more than %d MiB", MaxFile>>20)
	case !ok && bytes.HasPrefix(file, []byte("quietstat-trace ")):
		return nil, errors.New("the recording is of another version of the format; use the program that wrote it")
	case !ok:
		return nil, &DamagedError{0, "it does not begin like a recording"}
	}
	d := new(Day)
	for len(rest) > 0 {
		at := len(file) - len(rest)
		kind := rest[0]
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || size > uint64(len(rest)) || len(rest) < 1+n+int(size)+4 {
			return nil, &DamagedError{at, "it ends in the middle"}
		}
		payload := rest[1+n : 1+n+int(size)]
		sum := binary.LittleEndian.Uint32(rest[1+n+int(size):])
		rest = rest[1+n+int(size)+4:]
		switch {
		case sum != seal(kind, payload):
			return nil, &DamagedError{at, "a checksum does not match"}
		case kind == 'F' && d.place.tick == nil:
			if err := d.read(payload, at); err != nil {
				return nil, err
			}
		case kind == 'B' && d.place.tick != nil:
			d.blocks = append(d.blocks, block{at, payload})
		default:
			return nil, &DamagedError{at, "it is out of order"}
		}
	}
	if d.place.tick == nil {
		return nil, &DamagedError{len(file), "it ends before its form"}
	}
	return d, nil
}

// read takes in the form.
func (d *Day) read(payload []byte, at int) error {
	dec := json.NewDecoder(bytes.NewReader(payload))
	if err := dec.Decode(&d.form); err != nil {
		return &DamagedError{at, "its form is not JSON"}
	}
	f := &d.form
	if len(f.Tick)+len(f.Params)+len(f.State) > mostFields || len(f.Reasons) > mostKinds || len(f.Tick) == 0 {
		return &DamagedError{at, "its form cannot be"}
	}
	desk := newDesk()
	own := desk.own()
	d.exact = slices.Equal(own.Sum, f.Sum)
	var err error
	if d.place.tick, err = places(f.Tick, own.Tick); err != nil {
		return err
	}
	params, err := places(f.Params, own.Params)
	if err != nil {
		return err
	}
	state, err := places(f.State, own.State)
	if err != nil {
		return err
	}
	for i := range state {
		state[i] += desk.prices
	}
	d.place.start = append(params, state...)
	d.sorts.tick, d.sorts.start = kindsOf(f.Tick), kindsOf(append(slices.Clone(f.Params), f.State...))
	for _, name := range own.Tick[desk.answers:] {
		d.words = append(d.words, slices.Contains(f.Tick, name))
	}
	for _, word := range f.Reasons {
		k := slices.Index(own.Reasons, word)
		if k < 0 {
			k = mostKinds - 1
		}
		d.kinds = append(d.kinds, hvac.ReasonKind(k))
	}
	return nil
}

// places finds each recorded field among our own.
func places(recorded, own []string) ([]int, error) {
	at := make([]int, len(recorded))
	index := map[string]int{}
	for i, name := range own {
		index[name] = i
	}
	for i, name := range recorded {
		j, known := index[name]
		if !known {
			return nil, fmt.Errorf("the recording has a field %.60q that this program does not know; replay it with the version that recorded it", name)
		}
		delete(index, name) // a second one of the name is a lie
		at[i] = j
	}
	return at, nil
}

// kindsOf are the kinds in front of the names. What is none is a switch.
func kindsOf(names []string) []byte {
	kinds := make([]byte, len(names))
	for i, name := range names {
		kinds[i] = (name + string(rune(aSwitch)))[0]
	}
	return kinds
}
